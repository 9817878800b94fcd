// The frame of a guided part and what can be decided in it. One script for four kinds of element:
// "head" (title, questions, the question asked), "foot" (back and on, what people should read),
// "choices" (things to decide about, or boxes to tick) and "keys" (nothing to see). Every text
// becomes a text node, so that nothing that people typed is read as markup.

const FIELD = "input, select, textarea";
const CONTROL = `a, button, ${FIELD}, [tabindex]`;
const TYPED = 1500; // milliseconds after which what is being typed is saved
const MANY = 14; // questions: more are a list to choose from

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return made;
}
const says = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const seen = element => element.isConnected && element.getClientRects().length > 0;
const inView = element => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
};

// ------------------------------------------------------------------------------- the whole part

// JupyterLab leaves keys alone that are pressed in marked elements; readers hear what is wrong.
function tidy(root) {
  for (const control of [root, ...root.querySelectorAll(CONTROL)])
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const field of root.querySelectorAll("input[type=text], textarea"))
    field.setAttribute("dir", "auto");
  for (const cell of root.querySelectorAll(".gsk-cell")) {
    const field = cell.querySelector(FIELD), said = cell.querySelector(".gsk-wrong");
    if (!field) continue;
    if (said) {
      said.id ||= `gsk-${Math.random().toString(36).slice(2)}`;
      field.setAttribute("aria-describedby", said.id);
    } else field.removeAttribute("aria-describedby");
    field.toggleAttribute("aria-invalid", Boolean(said));
  }
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
      if (up.type === "pointerup" && still && !button.contains(up.target) && seen(button))
        button.click();
    };
    for (const end of ["pointerup", "pointercancel"])
      document.addEventListener(end, release, { capture: true, signal: over.signal });
  }, true);
}

// What had the focus may be switched off or go, as a button does that has done its work: the focus
// then goes to the question, not to the top of the page.
function keep(root) {
  const there = at => seen(at) && !at.disabled;
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

// A text is saved while it is typed: the field says that it changed without being left.
function saveWhileTyped(root) {
  let field = null, timer = null;
  const save = () => {
    clearTimeout(timer);
    timer = null;
    if (field?.isConnected) field.dispatchEvent(new Event("change", { bubbles: true }));
    field = null;
  };
  root.addEventListener("input", event => {
    if (!event.target.closest(".gsk-typed")) return;
    if (field && field !== event.target) save();
    field = event.target;
    timer ??= setTimeout(save, TYPED);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  addEventListener("pagehide", save);
}

function start(el) {
  const root = el.closest(".gsk");
  if (!root) return null;
  if (root.gsk) return root;
  root.gsk = true;
  root.tabIndex = -1; // a press on a sentence leaves the keys here, too
  const kept = keep(root);
  let waiting = false;
  const soon = () => { waiting = false; tidy(root); kept(); };
  soon();
  hold(root);
  saveWhileTyped(root);
  new MutationObserver(() => {
    if (!waiting) { waiting = true; requestAnimationFrame(soon); }
  }).observe(root, { childList: true, subtree: true, attributes: true,
                     attributeFilter: ["class", "disabled", "style"] });
  return root;
}

function whenPlaced(el, act, tries = 600) {
  const root = start(el);
  if (root) act(root);
  else if (tries) requestAnimationFrame(() => whenPlaced(el, act, tries - 1));
}

// After Next the top of the question is in view and has the focus; whoever is quicker than the page
// and in a field of the new question already stays there. After a Next that was pressed too early,
// the first field that lacks something has it, or the sentence that says what is missing.
function attend(root, where) {
  const at = document.activeElement, heading = root.querySelector(".gsk-heading");
  const wanted = where === "lacks"
    ? root.querySelector(`.gsk-wanted :is(${FIELD}, button)`)
      ?? root.querySelector(`.gsk-refused :is(${FIELD})`) ?? root.querySelector(".gsk-lacks")
    : heading;
  if (!wanted) return;
  const quick = where === "question" && at.matches(FIELD) && at.closest(".gsk-body")
    && root.contains(at) && seen(at);
  if (!quick) wanted.focus({ preventScroll: true });
  const { top, bottom } = wanted.getBoundingClientRect();
  const high = where === "question" ? innerHeight / 3 : innerHeight;
  if (top < 0 || bottom > high)
    wanted.scrollIntoView({ block: where === "question" ? "start" : "center" });
}

// What people should read is told once more at the edge of the window where it is out of view.
let toast = null;
function tell(element) {
  toast?.remove();
  if (!element.textContent || !seen(element) || inView(element)) return;
  toast = make("div", { class: "gsk-toast", dir: "auto", "aria-hidden": "true" },
    element.textContent);
  toast.addEventListener("click", () => toast.remove());
  document.body.append(toast);
  const mine = toast;
  setTimeout(() => mine.remove(), 8000);
}

// ----------------------------------------------------------------------------------------- head

const SIGNS = { "not started": "○", "in progress": "◐", done: "✓", blocked: "·" };

function head({ model, el }) {
  const press = (name, more = {}) => () => model.send({ press: name, ...more });
  const title = make("b", { dir: "auto" }), plan = make("span", { dir: "auto" });
  const saved = make("span", { role: "status" });
  const undo = make("button", { class: "gsk-button", onclick: press("undo") }, "Undo");
  const redo = make("button", { class: "gsk-button", onclick: press("redo") }, "Redo");
  const list = make("ol", { class: "gsk-chips" });
  const few = make("nav", {}, list);
  const choice = make("select", { onchange: () => press("go", { to: Number(choice.value) })() });
  const many = make("label", { class: "gsk-many" }, "Go to question ", choice);
  const count = make("p", { class: "gsk-count" }), bar = make("span");
  const track = make("p", { class: "gsk-track", "aria-hidden": "true" }, bar);
  const heading = make("h2", { class: "gsk-heading", tabindex: -1, dir: "auto" });
  const help = make("p", { class: "gsk-help", dir: "auto" });
  const lacks = make("div", { class: "gsk-lacks", tabindex: -1, hidden: true });
  const working = make("p", { class: "gsk-working", role: "status" });
  el.classList.add("gsk-head");
  el.append(
    make("div", { class: "gsk-bar" },
      make("div", { class: "gsk-titles" }, title, make("div", {}, plan, " · ", saved)), undo, redo),
    few, many, working, make("div", { class: "gsk-question" }, count, track, heading, help, lacks));
  let shown = [];
  const draw = () => {
    const state = model.get("state"), questions = state.questions ?? [];
    says(title, state.title);
    few.setAttribute("aria-label", `Questions of ${state.title}`);
    says(plan, state.plan);
    says(saved, state.saved);
    for (const [button, word, what] of [[undo, "Undo", state.undo], [redo, "Redo", state.redo]]) {
      button.disabled = !what;
      button.title = what ? `${word}: ${what}` : `Nothing to ${word.toLowerCase()}`;
    }
    const labels = questions.map(({ short, state: how }, place) =>
      `${SIGNS[how]} ${place + 1} ${short}`);
    few.hidden = questions.length > MANY || questions.length < 2;
    many.hidden = questions.length <= MANY;
    if (!few.hidden) {
      while (list.children.length > labels.length) list.lastChild.remove();
      labels.forEach((label, place) => {
        if (!list.children[place]) list.append(make("li", {},
          make("button", { class: "gsk-button gsk-chip", onclick: press("go", { to: place }) })));
        const chip = list.children[place].firstChild, how = questions[place].state;
        says(chip, label);
        chip.setAttribute("aria-label", `${place + 1} ${questions[place].short}: ${how}`);
        chip.title = how;
        if (place === state.current) chip.setAttribute("aria-current", "step");
        else chip.removeAttribute("aria-current");
      });
    }
    if (!many.hidden) {
      if (String(shown) !== String(labels))
        choice.replaceChildren(...labels.map((text, value) => make("option", { value }, text)));
      choice.value = state.current;
    }
    shown = labels;
    count.hidden = track.hidden = questions.length < 2;
    says(count, `Question ${state.current + 1} of ${questions.length} · ${state.done} done`);
    bar.style.width = `${Math.round(100 * state.done / Math.max(questions.length, 1))}%`;
    says(heading, state.question ?? "");
    says(help, state.help ?? "");
    lacks.hidden = !state.lacks?.length;
    lacks.replaceChildren(...(state.lacks?.length ? ["Before you go on:", make("ul", {},
      ...state.lacks.map(text => make("li", { dir: "auto" }, text)))] : []));
    says(working, state.working ? "Working it out …" : "");
    el.closest(".gsk")?.classList.toggle("gsk-waiting", Boolean(state.working));
  };
  model.on("change:state", draw);
  draw();
  whenPlaced(el, root => {
    model.on("change:attend", () =>
      setTimeout(() => attend(root, model.get("attend").split(" ")[0]), 120));
  });
}

// ----------------------------------------------------------------------------------------- foot

function foot({ model, el }) {
  const press = name => () => model.send({ press: name });
  const notice = make("div", { class: "gsk-notice", role: "alert", dir: "auto" });
  const back = make("button", { class: "gsk-button", onclick: press("back") }, "Back");
  const next = make("button", { class: "gsk-button gsk-main", onclick: press("next") });
  const ending = make("div", { class: "gsk-good", role: "status", dir: "auto" });
  const buttons = make("div", { class: "gsk-actions" }, back, next, ending);
  el.classList.add("gsk-foot");
  el.append(notice, buttons);
  const draw = () => {
    const state = model.get("state");
    const news = notice.textContent !== (state.notice ?? "");
    says(notice, state.notice ?? "");
    back.hidden = !state.back;
    next.hidden = !state.next;
    says(next, state.next ?? "");
    says(ending, state.ending ?? "");
    if (news) setTimeout(() => tell(notice), 200);
  };
  model.on("change:state", draw);
  draw();
  whenPlaced(el, () => {});
}

// -------------------------------------------------------------------------------------- choices

function choices({ model, el }) {
  const rows = new Map();
  const label = make("p", { class: "gsk-label" }), empty = make("p", { dir: "auto" });
  const list = make("div", { role: "list" });
  const more = make("button", { class: "gsk-button", onclick: () => {
    before = rows.size;
    model.send({ press: "more" });
  } });
  let before = null;
  el.classList.add("gsk-choices");
  el.append(label, empty, list, more);

  function row(key) {
    const name = make("b", { dir: "auto" }), tag = make("span", { class: "gsk-tag", dir: "auto" });
    const why = make("span", { class: "gsk-why", dir: "auto" });
    const folded = make("span", { class: "gsk-why", dir: "auto" });
    const details = make("details", {}, make("summary", {}, "Why"), folded);
    const reason = make("input", { type: "text", placeholder: "If you want to give one",
      onchange: () => model.send({ explain: key, text: reason.value }) });
    const given = make("label", { class: "gsk-reason gsk-typed" }, "Reason ", reason);
    const buttons = make("div", { class: "gsk-verdicts" });
    let said = "";
    const box = make("div", { class: "gsk-row", role: "listitem" },
      make("div", { class: "gsk-about" }, make("div", {}, name, tag), why, details, given), buttons);
    box.addEventListener("keydown", event => { // a digit gives that score, and goes on
      const hit = [...buttons.children].find(one => one.firstChild.textContent === event.key);
      if (!hit || event.target === reason) return;
      hit.click();
      (box.nextElementSibling?.querySelector("button") ?? hit).focus();
    });
    return { box, show(line, { states, reasons }) {
      says(name, line.name);
      says(tag, line.tag);
      says(why, line.why);
      says(folded, line.more);
      tag.hidden = !line.tag;
      details.hidden = !line.more;
      given.hidden = !reasons;
      reason.setAttribute("aria-label", `Reason: ${line.name}`);
      if (said !== line.reason) reason.value = said = line.reason; // else it waits for a decision
      states.forEach(([value, word, done, kind], place) => {
        if (!buttons.children[place]) buttons.append(make("button", { class: "gsk-button",
          onclick: () => model.send({ press: key, status: value, reason: reason.value }) },
          make("span"), make("span"))); // one on the other, so that no press changes the width
        const button = buttons.children[place], pressed = line.status === value;
        const [open, closed] = button.children;
        says(open, word);
        says(closed, done);
        open.ariaHidden = String(pressed);
        closed.ariaHidden = String(!pressed);
        button.className = `gsk-button gsk-two${pressed ? ` gsk-${kind}` : ""}`;
        button.setAttribute("aria-pressed", String(pressed));
        button.setAttribute("aria-label", `${pressed ? done : word}: ${line.name}`);
        button.title = pressed ? "Press to take back" : "";
      });
    } };
  }

  function tick(key) {
    const box = make("input", { type: "checkbox",
      onchange: () => model.send({ press: key, status: "on" }) });
    const name = make("span", { dir: "auto" }), line = make("label", { class: "gsk-tick" }, box, name);
    return { box: make("span", { role: "listitem" }, line), show({ name: text, status }) {
      says(name, text);
      box.checked = Boolean(status);
    } };
  }

  const draw = () => {
    const state = model.get("state"), lines = state.lines ?? [];
    says(label, state.label ?? "");
    says(empty, lines.length ? "" : state.empty ?? "");
    list.className = state.ticks ? "gsk-ticks" : "";
    list.setAttribute("aria-label", state.label || "To decide about");
    const keys = new Set(lines.map(line => line.key));
    for (const [key, { box }] of rows) if (!keys.has(key)) { box.remove(); rows.delete(key); }
    let group = "", place = 0;
    const wanted = [];
    for (const line of lines) {
      if (line.group && line.group !== group)
        wanted.push(make("div", { role: "listitem" },
          make("h3", { dir: "auto" }, group = line.group)));
      if (!rows.has(line.key)) rows.set(line.key, (state.ticks ? tick : row)(line.key));
      rows.get(line.key).show(line, state);
      wanted.push(rows.get(line.key).box);
    }
    for (const old of [...list.children]) if (!wanted.includes(old)) old.remove();
    for (const element of wanted) {
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
      place += 1;
    }
    more.hidden = !state.left;
    says(more, state.left ? `Show ${Math.min(state.left, state.step)} more of ${state.left}` : "");
    if (before !== null && rows.size > before) { // what is new is in view and has the focus
      const first = rows.get(lines[before].key).box;
      first.querySelector("button, input").focus({ preventScroll: true });
      first.scrollIntoView({ block: "nearest" });
      before = null;
    }
  };
  model.on("change:state", draw);
  draw();
  whenPlaced(el, () => {});
}

// ------------------------------------------------------------------------------------------ keys

function keys({ el }) {
  el.style.display = "none";
  whenPlaced(el, () => {});
}

const KINDS = { head, foot, choices, keys };
export default { render(given) { KINDS[given.model.get("kind")](given); } };
