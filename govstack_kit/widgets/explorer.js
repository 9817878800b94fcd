// The layered picture in the browser, last part: drawing, choice, keys.

let counter = 0;
class View extends Moving {
  constructor(model, el) {
    super();
    this.model = model;
    this.id = `gk-explorer-${++counter}`;
    this.zoom = 1;
    this.asTable = false;
    this.build();
    el.replaceChildren(this.root);
    this.handlers = { "change:picture": () => this.show(), "change:selected": () => this.mark() };
    for (const [name, act] of Object.entries(this.handlers)) model.on(name, act);
    this.observer = new ResizeObserver(() => this.refit());
    this.observer.observe(this.stage);
    this.show();
  }

  end() {
    this.observer.disconnect();
    for (const [name, act] of Object.entries(this.handlers)) this.model.off(name, act);
  }

  get picture() { return this.model.get("picture"); }
  get selected() { return this.model.get("selected") ?? null; }

  build() {
    this.title = html("div", { class: "gk-title", id: `${this.id}-title` });
    this.percent = html("span", { class: "gk-zoom" });
    this.zooms = [
      button("−", { "aria-label": "Make smaller", title: "Make smaller (−)" },
        () => this.setZoom(this.zoom / 1.25)),
      button("+", { "aria-label": "Enlarge", title: "Enlarge (+)" },
        () => this.setZoom(this.zoom * 1.25)),
      button("Whole picture", { title: "Make everything visible at once" }, () => this.whole()),
      button("Reset", { title: "Back to the size and place at the start (0)" },
        () => this.reset()),
    ];
    this.toggle = button("Show as table", {}, () => this.flip());
    const [less, more, ...rest] = this.zooms;
    this.tools = html("div", { class: "gk-tools", role: "group", "aria-label": "Picture" },
      less, this.percent, more, ...rest, this.toggle);
    this.heads = svg("svg", { class: "gk-svg gk-heads", "aria-hidden": "true" });
    this.drawing = svg("svg", { class: "gk-svg gk-drawing" });
    this.stage = html("div", { class: "gk-stage" }, this.heads, this.drawing);
    this.sheet = html("div", { class: "gk-sheet", role: "region", tabindex: 0, hidden: true,
      "aria-label": "All links of the picture", ...free });
    this.details = html("aside", { class: "gk-details", "aria-label": "Details of the choice" });
    this.status = html("div", { class: "gk-unseen", role: "status" });
    this.help = html("div", { class: "gk-unseen", id: `${this.id}-help` },
      "Arrow keys go from box to box, Enter shows details, Escape clears the choice. " +
      "The same links can be shown as a table.");
    this.root = html("div", { class: "gk-explorer", role: "group",
      "aria-labelledby": `${this.id}-title` },
      html("div", { class: "gk-top" }, this.title, this.tools),
      html("div", { class: "gk-body" },
        html("div", { class: "gk-main" }, this.stage, this.sheet), this.details),
      this.status, this.help);
    this.root.addEventListener("keydown", event => this.key(event));
    this.stage.addEventListener("scroll", () => requestAnimationFrame(() => this.drift()));
    this.stage.addEventListener("wheel", event => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", event => this.grab(event));
    this.stage.addEventListener("click", event => {
      const node = event.target.closest?.(".gk-node");
      if (node && !this.dragged) this.choose(node.dataset.node);
      else if (this.drawing.contains(event.target) && !this.dragged) this.choose(null);
      this.focus(); // or the next key would be a command of JupyterLab
    });
  }

  // -------------------------------------------------------------------------------- drawing
  show() {
    const inside = this.drawing.contains(document.activeElement);
    this.title.replaceChildren(html("bdi", {}, this.picture.title));
    if (!this.picture.boxes[this.current]) this.current = this.selected ?? this.picture.case;
    this.laidOut = 0;
    this.refit();
    this.writeTable();
    this.mark();
    if (inside) this.focus();
  }

  refit() {
    const room = this.stage.clientWidth;
    if (!room && this.laidOut) return; // hidden
    const width = clamp(room || 900, LEAST, MOST);
    if (Math.abs(width - this.laidOut) < (this.laidOut ? 24 : 1)) return;
    this.laidOut = width;
    const family = getComputedStyle(this.root).fontFamily || "sans-serif";
    const before = this.base ?? this.zoom;
    this.plan = layout(this.picture, width, family);
    this.base = clamp((room || width) / this.plan.width, SMALLEST, 1); // the size called 100 %
    this.zoom *= this.base / before;
    this.draw();
    this.scale();
    if (this.plan.placed.has(this.selected)) this.reveal(this.selected);
  }

  draw() {
    const inside = this.drawing.contains(document.activeElement);
    const { plan, picture } = this;
    this.heads.replaceChildren(...plan.columns.map(column => svg("g", { fill: column.colour },
      ...column.heads.map((text, i) => this.text(text, column.x, 8 + (i + .8) * plan.line,
        { "font-weight": 700, style: `fill: ${column.colour}` })),
      svg("rect", { x: column.x, y: plan.head - 3, width: column.w, height: 1.6 }))));
    this.edges = new Map(picture.links.map(link => [link, svg("path", {
      d: curve(link, plan.placed), stroke: link.colour,
      class: link.possible ? "gk-edge gk-possible" : "gk-edge" })]));
    this.tails = new Map();
    for (const link of picture.links) {
      const way = tail(link, plan.placed);
      if (way && !this.tails.has(link.below)) this.tails.set(link.below,
        svg("path", { d: way, stroke: link.colour, class: "gk-edge" }));
    }
    this.nodes = new Map();
    const groups = plan.columns.map(column => {
      const ids = column.boxes.map(box => box.id).filter(id => !isLane(id));
      const nodes = ids.map((id, i) => this.box(id, i + 1, ids.length));
      if (nodes.length) return svg("g", { role: "group", "aria-label": column.name }, ...nodes);
      return this.text("None are named.", column.x, 20, { style: "fill: #56626e" });
    });
    this.groups = groups;
    this.drawing.classList.toggle("gk-far", plan.far);
    const full = groups.filter(group => group.getAttribute("role"));
    const empty = groups.filter(group => !group.getAttribute("role"));
    this.drawing.replaceChildren(
      svg("g", { "aria-hidden": "true" }, ...this.tails.values(), ...this.edges.values()),
      svg("g", { "aria-hidden": "true" }, ...empty),
      svg("g", { role: "listbox", "aria-label": `${picture.title}: goals to building blocks`,
        "aria-describedby": `${this.id}-help` }, ...full));
    this.mark();
    if (inside) this.focus();
  }

  text(content, x, y, attributes = {}) {
    const made = svg("text", { x, y, "font-size": this.plan.size, ...attributes });
    made.textContent = content;
    return made;
  }

  box(id, place, of) {
    const { x, top: y, w, h, lines, aside, above, bold } = this.plan.placed.get(id);
    const box = this.picture.boxes[id], { line } = this.plan;
    const radius = box.round ? Math.min(14, h / 2) : 3;
    const rect = (name, out, more = {}) => svg("rect", { class: name, x: x - out, y: y - out,
      width: w + 2 * out, height: h + 2 * out, rx: radius + out, ...more });
    const ink = { style: `fill: ${box.ink}` };
    const node = svg("g", { class: "gk-node", role: "option", "data-node": id, tabindex: -1,
      "aria-selected": "false", "aria-label": this.spoken(id), "aria-posinset": place,
      "aria-setsize": of, ...free },
      rect("gk-ring", 5), rect("gk-chosen", 2.2),
      rect("gk-box", 0, { fill: box.face, stroke: box.edge, "stroke-width": 1.3,
        "stroke-dasharray": box.dashed ? "5 4" : null }));
    if (box.number) node.append(this.text(`${box.number} `, x + PAD, y + 6.5 + .8 * line,
      { "font-weight": 700, ...ink }));
    const rtl = RTL.test(box.label);
    lines.forEach((content, i) => node.append(this.text(content,
      rtl ? x + w - PAD : x + PAD + aside, y + 6.5 + (i + above + .8) * line,
      { direction: rtl ? "rtl" : null, "font-weight": bold ? 700 : null, ...ink })));
    node.addEventListener("focus", () => { this.current = id; this.rove(); });
    node.addEventListener("pointerenter", () => this.hover(id));
    node.addEventListener("pointerleave", () => this.hover(null));
    this.nodes.set(id, node);
    return node;
  }

  hover(id) {
    const near = new Set();
    for (const [link, path] of this.edges) {
      const touched = link.above === id || link.below === id;
      if (touched && !link.possible) near.add(link.below);
      path.classList.toggle("gk-near", touched);
    }
    for (const [below, path] of this.tails) path.classList.toggle("gk-near", near.has(below));
  }

  rove() {
    for (const [id, node] of this.nodes)
      node.setAttribute("tabindex", id === this.current ? 0 : -1);
  }

  // ------------------------------------------------------------------------------ selection
  focus() { this.nodes.get(this.current).focus({ preventScroll: true }); }

  choose(id) {
    if (id !== null) {
      this.current = id;
      this.rove();
    }
    if (id === this.selected) return;
    this.model.set("selected", id);
    this.model.save_changes();
    if (id === null) return;
    this.details.scrollIntoView({ block: "nearest" });
    if (!this.asTable) this.nodes.get(id).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  mark() {
    if (!this.nodes) return;
    const id = this.picture.boxes[this.selected] ? this.selected : null;
    const way = id === null ? null : ways(this.picture, id);
    const paint = (path, lit) => {
      path.classList.toggle("gk-lit", Boolean(way && lit));
      path.classList.toggle("gk-dim", Boolean(way && !lit));
      if (way && lit) path.parentNode.append(path); // strong links on top
    };
    for (const [link, path] of this.edges) paint(path, way?.links.has(link));
    const lit = new Set([...way?.links ?? []].filter(link => !link.possible).map(l => l.below));
    for (const [below, path] of this.tails) paint(path, lit.has(below));
    for (const [other, node] of this.nodes) {
      node.setAttribute("aria-selected", String(other === id));
      const far = way && other !== id && !way.up.has(other) && !way.down.has(other);
      node.classList.toggle("gk-dim", Boolean(far));
    }
    for (const [link, row] of this.rows ?? [])
      row.classList.toggle("gk-lit", Boolean(way?.links.has(link)));
    if (id !== null && id !== this.shown) {
      this.current = id;
      this.reveal(id);
    }
    this.rove();
    this.describe(id, way);
    const many = side => way[side].size || "none";
    if (id !== null) this.status.textContent =
      `${this.spoken(id)}. Needs ${many("down")}, needed by ${many("up")}. Details are shown.`;
    else if (this.shown) this.status.textContent = "The choice is cleared.";
    this.shown = id;
  }

  clear() {
    const inside = this.details.contains(document.activeElement);
    const back = this.selected;
    this.choose(null);
    if (!inside) return;
    if (this.asTable) this.toggle.focus();
    else this.go(back ?? this.current);
  }

  // ------------------------------------------------------------------------------- movement
  go(id) {
    const node = this.nodes.get(id);
    node.focus({ preventScroll: true });
    this.reveal(id);
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  step(key) {
    const here = this.plan.placed.get(this.current);
    const rows = this.picture.columns.map(column => column.boxes.filter(id => !isLane(id)));
    const row = rows[here.column], at = row.indexOf(this.current);
    if (key === "ArrowUp") return row[at - 1];
    if (key === "ArrowDown") return row[at + 1];
    if (key === "Home") return row[0];
    if (key === "End") return row.at(-1);
    const right = key === "ArrowRight", stride = right ? 1 : -1;
    let column = here.column + stride;
    while (rows[column] && !rows[column].length) column += stride;
    if (!rows[column]) return undefined;
    const [near, next] = right ? ["above", "below"] : ["below", "above"];
    const linked = new Set(this.picture.links.filter(link => link[near] === this.current)
      .map(link => link[next]));
    const middle = id => { const box = this.plan.placed.get(id); return box.y + box.h / 2; };
    const away = id => Math.abs(middle(id) - middle(this.current));
    const choice = rows[column].filter(id => linked.has(id));
    return (choice.length ? choice : rows[column]).reduce((a, b) => away(b) < away(a) ? b : a);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, shiftKey, target } = event;
    const inPicture = this.drawing.contains(target);
    const arrows = { ArrowUp: [0, -80], ArrowDown: [0, 80], ArrowLeft: [-80, 0],
      ArrowRight: [80, 0] };
    let done = true;
    if (key === "Escape" && this.selected !== null) this.clear();
    else if (this.asTable) done = false;
    else if (key === "+" || key === "=") this.setZoom(this.zoom * 1.25);
    else if (key === "-" || key === "−") this.setZoom(this.zoom / 1.25);
    else if (key === "0") this.reset();
    else if (shiftKey && arrows[key] && !this.details.contains(target))
      this.stage.scrollBy(...arrows[key]);
    else if (!inPicture) done = false;
    else if (key === "Enter" || key === " ") this.choose(this.current);
    else if (arrows[key] || key === "Home" || key === "End") {
      const next = this.step(key);
      if (next) this.go(next);
    } else done = false;
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---------------------------------------------------------------------------------- table
  flip() {
    this.asTable = !this.asTable;
    this.stage.hidden = this.asTable;
    this.sheet.hidden = !this.asTable;
    this.toggle.textContent = this.asTable ? "Show as picture" : "Show as table";
    for (const zoom of this.zooms) zoom.disabled = this.asTable;
    this.status.textContent = this.asTable ? "The links are shown as a table." :
      "The picture is shown.";
    if (!this.asTable) this.refit();
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.end();
  },
};
