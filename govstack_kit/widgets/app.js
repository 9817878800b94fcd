// The frame of the app: its title, the parts and how each stands, a welcome, and whether the kit
// still answers. Every text becomes a text node, so that nothing that people typed is read as markup.

const EVERY = 1500; // milliseconds between two questions whether the kit still answers
const SAVED = 3000; // milliseconds after which what was typed is saved, if the kit answers
const AGAIN = 400; // milliseconds after which a field is looked for once more
const SIGNS = { "not started": "○", "in progress": "◐", done: "✓", blocked: "○" };
const PLACE = "govstack-kit";

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
const says = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// ----------------------------------------------------------------------- where people are, and type

// A page that comes back, because it was loaded again or the kit was started anew, opens the same
// question, and puts back what was typed and not saved.
const named = field => [field.getAttribute("aria-label"), field.labels?.[0]?.textContent,
  field.placeholder].find(Boolean)?.trim() ?? "";
const fields = () => [...document.querySelectorAll(".gsk :is(input[type=text], textarea)")]
  .filter(field => field.getClientRects().length);
const remember = place => {
  try { sessionStorage.setItem(PLACE, JSON.stringify(place)); } catch { /* a full or closed store */ }
};
const remembered = () => {
  try { return JSON.parse(sessionStorage.getItem(PLACE)) ?? {}; } catch { return {}; }
};

const fresh = new Map(); // fields in which people typed something that may not be saved yet, and when

function keepTyped() {
  document.addEventListener("input", ({ target }) => fresh.set(target, Date.now()));
  addEventListener("pagehide", () => {
    const same = {}, typed = [];
    for (const field of fields()) {
      const name = named(field), place = same[name] = (same[name] ?? -1) + 1;
      if (fresh.has(field)) typed.push({ name, place, value: field.value });
    }
    remember({ ...remembered(), typed });
  });
}

function putBack(typed, tries = 40) {
  const left = typed.filter(({ name, place, value }) => {
    const field = fields().filter(one => named(one) === name)[place];
    if (!field) return true;
    field.focus();
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return false;
  });
  if (left.length && tries) setTimeout(() => putBack(left, tries - 1), AGAIN);
}

// --------------------------------------------------------------------------- whether the kit answers

function watch(banner) {
  let lost = false, kit = null;
  const show = now => {
    if (now === lost) return;
    lost = now;
    document.body.classList.toggle("gsk-lost", lost);
    banner.hidden = !lost;
    says(banner, lost ? "The kit does not answer. What you have typed stays on this page and is "
      + "saved as soon as it answers again. If its window was closed, start it again." : "");
  };
  const ask = async () => {
    const asked = Date.now();
    try {
      const answer = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(2500) });
      const found = await answer.text();
      if (!answer.ok) throw new Error(found);
      if (kit !== null && kit !== found) return location.reload(); // it was started anew
      kit = found;
      if (!lost) for (const [field, when] of fresh) if (when < asked - SAVED) fresh.delete(field);
      show(false);
    } catch { show(true); }
    setTimeout(ask, EVERY);
  };
  ask();
}

// ------------------------------------------------------------------------------------------- frame

function frame({ model, el }) {
  const plan = make("span", { dir: "auto" }), saved = make("span", { role: "status" });
  const list = make("ol"), banner = make("p", { class: "gsk-banner", role: "alert", hidden: "" });
  const before = remembered();
  el.classList.add("gsk-frame");
  el.append(
    make("header", {}, make("h1", {}, "GovStack Kit"), make("p", {}, plan, " · ", saved)),
    make("nav", { "aria-label": "Parts" }, list), banner);
  const draw = () => {
    const { parts = [], ...state } = model.get("state");
    says(plan, state.plan ?? "");
    says(saved, state.saved ?? "");
    while (list.children.length < parts.length)
      list.append(make("li", {}, make("button", {
        onclick: event => model.send({ press: event.currentTarget.dataset.part }) })));
    parts.forEach(({ title, state: how }, place) => {
      const button = list.children[place].firstChild;
      button.dataset.part = title;
      says(button, how ? `${SIGNS[how]} ${title}` : title);
      button.setAttribute("aria-label", how ? `${title}: ${how}` : title);
      if (title === state.open) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    });
    remember({ ...remembered(), part: state.open, question: state.question });
  };
  model.on("change:state", draw);
  draw();
  model.on("msg:custom", () => setTimeout(() => { // the top of a part that is opened is in view
    const tops = [...document.querySelectorAll(".gsk-app :is(.gsk-heading, .gsk-welcome h2)")];
    if (document.activeElement.closest(".gsk-body")) return; // people were quicker
    tops.find(top => top.getClientRects().length)?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, 150));
  keepTyped();
  watch(banner);
  if (before.part) model.send({ press: before.part, question: before.question });
  if (before.typed?.length) putBack(before.typed);
}

// ----------------------------------------------------------------------------------------- welcome

function welcome({ model, el }) {
  el.classList.add("gsk-welcome");
  const draw = () => {
    const { title, sentences, holds, parts, files, next } = model.get("state");
    const listed = (tag, items) => make(tag, {}, ...items.map(item => make("li", {}, item)));
    el.replaceChildren(
      make("h2", { tabindex: -1 }, title), ...sentences.map(text => make("p", {}, text)),
      make("h3", {}, "What you will hold in your hands"), listed("ul", holds),
      make("h3", {}, "The parts"),
      make("ol", { class: "gsk-parts" }, ...parts.map(part => make("li", {},
        make("button", { class: `gsk-button${part.title === next ? " gsk-main" : ""}`,
          onclick: () => model.send({ press: part.title }) },
          part.title === next ? `Go on with ${part.title}` : part.title),
        make("div", {}, make("b", {}, part.state), make("span", {}, part.about))))),
      make("h3", {}, "Your files"),
      files.length ? listed("ul", files.map(({ name, label, url }) =>
        make("a", { href: url, download: name }, label)))
        : make("p", {}, "They will stand here as soon as there is a service in your plan."));
  };
  model.on("change:state", draw);
  draw();
}

const KINDS = { frame, welcome };
export default { render(given) { KINDS[given.model.get("kind")](given); } };
