// The layered picture in the browser, first part: elements, text that wraps, places, ways.
// explorer.py joins the parts into one module. Every text of the data becomes a text node, so that a
// name is never read as markup.

const SVG = "http://www.w3.org/2000/svg";
const LANE = "lane:";
const LEAST = 600, MOST = 1280; // widths of the picture in pixels; a narrower frame scrolls
const SMALLEST = .85; // a picture wider than its frame is made smaller up to this
const LONG = 18; // letters: shorter words are not broken
const FAR = 1500; // taller than this, short columns move along, so that they stay in sight
const LANE_HEIGHT = 3, ROOM = 8; // ROOM: least space between boxes
const PAD = 8, MARGIN = 16, CROPPED = 6; // CROPPED: most lines of a name in a box
const SHARES = [150, 130, 165, 170, 150], BETWEEN = [46, 60, 140, 96];

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value));
  }
  element.append(...children.filter(child => child !== null && child !== ""));
  return element;
}
const html = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);
const free = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab leaves the keys to us
const button = (label, attributes, act) => {
  const made = html("button", { type: "button", ...free, ...attributes }, label);
  made.addEventListener("click", act);
  return made;
};
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
const isLane = node => node.startsWith(LANE);

// ------------------------------------------------------------------------------------- text
const RTL = /^[^A-Za-z\u00C0-\u02B8\u0370-\u058F]*[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

function graphemes(text) {
  if (!Intl.Segmenter) return Array.from(text);
  return Array.from(new Intl.Segmenter().segment(text), part => part.segment);
}

// Lines that end between two words end with a space, so that their text reads as the name does.
function wrap(text, width, measure) {
  const lines = [""];
  for (let word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (measure(last + word) <= width) {
      lines[lines.length - 1] = `${last}${word} `;
      continue;
    }
    if (last) lines.push("");
    if (measure(word) > width) {
      let piece = "";
      for (const letter of graphemes(word)) {
        if (piece && measure(piece + letter) > width) {
          lines[lines.length - 1] = piece;
          lines.push("");
          piece = "";
        }
        piece += letter;
      }
      word = piece;
    }
    lines[lines.length - 1] = `${word} `;
    if (lines.length > CROPPED + 1) break;
  }
  if (lines.length <= CROPPED) return lines;
  let end = graphemes(lines[CROPPED - 1].trimEnd());
  while (end.length && measure(`${end.join("")}…`) > width) end = end.slice(0, -1);
  return [...lines.slice(0, CROPPED - 1), `${end.join("")}…`];
}

// ----------------------------------------------------------------------------------- layout
function layout(picture, width, family) {
  const size = width < 900 ? 12 : 13, line = Math.round(size * 1.28);
  const pen = document.createElement("canvas").getContext("2d");
  const measure = bold => text => {
    pen.font = `${bold ? 700 : 400} ${size}px ${family}`;
    return pen.measureText(text).width;
  };
  const part = width < 900 ? 0.22 : 0.29; // of the width, between the columns
  const inner = width - 2 * MARGIN;
  const sum = list => list.reduce((total, value) => total + value, 0);
  const columns = [];
  let x = MARGIN;
  picture.columns.forEach((column, place) => {
    const texts = column.boxes.filter(id => !isLane(id)).map(id => picture.boxes[id].label);
    const words = [column.name.toUpperCase(), ...texts].flatMap(text => text.split(/\s+/));
    const indent = column.layer === "step" ? measure(true)("00") + 6 : 0;
    const wide = Math.max(SHARES[place] / sum(SHARES) * inner * (1 - part),
      ...words.filter(word => word.length <= LONG)
        .map(word => measure(true)(word) + 2 * PAD + indent));
    const boxes = column.boxes.map(id => {
      if (isLane(id)) return { id, x, w: wide, h: LANE_HEIGHT };
      const box = picture.boxes[id];
      const bold = box.layer === "use_case";
      const aside = box.layer === "step" && box.number ? measure(true)(box.number) + 6 : 0;
      const above = box.layer !== "step" && box.number ? 1 : 0;
      const lines = wrap(box.label, wide - 2 * PAD - aside, measure(bold));
      return { id, x, w: wide, h: (lines.length + above) * line + 13, lines, aside, above, bold };
    });
    const heads = wrap(column.name.toUpperCase(), wide, text => 1.06 * measure(true)(text));
    columns.push({ ...column, x, w: wide, boxes, heads });
    x += wide + (BETWEEN[place] || 0) / sum(BETWEEN) * inner * part;
  });
  const tall = Math.max(240, ...columns.map(column => sum(column.boxes.map(box => box.h + ROOM))));
  const far = tall > FAR;
  const placed = new Map();
  columns.forEach((column, place) => {
    const taken = sum(column.boxes.map(box => box.h));
    const gap = Math.min((tall - taken) / (column.boxes.length + 1), 34);
    const spare = tall - taken - gap * (column.boxes.length - 1);
    column.slack = far ? spare : 0; // how far it moves along while the picture is scrolled
    let y = 8 + (far ? 0 : spare / 2);
    for (const box of column.boxes) {
      placed.set(box.id, { ...box, y, top: y, column: place });
      y += box.h + gap;
    }
  });
  const head = Math.max(...columns.map(column => column.heads.length)) * line + 14;
  const full = Math.max(width, x + MARGIN);
  return { width: full, height: tall + 24, head, size, line, columns, placed, far };
}

const middle = box => box.y + box.h / 2;

function bend([x0, y0], [x1, y1]) {
  const half = (x1 - x0) / 2;
  return `M${x0},${y0}` +
    (y0 === y1 ? `L${x1},${y1}` : `C${x0 + half},${y0} ${x1 - half},${y1} ${x1},${y1}`);
}

// A link ends at the lane of its lower box, if there is one; the tail goes on from there, once.
function laneOf(link, placed) {
  const lane = link.possible ? undefined : placed.get(LANE + link.below);
  return lane && placed.get(link.above).column < lane.column ? lane : null;
}

function curve(link, placed) {
  const from = placed.get(link.above), to = laneOf(link, placed) ?? placed.get(link.below);
  return bend([from.x + from.w, middle(from)], [to.x, middle(to)]);
}

function tail(link, placed) {
  const lane = laneOf(link, placed), to = placed.get(link.below);
  if (!lane) return null;
  const after = [lane.x + lane.w, middle(lane)];
  return bend([lane.x, middle(lane)], after) + bend(after, [to.x, middle(to)]);
}

// All links on the ways through a box, and the boxes up and down these ways. A box is `possible`
// if only a possible link leads to it.
function ways(picture, start) {
  const links = new Set(), found = { up: new Map(), down: new Map() };
  for (const [side, near, next] of [["down", "above", "below"], ["up", "below", "above"]]) {
    for (const possible of [false, true]) {
      const queue = [start], seen = new Set(queue);
      for (const node of queue)
        for (const link of picture.links) {
          if (link[near] !== node || (link.possible && !possible)) continue;
          links.add(link);
          if (!found[side].has(link[next])) found[side].set(link[next], possible);
          if (!seen.has(link[next])) { seen.add(link[next]); queue.push(link[next]); }
        }
    }
  }
  return { links, ...found };
}
