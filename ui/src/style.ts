import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { braced } from "./address";
import type { Colours } from "./ink";
import type { Config } from "./map-gl";

const fonts = ["Noto Sans", "Noto Sans Arabic", "system-ui", "sans-serif"];
const bold = ["Noto Sans Bold", ...fonts];

/** share is how many twelfths of n some are: none only if there are none, all only if all are. */
function share(of: string): ExpressionSpecification {
  const exact: ExpressionSpecification = ["/", ["*", 12, ["get", of]], ["get", "n"]];
  return ["case", ["==", ["get", of], 0], 0, ["==", ["get", of], ["get", "n"]], 12, ["max", 1, ["min", 11, ["round", exact]]]];
}

/** styleOf is the map's style. Its pictures are made when they are asked for. */
export function styleOf(config: Config, c: Colours, origin: string): StyleSpecification {
  const absolute = (address: string) => (address.startsWith("/") ? origin + braced(address) : address);
  const sources: StyleSpecification["sources"] = {
    base: { type: "vector", tiles: [absolute(config.base)], maxzoom: 10 },
    things: { type: "vector", tiles: [absolute(config.tiles)], maxzoom: 16 },
  };
  if (config.areas) sources.areas = { type: "geojson", data: absolute(config.areas) };
  return { version: 8, sources, layers: [...baseLayers(config, c), ...(config.areas ? areaLayers(c) : []), ...thingLayers(config, c)] };
}

function baseLayers(config: Config, c: Colours): LayerSpecification[] {
  const name: ExpressionSpecification = config.lang === "ar" ? ["coalesce", ["get", "ar"], ["get", "name"]] : ["get", "name"];
  return [
    { id: "water", type: "background", paint: { "background-color": c.water } },
    { id: "land", type: "fill", source: "base", "source-layer": "land", paint: { "fill-color": c.land } },
    { id: "coast", type: "line", source: "base", "source-layer": "land", paint: { "line-color": c.strong, "line-width": 0.6 } },
    // All alike, thin and broken: what a border is, is not for a map to say.
    { id: "borders", type: "line", source: "base", "source-layer": "borders", paint: { "line-color": c.strong, "line-width": 0.8, "line-dasharray": [4, 3] } },
    {
      id: "places", type: "symbol", source: "base", "source-layer": "places",
      layout: {
        "text-field": name, "text-font": fonts, "symbol-sort-key": ["get", "rank"], "text-padding": 6,
        "text-size": ["interpolate", ["linear"], ["zoom"], 3, 10, 10, ["-", 15, ["get", "rank"]]],
      },
      paint: { "text-color": c.soft, "text-halo-color": c.land, "text-halo-width": 1.4 },
    },
  ];
}

function areaLayers(c: Colours): LayerSpecification[] {
  return [
    { id: "areas", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.accent, "fill-opacity": 0.07 } },
    { id: "area-edges", type: "line", source: "areas", paint: { "line-color": c.accent, "line-width": 1.4, "line-dasharray": [6, 2, 1, 2] } },
    {
      id: "area-names", type: "symbol", source: "areas", minzoom: 6,
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": fonts, "text-size": 11, "symbol-spacing": 400, "text-offset": [0, 0.9] },
      paint: { "text-color": c.accent, "text-halo-color": c.land, "text-halo-width": 1.4 },
    },
  ];
}

function thingLayers(config: Config, c: Colours): LayerSpecification[] {
  const extents = { source: "things", "source-layer": "extents" } as const;
  const numbers = { source: "things", "source-layer": "counts" } as const;
  // The radius of a circle that covers the ground meant, at any zoom.
  const reach: ExpressionSpecification = ["interpolate", ["exponential", 2], ["zoom"], 0, ["get", "reach"], 22, ["*", ["get", "reach"], 2 ** 22]];
  return [
    { id: "extent-ground", type: "fill", ...extents, filter: ["all", ["==", ["geometry-type"], "Polygon"], [">", ["get", "w"], 1]], paint: { "fill-color": c.paper, "fill-opacity": 0.15 } },
    { id: "extent-open", type: "fill", ...extents, filter: ["all", ["==", ["geometry-type"], "Polygon"], ["==", ["get", "w"], 1]], paint: { "fill-pattern": "ground-1", "fill-opacity": 0.3 } },
    { id: "extent-solid", type: "fill", ...extents, filter: ["all", ["==", ["geometry-type"], "Polygon"], ["==", ["get", "w"], 0]], paint: { "fill-pattern": "ground-0", "fill-opacity": 0.22 } },
    { id: "extent-edges", type: "line", ...extents, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": c.ink, "line-width": 1.1, "line-opacity": 0.8 } },
    { id: "extent-points", type: "circle", ...extents, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 5, "circle-color": c.paper, "circle-opacity": 0.6, "circle-stroke-color": c.ink, "circle-stroke-width": 1.1 } },
    {
      id: "reach", type: "circle", ...numbers, filter: ["==", ["get", "kind"], "cluster"],
      paint: { "circle-radius": reach, "circle-color": c.ink, "circle-opacity": 0.03, "circle-stroke-color": c.ink, "circle-stroke-width": 0.8, "circle-stroke-opacity": 0.28 },
    },
    {
      id: "numbers", type: "symbol", ...numbers,
      layout: {
        "icon-image": ["concat", "m", ["to-string", share("v")], "-", ["to-string", share("u")]],
        "icon-size": ["step", ["get", "n"], 0.55, 10, 0.68, 100, 0.82, 1000, 1, 10_000, 1.3, 100_000, 1.55, 1_000_000, 1.85],
        "icon-allow-overlap": true, "symbol-sort-key": ["get", "n"],
        "text-field": ["number-format", ["get", "n"], { locale: config.locale ?? "en" }], "text-font": bold, "text-allow-overlap": true,
        "text-size": ["step", ["get", "n"], 10, 10, 11, 1000, 12],
      },
      paint: { "text-color": c.ink, "text-halo-color": c.paper, "text-halo-width": 1 },
    },
  ];
}
