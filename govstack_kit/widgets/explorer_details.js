// The layered picture in the browser, second part: what is said in words.

const SHOWN = 12; // entries of a list before "Show all"
const HELP = [
  ["Click or Enter", "shows the details of a box and the ways through it"],
  ["Tab", "goes into the picture, and on to its details"],
  ["↑ ↓", "go along a column; Home and End to its ends"],
  ["← →", "go to the next column, along a link"],
  ["Esc", "clears the choice"],
  ["+ − 0", "enlarge, make smaller, reset; also Ctrl and the mouse wheel"],
  ["Shift and arrows", "move the picture; so does dragging it"],
];
const POSSIBLE = "Dashed and “possible”: the catalogue of workflows says that a workflow can run " +
  "on the block; no step is published to use it.";

class Words {
  one(id) {
    const { layer } = this.picture.boxes[id];
    if (layer === "target") return "SDG target";
    return this.picture.columns.find(column => column.layer === layer).one;
  }

  named(id) {
    const { layer, number, label } = this.picture.boxes[id];
    if (!number) return label;
    return layer === "step" ? `${number} ${label}` : `${number}: ${label}`;
  }

  spoken(id) { return `${this.named(id)}, ${this.one(id)}`; }

  describe(id, way) {
    const pane = this.details;
    if (id === null) {
      pane.replaceChildren(
        html("p", {}, "Choose a box to see what it is, what it needs and what needs it."),
        html("dl", { class: "gk-keys" }, ...HELP.flatMap(([keys, what]) =>
          [html("dt", {}, keys), html("dd", {}, what)])));
      if (this.picture.links.some(link => link.possible))
        pane.append(html("p", { class: "gk-small" }, POSSIBLE));
      return;
    }
    const box = this.picture.boxes[id];
    const outward = (address, label) => html("a", { href: address, target: "_blank", dir: "auto",
      rel: "noopener noreferrer", ...free }, label);
    const web = address => /^https?:\/\//i.test(address);
    const close = button("Close", { class: "gk-close", "aria-label": "Close the details" },
      () => this.clear());
    const colour = box.layer === "goal" || box.layer === "target" ? "#56626e" : box.edge;
    pane.replaceChildren(close,
      html("p", { class: "gk-kind", style: `color: ${colour}` }, this.one(id)),
      html("div", { class: "gk-name", role: "heading", "aria-level": 3 },
        html("bdi", {}, this.named(id))),
      html("p", { class: "gk-small" }, box.about),
      box.summary ? html("p", { dir: "auto" }, box.summary) : "",
      box.shared ? html("p", { class: "gk-small" }, box.shared) : "",
      web(box.specification) ? html("p", { class: "gk-small" },
        outward(box.specification, "Read its specification")) : "",
      ...this.lists("What it needs", way.down, "It needs nothing else in this picture."),
      ...this.lists("What needs it", way.up, "Nothing else in this picture needs it."),
      html("h4", {}, "Source"),
      html("p", { class: "gk-small", dir: "auto" },
        web(box.link) ? outward(box.link, box.source) : box.source || "Not stated."),
      box.key ? html("p", { class: "gk-small" }, "Key in the tables: ",
        html("bdi", {}, box.key)) : "");
    if (this.shown !== id) pane.scrollTop = 0;
  }

  lists(title, found, none) {
    const parts = [html("h4", {}, title)];
    if (!found.size) parts.push(html("p", { class: "gk-small" }, none));
    for (const column of this.picture.columns) {
      const ids = column.boxes.filter(id => found.has(id));
      if (!ids.length) continue;
      const items = ids.map(id => html("li", {}, this.jump(id, found.get(id))));
      const list = html("ul", { "aria-label": `${title}: ${column.name}` },
        ...items.slice(0, SHOWN));
      parts.push(html("h5", {}, `${column.name} (${ids.length})`), list);
      if (ids.some(id => found.get(id))) parts.push(html("p", { class: "gk-small" }, POSSIBLE));
      if (ids.length > SHOWN) {
        const more = button(`Show all ${ids.length}`, {}, () => {
          list.replaceChildren(...items);
          items[SHOWN].firstChild.focus();
        });
        list.append(html("li", {}, more));
      }
    }
    return parts;
  }

  jump(id, possible) {
    const box = this.picture.boxes[id];
    const made = button(this.named(id) + (possible ? " (possible)" : ""), { dir: "auto",
      class: `gk-jump${box.round ? " gk-round" : ""}${possible ? " gk-maybe" : ""}`,
      style: `--gk-colour: ${box.edge}` }, () => {
      this.choose(id);
      if (this.asTable) this.details.querySelector("button").focus();
      else this.go(id);
    });
    return made;
  }

  writeTable() {
    const { links, title } = this.picture;
    const end = (tag, id, more = {}) => html(tag, more, html("bdi", {}, this.named(id)),
      html("span", { class: "gk-layer" }, this.one(id)));
    this.rows = new Map(links.map(link => [link, html("tr", {},
      end("th", link.above, { scope: "row" }), html("td", { class: "gk-link" }, link.relation),
      end("td", link.below))]));
    const caption = html("caption", {}, html("bdi", {}, title),
      `: ${links.length} links, in the order of the picture`);
    const table = html("table", {}, caption, html("thead", {}, html("tr", {},
      ...["What", "Link", "To what"].map(name => html("th", { scope: "col" }, name)))),
      html("tbody", {}, ...this.rows.values()));
    this.sheet.replaceChildren(links.length ? table
      : html("p", { class: "gk-empty" }, "Nothing is linked to this use case yet."));
  }
}
