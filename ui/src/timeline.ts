import { fill, withParams } from "./address";
import { nearest, step, stretch } from "./stretch";
import { going } from "./swap";

// Makes a stretch of a day chart selectable. The chart is an <svg data-timeline> whose bars
// are links with data-from and data-to. Dragging over bars, or Shift and the arrows, selects;
// Enter goes there. Its own attributes: data-select, words with {from} and {to}, spoken
// and shown while selecting; data-drop, names of parameters that a new stretch makes void.

class Timeline {
  private readonly bars: SVGAElement[];
  private readonly shade: SVGRectElement;
  private readonly status: HTMLElement;
  private anchor = -1;
  private head = -1;
  private dragging = false;
  private justDragged = false;

  constructor(private readonly svg: SVGSVGElement) {
    this.bars = [...svg.querySelectorAll<SVGAElement>("a[data-from][data-to]")];
    this.shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ fill: "currentColor", "fill-opacity": "0.18", "pointer-events": "none", "aria-hidden": "true" })) this.shade.setAttribute(name, value);
    this.status = document.createElement("p");
    this.status.setAttribute("role", "status");
    this.status.className = "soft small timeline-status";
    svg.after(this.status);
    svg.style.touchAction = "pan-y"; // a finger scrolls the page
    if (this.bars.length === 0) return;
    // One stop of the Tab key for all bars; the arrows go on from there.
    const current = Math.max(0, this.bars.findIndex((b) => b.hasAttribute("aria-current")));
    this.bars.forEach((b, i) => b.setAttribute("tabindex", i === current ? "0" : "-1"));
    svg.addEventListener("keydown", (e) => this.key(e));
    svg.addEventListener("pointerdown", (e) => this.down(e));
    svg.addEventListener("pointermove", (e) => this.move(e));
    svg.addEventListener("pointerup", (e) => this.up(e));
    svg.addEventListener("pointercancel", () => this.cancel());
    svg.addEventListener("click", (e) => this.click(e), true);
    svg.addEventListener("dragstart", (e) => e.preventDefault());
    svg.dataset.timelineState = "ready";
  }

  private days() {
    return this.bars.map((b) => ({ from: b.dataset.from ?? "", to: b.dataset.to ?? "" }));
  }

  private box(i: number): DOMRect {
    return (this.bars[i] as SVGAElement).getBoundingClientRect();
  }

  /** onwards is +1 where later bars lie to the right. */
  private onwards(): number {
    return this.bars.length > 1 && this.box(0).left > this.box(1).left ? -1 : 1;
  }

  private key(e: KeyboardEvent): void {
    const at = this.bars.indexOf(e.target as SVGAElement);
    if (at < 0 || e.ctrlKey || e.metaKey || e.altKey) return;
    const moves: Record<string, number> = { ArrowRight: this.onwards(), ArrowLeft: -this.onwards(), PageDown: 7, PageUp: -7, Home: -this.bars.length, End: this.bars.length };
    const by = moves[e.key];
    if (by !== undefined) {
      e.preventDefault();
      const to = step(this.bars.length, at, by);
      this.focus(to);
      if (e.shiftKey) this.select(this.anchor < 0 ? at : this.anchor, to);
      else this.cancel();
    } else if (e.key === "Escape" && this.anchor >= 0) {
      this.cancel();
    } else if (e.key === "Enter" && this.anchor >= 0) {
      e.preventDefault();
      this.go();
    }
  }

  private focus(i: number): void {
    this.bars.forEach((b, k) => b.setAttribute("tabindex", k === i ? "0" : "-1"));
    (this.bars[i] as SVGAElement).focus();
  }

  private at(e: PointerEvent): number {
    return nearest(this.bars.map((_, i) => this.box(i).left + this.box(i).width / 2), e.clientX);
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0 || e.pointerType === "touch") return; // a finger scrolls the page, and taps a bar
    this.cancel();
    this.dragging = true;
    this.justDragged = false;
    this.anchor = this.at(e);
  }

  private move(e: PointerEvent): void {
    if (!this.dragging) return;
    const to = this.at(e);
    if (to === this.anchor && this.head < 0) return;
    if (!this.svg.hasPointerCapture(e.pointerId)) this.svg.setPointerCapture(e.pointerId);
    this.select(this.anchor, to);
  }

  private up(e: PointerEvent): void {
    const selected = this.dragging && this.head >= 0 && this.head !== this.anchor;
    this.dragging = false;
    if (!selected) return this.cancel();
    this.justDragged = true;
    setTimeout(() => (this.justDragged = false));
    e.preventDefault();
    this.go();
  }

  /** click is swallowed at the end of a drag: it would follow the bar under the pointer. */
  private click(e: Event): void {
    if (!this.justDragged) return;
    e.preventDefault();
    e.stopPropagation();
  }

  private select(a: number, b: number): void {
    [this.anchor, this.head] = [a, b];
    const s = stretch(this.days(), a, b);
    if (!s) return;
    this.status.textContent = fill(this.svg.dataset.select ?? "{from} – {to}", { from: s.from, to: this.bars[Math.max(a, b)]?.dataset.last ?? s.to });
    this.paint(Math.min(a, b), Math.max(a, b));
  }

  /** paint shades the bars, in the drawing's own coordinates. */
  private paint(low: number, high: number): void {
    const screen = this.svg.getScreenCTM();
    if (!screen) return;
    const back = screen.inverse();
    const boxes = [this.box(low), this.box(high)];
    const left = Math.min(...boxes.map((b) => b.left)), right = Math.max(...boxes.map((b) => b.right));
    const frame = this.svg.getBoundingClientRect();
    const p = new DOMPoint(left, frame.top).matrixTransform(back), q = new DOMPoint(right, frame.bottom).matrixTransform(back);
    for (const [name, value] of Object.entries({ x: p.x, y: p.y, width: q.x - p.x, height: q.y - p.y })) this.shade.setAttribute(name, String(value));
    this.svg.prepend(this.shade);
  }

  private cancel(): void {
    this.anchor = this.head = -1;
    this.dragging = false;
    this.shade.remove();
    this.status.textContent = "";
  }

  private go(): void {
    const s = stretch(this.days(), this.anchor, this.head);
    if (!s) return;
    const params: Record<string, string> = { from: s.from, to: s.to };
    for (const name of (this.svg.dataset.drop ?? "").split(" ").filter(Boolean)) params[name] = "";
    const address = withParams(location.href, params);
    if (document.dispatchEvent(new CustomEvent(going, { detail: address, cancelable: true }))) location.assign(address);
  }
}

function start(): void {
  for (const svg of document.querySelectorAll<SVGSVGElement>("svg[data-timeline]:not([data-timeline-state])")) new Timeline(svg);
}

document.addEventListener("truce:swapped", start);
start();
