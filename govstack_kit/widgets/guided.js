function name(root) {
  for (const button of root.querySelectorAll(".gsk-row button, .gsk-chip"))
    button.setAttribute("aria-label",
      button.title ? `${button.textContent.trim()}: ${button.title}` : button.textContent.trim());
  for (const chip of root.querySelectorAll(".gsk-chip"))
    if (chip.classList.contains("gsk-current")) chip.setAttribute("aria-current", "step");
    else chip.removeAttribute("aria-current");
  for (const field of root.querySelectorAll("input[type=text], textarea, .gsk-auto"))
    field.setAttribute("dir", "auto");
  for (const field of root.querySelectorAll(".gsk-refused input, .gsk-refused textarea")) {
    field.setAttribute("aria-invalid", "true");
    const at = [...field.closest(".gsk-refused").classList].find(one => one.startsWith("gsk-at-"));
    field.setAttribute("aria-describedby", at);
  }
  for (const field of root.querySelectorAll("[aria-invalid]"))
    if (!field.closest(".gsk-refused"))
      for (const told of ["aria-invalid", "aria-describedby"]) field.removeAttribute(told);
}
// A press counts for the button on which it began, even if an answer of the kernel moves the page
// before it is let go: a browser would drop that click. Drawing the pointer away still cancels it.
function hold(root) {
  root.addEventListener("pointerdown", down => {
    const button = down.target.closest("button");
    if (!down.isPrimary || down.button !== 0 || !button) return;
    const over = new AbortController();
    const release = up => {
      over.abort();
      const still = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < 8;
      if (up.type === "pointerup" && still && !button.contains(up.target)
          && button.getClientRects().length) button.click();
    };
    for (const end of ["pointerup", "pointercancel"])
      document.addEventListener(end, release, { capture: true, signal: over.signal });
  }, true);
}
// What had the focus may be switched off or go, as a button does that has done its work: the focus
// then goes to the question, not to the top of the page.
function keep(root) {
  const there = at => at.isConnected && !at.disabled && at.getClientRects().length > 0;
  let last = null;
  root.addEventListener("focusin", event => { last = event.target; });
  root.addEventListener("focusout", () => { if (last && there(last)) last = null; });
  return () => {
    const now = document.activeElement;
    if (!last || there(last) || (now && now !== last && now !== document.body)) return;
    last = null;
    root.querySelector(".gsk-heading")?.focus({ preventScroll: true });
  };
}
// Whoever is quicker than the page is in a field of the new question already, and stays there.
function answering(root) {
  const at = document.activeElement;
  return root.contains(at) && at.getClientRects().length > 0 && !at.disabled
    && !at.closest(".gsk-bar, .gsk-chips, .gsk-foot");
}
function start(el, model) {
  const root = el.closest(".gsk");
  if (!root) return false;
  let waiting = false;
  const kept = keep(root);
  const tidy = () => { waiting = false; name(root); kept(); };
  tidy();
  hold(root);
  new MutationObserver(() => {
    if (!waiting) { waiting = true; requestAnimationFrame(tidy); }
  }).observe(root, { childList: true, subtree: true, characterData: true,
                     attributes: true, attributeFilter: ["class", "title", "disabled", "style"] });
  model.on("change:count", () => setTimeout(() => {
    const heading = root.querySelector(".gsk-heading");
    if (heading && !answering(root)) { heading.focus({ preventScroll: true });
                                       heading.scrollIntoView({ block: "nearest" }); }
  }, 120));
  return true;
}
export default { render({ model, el }) {
  el.style.display = "none";
  let tries = 600;
  const wait = () => { if (!start(el, model) && tries--) requestAnimationFrame(wait); };
  wait();
} };
