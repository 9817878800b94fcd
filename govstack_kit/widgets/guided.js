function name(root) {
  for (const button of root.querySelectorAll(".gsk-row button, .gsk-chip"))
    button.setAttribute("aria-label",
      button.title ? `${button.textContent.trim()}: ${button.title}` : button.textContent.trim());
  for (const chip of root.querySelectorAll(".gsk-chip"))
    if (chip.classList.contains("gsk-current")) chip.setAttribute("aria-current", "step");
    else chip.removeAttribute("aria-current");
  for (const field of root.querySelectorAll("input[type=text], textarea, .gsk-auto"))
    field.setAttribute("dir", "auto");
}
function start(el, model) {
  const root = el.closest(".gsk");
  if (!root) return false;
  let waiting = false;
  const tidy = () => { waiting = false; name(root); };
  tidy();
  new MutationObserver(() => {
    if (!waiting) { waiting = true; requestAnimationFrame(tidy); }
  }).observe(root, { childList: true, subtree: true, characterData: true,
                     attributes: true, attributeFilter: ["class", "title"] });
  model.on("change:count", () => setTimeout(() => {
    const heading = root.querySelector(".gsk-heading");
    if (heading) { heading.focus({ preventScroll: true });
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
