// What the islands know of addresses. Nothing here touches a page.

/** View is where a map looks. */
export interface View { zoom: number; lat: number; lon: number }

/** readView reads "zoom/lat/lon"; null where it is no view. */
export function readView(text: string | null): View | null {
  const parts = (text ?? "").split("/");
  if (parts.length !== 3 || parts.some((p) => !/^-?\d{1,3}(\.\d{1,8})?$/.test(p))) return null;
  const [zoom, lat, lon] = parts.map(Number) as [number, number, number];
  return zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85.06 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** writeView is the shortest text that tells a view to a few pixels. */
export function writeView(v: View): string {
  const places = Math.max(1, Math.min(6, Math.ceil(v.zoom / 3)));
  const short = (n: number, digits: number) => String(Number(n.toFixed(digits)) + 0);
  return [short(v.zoom, 2), short(v.lat, places), short(v.lon, places)].join("/");
}

/** withParams is an address with parameters set, or taken out where they are empty. */
export function withParams(href: string, params: Record<string, string>): string {
  const url = new URL(href);
  for (const [name, value] of Object.entries(params)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  url.search = url.search.replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
  return url.href;
}

/** formAddress is where a GET form leads, without what was left empty. */
export function formAddress(action: string, entries: Iterable<[string, string]>): string {
  const url = new URL(action);
  url.search = "";
  for (const [name, value] of entries) if (value.trim()) url.searchParams.append(name, value);
  return url.href;
}

/** fill puts values into words such as "New entries: {n}". */
export function fill(words: string, values: Record<string, string | number>): string {
  return words.replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all));
}

/** templated is the address of one thing from a pattern with {id}. */
export function templated(pattern: string, id: string): string {
  return braced(pattern).replace("{id}", encodeURIComponent(id));
}

/** braced brings back the braces of a pattern that somebody escaped. */
export function braced(pattern: string): string {
  return pattern.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

/** joined adds a query to an address that may have one. */
export function joined(address: string, name: string, value: string): string {
  return address + (address.includes("?") ? "&" : "?") + name + "=" + encodeURIComponent(value);
}
