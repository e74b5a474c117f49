// Pictures that the map is drawn with. No colour tells anything: violations are solid,
// undetermined is hatched, no violation and not judged are hollow.

/** Colours of the page, light or dark. */
export interface Colours { ink: string; paper: string; line: string; soft: string; water: string; land: string; strong: string; accent: string }

/** coloursOf reads the page's own. */
export function coloursOf(el: Element): Colours {
  const style = getComputedStyle(el);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const ink = read("--ink", "#1d1b1e"), paper = read("--paper", "#faf9f6"), line = read("--line", "#dcd8d0");
  return { ink, paper, line, soft: read("--soft", "#55504f"), water: read("--water", line), land: read("--land", paper), strong: read("--strong", "#8a857e"), accent: read("--accent", ink) };
}

/** Shares is how many twelfths of a number are violations, and undetermined. */
export interface Shares { solid: number; hatched: number }

/** readShares reads the name of a picture of shares, "m4-2". */
export function readShares(name: string): Shares | null {
  const m = /^m(\d{1,2})-(\d{1,2})$/.exec(name);
  if (!m) return null;
  const [solid, hatched] = [Number(m[1]), Number(m[2])];
  return solid + hatched <= 13 ? { solid, hatched } : null;
}

const side = 88; // pixels of a picture of shares, drawn at half that

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const c = document.createElement("canvas");
  [c.width, c.height] = [width, height];
  return c.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
}

/** hatch is slanting lines, tileable. */
export function hatch(colour: string, paper: string, size: number, width: number): CanvasRenderingContext2D {
  const g = canvas(size, size);
  if (paper) {
    g.fillStyle = paper;
    g.fillRect(0, 0, size, size);
  }
  g.strokeStyle = colour;
  g.lineWidth = width;
  for (const x of [-size, 0, size]) {
    g.beginPath();
    g.moveTo(x - width, size + width);
    g.lineTo(x + size + width, -width);
    g.stroke();
  }
  return g;
}

/** ring is a ring of shares around a paper disc with room for a number. */
export function ring(s: Shares, c: Colours): ImageData {
  const g = canvas(side, side), mid = side / 2, outer = mid - 3, inner = outer * 0.66;
  g.translate(mid, mid);
  g.fillStyle = c.paper;
  g.beginPath();
  g.arc(0, 0, outer + 2, 0, 2 * Math.PI);
  g.fill();
  const slice = (from: number, to: number, fill: string | CanvasPattern) => {
    if (to <= from) return;
    const turn = (n: number) => (n / 12) * 2 * Math.PI - Math.PI / 2;
    g.fillStyle = fill;
    g.beginPath();
    g.arc(0, 0, outer, turn(from), turn(to));
    g.arc(0, 0, inner, turn(to), turn(from), true);
    g.closePath();
    g.fill();
    g.strokeStyle = c.ink;
    g.lineWidth = 1.5;
    g.stroke();
  };
  slice(0, s.solid, c.ink);
  slice(s.solid, Math.min(12, s.solid + s.hatched), g.createPattern(hatch(c.ink, c.paper, 9, 2.4).canvas, "repeat") as CanvasPattern);
  g.strokeStyle = c.ink;
  g.lineWidth = 2.5;
  for (const r of [outer, inner]) {
    g.beginPath();
    g.arc(0, 0, r, 0, 2 * Math.PI);
    g.stroke();
  }
  return g.getImageData(0, 0, side, side);
}

/** ground is what an extent is filled with: "ground-0" dense, "ground-1" hatched. */
export function ground(name: string, c: Colours): ImageData | null {
  if (name === "ground-1") return all(hatch(c.ink, "", 16, 2));
  if (name !== "ground-0") return null;
  const g = canvas(16, 16); // solid would hide what lies beneath: a dense grid of squares
  g.fillStyle = c.ink;
  for (const [x, y] of [[0, 0], [8, 0], [0, 8], [8, 8]] as const) g.fillRect(x + 1, y + 1, 5, 5);
  return all(g);
}

function all(g: CanvasRenderingContext2D): ImageData {
  return g.getImageData(0, 0, g.canvas.width, g.canvas.height);
}
