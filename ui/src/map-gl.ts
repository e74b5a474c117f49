import { Map as GlMap, ScaleControl, setWorkerUrl, type MapGeoJSONFeature, type PointLike } from "maplibre-gl";
import { fill, joined, readView, templated, withParams, writeView } from "./address";
import { Card, type Thing } from "./card";
import { coloursOf, ground, readShares, ring, type Colours } from "./ink";
import { styleOf } from "./style";

/** Words that the page gives; each is optional but those without a mark. */
export interface Words {
  title: string; controls: string; closer: string; farther: string; north: string; south: string; east: string; west: string; home: string;
  credit: string; hint: string; here: string; violation: string; undetermined: string; noViolation: string; unjudged: string;
  circle: string; extent: string; list: string; close: string; none: string; noWebgl: string; failed: string; ctrl: string; fingers: string;
}

/** Config is what the page says in <script type="application/json">. */
export interface Config {
  base: string; // tiles of the base map, with {z}, {x}, {y}
  tiles: string; // tiles of what happened
  areas?: string; // GeoJSON with property name
  bounds: [west: number, south: number, east: number, north: number];
  lang: string;
  locale?: string; // for numbers, such as "ar-u-nu-latn"
  list: string; // the list of what is shown; gets at=NAME
  incident: string; // the page of one thing, with {id}
  words: Words;
}

const near = 22; // pixels around a click

setWorkerUrl(new URL(MAP_WORKER, import.meta.url).href);

/** start puts a map into an element. */
export function start(el: HTMLElement, config: Config): Island { return new Island(el, config); }

/** Island is a map at work. */
export class Island {
  private readonly root = document.createElement("div");
  private readonly status = document.createElement("p");
  private readonly target = document.createElement("div");
  private readonly map: GlMap;
  private readonly card: Card;
  private colours: Colours;
  private view = ""; // what is in the address, or was shown at first
  private chosen = -1; // which of the numbers in view the keyboard is at

  constructor(private readonly el: HTMLElement, private config: Config) {
    this.colours = coloursOf(el);
    this.root.className = "map-live";
    const box = document.createElement("div");
    this.status.className = "map-status";
    this.status.setAttribute("role", "status");
    this.target.className = "map-target";
    this.target.hidden = true;
    this.root.append(box, this.target, this.status);
    el.classList.add("map-on");
    el.append(this.root);
    this.map = this.open(box);
    this.card = new Card(this.root, config.words, () => this.map.getCanvas().focus());
    this.furnish();
    const { lat, lng } = this.map.getCenter();
    this.view = writeView({ zoom: this.map.getZoom(), lat, lon: lng });
    this.listen();
  }

  /** update shows another question's answer in the same view. */
  update(config: Config): void {
    this.config = config;
    this.card.close();
    this.choose(-1);
    this.map.setStyle(this.style(), { diff: true });
  }

  private style() {
    return styleOf(this.config, this.colours, location.origin);
  }

  private open(container: HTMLElement): GlMap {
    const view = readView(new URL(location.href).searchParams.get("map"));
    const { words, bounds } = this.config;
    const map = new GlMap({
      container, style: this.style(), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0,
      renderWorldCopies: false, maxZoom: 19, cooperativeGestures: true, fadeDuration: 0, validateStyle: false,
      locale: { "Map.Title": words.title, "CooperativeGesturesHandler.WindowsHelpText": words.ctrl, "CooperativeGesturesHandler.MacHelpText": words.ctrl.replace("Ctrl", "⌘"), "CooperativeGesturesHandler.MobileHelpText": words.fingers },
      ...(view ? { center: [view.lon, view.lat], zoom: view.zoom } : { bounds, fitBoundsOptions: { padding: 24, maxZoom: 12 } }),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    map.setMissingStyleImageResolver((id) => this.picture(map, id));
    return map;
  }

  /** picture makes a picture when it is first asked for. */
  private picture(map: GlMap, id: string): void {
    const shares = readShares(id);
    const image = shares ? ring(shares, this.colours) : ground(id, this.colours);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: 2 });
  }

  /** furnish adds buttons, so that nobody has to drag or to scroll, and the credit. */
  private furnish(): void {
    const { words } = this.config;
    const group = document.createElement("div");
    group.className = "map-controls";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.controls);
    const pan = (x: number, y: number) => () => this.map.panBy([x * this.map.getContainer().clientWidth / 3, y * this.map.getContainer().clientHeight / 3], this.motion());
    const buttons: [name: string, sign: string, label: string, act: () => void][] = [
      ["north", "↑", words.north, pan(0, -1)], ["closer", "+", words.closer, () => this.map.zoomIn(this.motion())], ["west", "←", words.west, pan(-1, 0)],
      ["home", "⌂", words.home, () => this.map.fitBounds(this.config.bounds, { padding: 24, maxZoom: 12, ...this.motion() })],
      ["east", "→", words.east, pan(1, 0)], ["south", "↓", words.south, pan(0, 1)], ["farther", "−", words.farther, () => this.map.zoomOut(this.motion())],
    ];
    for (const [name, sign, label, act] of buttons) {
      const b = document.createElement("button");
      b.type = "button";
      b.className = name;
      b.textContent = sign;
      b.setAttribute("aria-label", label);
      b.title = label;
      b.addEventListener("click", act);
      group.append(b);
    }
    const credit = document.createElement("p");
    credit.className = "map-credit";
    credit.textContent = words.credit;
    this.root.append(group, credit);
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-description", words.hint);
  }

  /** motion is none for who asked for none. */
  private motion() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? { duration: 0 } : { duration: 250 };
  }

  private listen(): void {
    const { map } = this;
    map.on("error", () => { this.status.textContent = this.config.words.failed; });
    map.on("sourcedata", (e) => { if (e.isSourceLoaded) this.status.textContent = this.status.dataset.choice ?? ""; });
    map.on("click", (e) => this.openAt([e.point.x, e.point.y]));
    map.on("mousemove", (e) => this.root.classList.toggle("over-thing", this.thingAt([e.point.x, e.point.y]) !== undefined));
    map.on("movestart", () => { if (this.chosen >= 0) this.choose(-1); });
    map.on("moveend", () => this.remember());
    map.once("idle", () => { this.el.dataset.mapState = "ready"; });
    map.getCanvas().addEventListener("keydown", (e) => this.key(e));
    map.getCanvas().addEventListener("blur", () => this.choose(-1));
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) matchMedia(query).addEventListener("change", () => this.recolour());
  }

  /** recolour follows the page into the dark and back. */
  private recolour(): void {
    this.colours = coloursOf(this.el);
    this.map.setStyle(this.style(), { diff: false });
  }

  /** remember puts the view into the address, so that it can be sent and come back to. */
  private remember(): void {
    const { lat, lng } = this.map.getCenter();
    const map = writeView({ zoom: this.map.getZoom(), lat, lon: lng });
    if (map === this.view) return; // a window of another size is no other view
    this.view = map;
    const address = withParams(location.href, { map });
    if (address !== location.href) history.replaceState(history.state, "", address);
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "PageDown" || e.key === "PageUp") {
      e.preventDefault();
      this.choose(this.chosen + (e.key === "PageDown" ? 1 : -1), true);
    } else if (e.key === "Enter") {
      e.preventDefault();
      const list = this.numbers();
      const f = list[this.chosen] ?? list[0];
      if (f) this.show(f);
    } else if (e.key === "Escape") {
      this.choose(-1);
    }
  }

  /** numbers are those in view, most first, each once. */
  private numbers(): MapGeoJSONFeature[] {
    const seen = new Set<unknown>();
    return this.map.queryRenderedFeatures({ layers: ["numbers"] })
      .filter((f) => !seen.has(f.properties.at) && seen.add(f.properties.at) && this.inView(f))
      .sort((a, b) => b.properties.n - a.properties.n || (a.properties.at < b.properties.at ? -1 : 1));
  }

  private inView(f: MapGeoJSONFeature): boolean {
    const p = this.pixel(f), c = this.map.getContainer();
    return p.x >= 0 && p.y >= 0 && p.x <= c.clientWidth && p.y <= c.clientHeight;
  }

  private pixel(f: MapGeoJSONFeature) {
    return this.map.project((f.geometry as unknown as { coordinates: [number, number] }).coordinates);
  }

  /** choose puts the keyboard's mark on one of the numbers in view, or takes it away. */
  private choose(i: number, around = false): void {
    const list = i < 0 && !around ? [] : this.numbers();
    this.chosen = list.length ? (i + list.length) % list.length : -1;
    const f = list[this.chosen];
    this.target.hidden = !f;
    let words = around && !f ? this.config.words.none : "";
    if (f) {
      const p = this.pixel(f);
      [this.target.style.left, this.target.style.top] = [`${p.x}px`, `${p.y}px`];
      words = fill(this.config.words.here, { n: this.count(f.properties.n) }) + " " + this.parts(f.properties as Thing).map(([n, w]) => `${n} ${w}`).join(", ");
    }
    this.status.dataset.choice = words;
    this.status.textContent = words;
  }

  private count(n: number): string {
    return new Intl.NumberFormat(this.config.locale ?? "en").format(n);
  }

  private parts(t: Thing): [n: string, words: string][] {
    const { words } = this.config;
    const all: [number, string][] = [[t.v, words.violation], [t.u, words.undetermined], [t.c, words.noViolation], [t.o, words.unjudged]];
    return all.filter(([n]) => n > 0).map(([n, w]) => [this.count(n), w]);
  }

  /** thingAt is what a pointer means: a number, or else the smallest extent that is there. */
  private thingAt([x, y]: [number, number]): MapGeoJSONFeature | undefined {
    if (!this.map.getLayer("numbers")) return undefined;
    const around: [PointLike, PointLike] = [[x - near, y - near], [x + near, y + near]];
    const numbers = this.map.queryRenderedFeatures(around, { layers: ["numbers"] });
    const far = (f: MapGeoJSONFeature) => { const p = this.pixel(f); return Math.hypot(p.x - x, p.y - y); };
    const nearest = numbers.sort((a, b) => far(a) - far(b))[0];
    if (nearest && far(nearest) <= near) return nearest;
    return this.map.queryRenderedFeatures([x, y], { layers: ["extent-ground", "extent-open", "extent-solid", "extent-edges", "extent-points"] })[0];
  }

  private openAt(point: [number, number]): void {
    const f = this.thingAt(point);
    if (f) this.show(f);
    else this.card.close();
  }

  private show(f: MapGeoJSONFeature): void {
    const t = f.properties as Thing, { words, incident, list } = this.config;
    const ids = t.ids ? t.ids.split(",") : [];
    this.card.show({
      title: fill(words.here, { n: this.count(t.n) }),
      note: t.kind === "cluster" ? words.circle : words.extent,
      parts: this.parts(t),
      links: ids.map((id) => ({ href: templated(incident, id), text: id })),
      all: { href: joined(list, "at", t.at), text: words.list },
    });
  }
}

