// The layered picture in the browser, third part: size and place.

class Moving extends Words {
  // In a tall picture the short columns move along, so that all of each passes by once.
  drift() {
    const { stage, plan } = this, range = stage.scrollHeight - stage.clientHeight;
    if (!plan.far) return;
    const share = range > 0 ? clamp(stage.scrollTop / range, 0, 1) : 0;
    plan.columns.forEach((column, place) =>
      this.groups[place].setAttribute("transform", `translate(0 ${share * column.slack})`));
    for (const box of plan.placed.values())
      box.y = box.top + share * plan.columns[box.column].slack;
    for (const [link, path] of this.edges) path.setAttribute("d", curve(link, plan.placed));
    for (const [below, path] of this.tails)
      path.setAttribute("d", tail({ above: this.picture.case, below }, plan.placed));
  }

  reveal(id) {
    const { stage, plan, zoom } = this;
    if (!stage.clientWidth) return; // hidden
    const { x, y, w, h, column } = plan.placed.get(id), head = plan.head * zoom, edge = 14;
    const off = (near, far, room) => far > room ? far - room : Math.min(near, 0);
    const range = Math.max(1, stage.scrollHeight - stage.clientHeight);
    const speed = 1 - plan.columns[column].slack * zoom / range; // of its column, in the frame
    const top = y * zoom - edge - stage.scrollTop, left = x * zoom - edge - stage.scrollLeft;
    stage.scrollLeft += off(left, left + w * zoom + 2 * edge, stage.clientWidth);
    if (speed > .01)
      stage.scrollTop += off(top, top + h * zoom + 2 * edge + head, stage.clientHeight) / speed;
    this.drift();
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.setZoom(this.zoom * Math.exp(-clamp(event.deltaY, -100, 100) / 400), event);
  }

  grab(event) {
    this.dragged = false;
    if (event.button !== 0 || event.pointerType !== "mouse") return;
    if (!this.drawing.contains(event.target) && !this.heads.contains(event.target)) return;
    const { stage } = this, { clientX, clientY } = event;
    const { scrollLeft, scrollTop } = stage;
    const move = later => {
      const dx = later.clientX - clientX, dy = later.clientY - clientY;
      if (!this.dragged && Math.hypot(dx, dy) < 5) return;
      this.dragged = true;
      stage.classList.add("gk-drag");
      stage.scrollLeft = scrollLeft - dx;
      stage.scrollTop = scrollTop - dy;
    };
    const stop = () => {
      stage.classList.remove("gk-drag");
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      removeEventListener("pointercancel", stop);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    addEventListener("pointercancel", stop);
  }

  least() {
    const whole = this.stage.clientHeight / (this.plan.height + this.plan.head);
    return clamp(whole, .1, .5);
  }

  setZoom(zoom, pointer = null) {
    const { stage } = this, before = this.zoom;
    const frame = stage.getBoundingClientRect();
    const x = pointer ? pointer.clientX - frame.left : stage.clientWidth / 2;
    const y = pointer ? pointer.clientY - frame.top : stage.clientHeight / 2;
    const left = (stage.scrollLeft + x) / before, top = (stage.scrollTop + y) / before;
    this.zoom = clamp(Math.abs(zoom / this.base - 1) < .04 ? this.base : zoom, this.least(), 4);
    this.scale();
    stage.scrollLeft = left * this.zoom - x;
    stage.scrollTop = top * this.zoom - y;
    this.status.textContent = `Size ${this.percent.textContent}`;
  }

  scale() {
    const { plan, zoom } = this;
    for (const [drawn, height] of [[this.heads, plan.head], [this.drawing, plan.height]])
      fill(drawn, { viewBox: `0 0 ${plan.width} ${height}`, width: plan.width * zoom,
        height: height * zoom }, []);
    const spare = Math.max(0, (this.stage.clientWidth - plan.width * zoom) / 2);
    this.heads.style.marginInlineStart = this.drawing.style.marginInlineStart = `${spare}px`;
    this.drift();
    this.percent.textContent = `${Math.round(zoom / this.base * 100)} %`;
  }

  whole() {
    const { stage, plan } = this;
    this.setZoom(Math.min(1, (stage.clientWidth - 2) / plan.width,
      (stage.clientHeight - 4) / (plan.height + plan.head)));
    stage.scrollTo(0, 0);
  }

  reset() { this.setZoom(this.base); this.stage.scrollTo(0, 0); }
}
