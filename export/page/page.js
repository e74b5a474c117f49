// Only adds choosing to a page that is whole without it. All state is in the address after "#".
(() => {
  "use strict";
  const one = (s, e = document) => e.querySelector(s), all = (s, e = document) => [...e.querySelectorAll(s)];
  const data = JSON.parse(one("#data").textContent);
  const form = one("#filter"), shown = one("#shown");
  const field = id => one("#f-" + id);
  const rows = new Map(all("#acts li[data-i]").map(e => [+e.dataset.i, e]));
  const dayStart = Date.parse(data.first + "T00:00Z"), perDay = 864e5;
  const toDay = n => new Date(dayStart + n * perDay).toISOString().slice(0, 10);
  const toIndex = s => /^\d{4}-\d\d-\d\d$/.test(s || "") ? Math.round((Date.parse(s + "T00:00Z") - dayStart) / perDay) : null;
  const levels = 5, faint = .02;
  const group = n => n.toLocaleString("en").replace(/,/g, "\u202f"), plural = (n, s) => group(n) + " " + s + (n === 1 ? "" : "s");
  let state = {};

  // state and address
  const parse = () => {
    const q = new URLSearchParams(location.hash.slice(1)), s = {};
    for (const k of ["f", "t"]) { const n = toIndex(q.get(k)); if (n !== null && n >= 0 && n < data.days) s[k] = n; }
    for (const k of ["a", "c", "p"]) if (/^\d{1,7}$/.test(q.get(k) || "")) s[k] = +q.get(k);
    if (s.a >= data.of.length) delete s.a;
    if (/^[vun]{1,2}$/.test(q.get("o") || "")) s.o = q.get("o");
    if (s.f > s.t) [s.f, s.t] = [s.t, s.f];
    return s;
  };
  const address = s => {
    const q = [];
    if (s.f !== undefined) q.push("f=" + toDay(s.f));
    if (s.t !== undefined) q.push("t=" + toDay(s.t));
    for (const k of ["a", "c", "p", "o"]) if (s[k] !== undefined) q.push(k + "=" + s[k]);
    return "#" + q.join("&");
  };
  const set = next => {
    state = next;
    try { history.replaceState(null, "", address(state)); } catch { location.hash = address(state); }
    apply();
  };
  const change = part => {
    const next = { ...state, ...part };
    for (const k in next) if (next[k] === undefined) delete next[k];
    set(next);
  };

  // what an act is, as far as the choice of clauses goes: v, u or n, with what it has of each
  const scope = () => {
    if (state.c !== undefined) return new Set([state.c]);
    if (state.a !== undefined) return new Set(data.of[state.a]);
    return null;
  };
  const apply = () => {
    const within = scope(), wanted = state.o || "vun";
    const from = state.f ?? state.t, to = state.t ?? state.f;
    const some = list => within ? list.some(c => within.has(c)) : list.length > 0;
    const places = new Map();
    let n = 0, listed = 0;
    data.acts.forEach(([first, last, place, broken, open], i) => {
      const v = some(broken), u = some(open);
      const has = v && wanted.includes("v") || u && wanted.includes("u") || !v && !u && wanted.includes("n");
      const then = from === undefined || first >= 0 && first <= to && last >= from;
      const fits = has && then && (state.p === undefined || state.p === place);
      const row = rows.get(i);
      if (row) row.hidden = !fits;
      if (!fits) return;
      n++;
      if (row) listed++;
      const mark = v && wanted.includes("v") ? "v" : u && wanted.includes("u") ? "u" : "n";
      if (place >= 0) { const t = places.get(place) || { v: 0, u: 0, n: 0 }; t[mark]++; places.set(place, t); }
    });
    showVerdicts(within, wanted);
    for (const d of all("#acts .day")) d.hidden = !one("li[data-i]:not([hidden])", d);
    one("#nothing").hidden = listed > 0;
    drawMap(places);
    drawDays(from, to);
    fillForm();
    const choosing = Object.keys(state).length > 0;
    shown.textContent = (choosing ? plural(n, "act") + " of " + group(data.acts.length) : "All " + plural(n, "act")) + (listed < n ? ", " + group(listed) + " of them listed below" : "") +
      (data.part && within ? "; clauses are known here for listed acts only" : "");
  };
  const showVerdicts = (within, wanted) => {
    for (const v of all("#acts details.v")) v.hidden = within && !within.has(+v.dataset.c) || !wanted.includes(v.dataset.o);
  };

  // map
  const groups = new Map(all("#mapsvg .p").map(e => [+e.dataset.p, e])), counts = new Map(all("#mapsvg .count").map(e => [+e.dataset.p, e]));
  const cells = new Map(all("#mapsvg .cell").map(e => [+e.dataset.k, e]));
  const shade = x => x >= 6 ? 4 : x >= 2.5 ? 3 : x >= .9 ? 2 : x >= .2 ? 1 : 0;
  const drawMap = places => {
    for (const [k, g] of groups) {
      const t = places.get(k);
      g.classList.toggle("off", !t);
      if (!t) continue;
      const n = t.v + t.u + t.n;
      const dark = shade(n * g.dataset.w);
      for (const l of [0, 1, 2, 3, 4]) g.classList.toggle("l" + l, l === dark);
      g.classList.toggle("hv", t.v > 0); g.classList.toggle("hu", t.u > 0); g.classList.toggle("on", state.p === k);
    }
    for (const [k, c] of counts) {
      const t = places.get(k), n = t ? t.v + t.u + t.n : 0;
      c.classList.toggle("off", n < 2); c.textContent = n;
    }
    if (cells.size) drawDensity(places);
  };
  const level = (x, most) => x < faint || most <= 0 ? 0 : Math.max(1, Math.ceil(levels * Math.log1p(x) / Math.log1p(most) - 1e-9));
  const drawDensity = places => {
    const sum = new Map();
    for (const [p, t] of places) {
      const w = data.cells[p] || [];
      for (let i = 0; i < w.length; i += 2) {
        const d = sum.get(w[i]) || [0, 0];
        d[0] += w[i + 1] * t.v; d[1] += w[i + 1] * t.u; sum.set(w[i], d);
      }
    }
    for (const [k, e] of cells) {
      const d = sum.get(k) || [0, 0], [u, v] = e.children, side = 2 * level(d[0], data.max[0]);
      u.setAttribute("class", "cu l" + level(d[1], data.max[1]));
      const mid = (+u.getAttribute("x")) + (12 - side) / 2, midY = (+u.getAttribute("y")) + (12 - side) / 2;
      v.setAttribute("x", mid); v.setAttribute("y", midY); v.setAttribute("width", side); v.setAttribute("height", side);
    }
  };
  const svg = one("#mapsvg"), box = one("#mapbox"), zoomer = one("#zoom"), whole = svg.viewBox.baseVal, home = [whole.x, whole.y, whole.width, whole.height];
  let zoom = 1, mid = [home[2] / 2, home[3] / 2], pulled = null;
  const look = () => {
    const w = home[2] / zoom, h = home[3] / zoom;
    mid = [Math.min(home[2] - w / 2, Math.max(w / 2, mid[0])), Math.min(home[3] - h / 2, Math.max(h / 2, mid[1]))];
    svg.setAttribute("viewBox", [mid[0] - w / 2, mid[1] - h / 2, w, h].map(x => x.toFixed(2)).join(" "));
    svg.style.setProperty("--zoom", zoom);
    zoomer.classList.toggle("in", zoom > 1);
    const bar = one(".bar", svg);
    if (bar) bar.style.display = zoom > 1 ? "none" : "";
  };
  zoomer.addEventListener("click", e => {
    const z = e.target.dataset.z, step = home[2] / zoom / 4;
    if (z === "in") zoom = Math.min(16, zoom * 2);
    if (z === "out") zoom = Math.max(1, zoom / 2);
    if (z === "all") zoom = 1;
    if (z === "left") mid[0] -= step;
    if (z === "right") mid[0] += step;
    if (z === "up") mid[1] -= step;
    if (z === "down") mid[1] += step;
    look();
    if (zoom === 1 && z !== "in") one("[data-z=in]").focus();
  });
  svg.addEventListener("pointerdown", e => { if (zoom > 1 && e.button === 0) pulled = { x: e.clientX, y: e.clientY, mid: [...mid], far: false }; });
  addEventListener("pointermove", e => {
    if (!pulled) return;
    const k = home[2] / zoom / svg.clientWidth, dx = e.clientX - pulled.x, dy = e.clientY - pulled.y;
    pulled.far ||= Math.hypot(dx, dy) > 4;
    if (pulled.far) { mid = [pulled.mid[0] - dx * k, pulled.mid[1] - dy * k]; look(); }
  });
  svg.addEventListener("click", e => {
    const far = pulled && pulled.far; pulled = null;
    const g = e.target.closest && e.target.closest(".p");
    if (g && !far) change({ p: state.p === +g.dataset.p ? undefined : +g.dataset.p });
  });
  addEventListener("pointerup", e => { if (pulled && !svg.contains(e.target)) pulled = null; });

  // day chart
  const strips = all("#strips .strip svg");
  const drawDays = (from, to) => {
    for (const s of all(".sel", one("#strips") || document)) {
      s.setAttribute("x", from === undefined ? 0 : 100 * from / data.days + "%");
      s.setAttribute("width", from === undefined ? 0 : 100 * (to - from + 1) / data.days + "%");
    }
  };
  let start = null;
  const dayAt = (s, e) => {
    const r = s.getBoundingClientRect();
    return Math.max(0, Math.min(data.days - 1, Math.floor((e.clientX - r.left) / r.width * data.days)));
  };
  const ends = (a, b) => {
    const lo = Math.floor(Math.min(a, b) / data.bin) * data.bin, hi = Math.floor(Math.max(a, b) / data.bin) * data.bin + data.bin - 1;
    return [lo, Math.min(data.days - 1, hi)];
  };
  for (const s of strips) {
    s.addEventListener("pointerdown", e => { if (e.button === 0) { start = dayAt(s, e); s.setPointerCapture(e.pointerId); drawDays(...ends(start, start)); } });
    s.addEventListener("pointermove", e => { if (start !== null) drawDays(...ends(start, dayAt(s, e))); });
    s.addEventListener("pointerup", e => {
      if (start === null) return;
      const [f, t] = ends(start, dayAt(s, e));
      start = null;
      change(state.f === f && state.t === t ? { f: undefined, t: undefined } : { f, t });
    });
    s.addEventListener("pointercancel", () => { start = null; apply(); });
  }
  addEventListener("keydown", e => { if (e.key === "Escape" && start !== null) { start = null; apply(); } });

  // form
  const fillForm = () => {
    field("a").value = state.a ?? ""; field("c").value = state.c ?? "";
    field("f").value = state.f === undefined ? "" : toDay(state.f); field("t").value = state.t === undefined ? "" : toDay(state.t);
    for (const k of "vun") field(k).checked = (state.o || "vun").includes(k);
    for (const g of all("optgroup", field("c"))) g.hidden = state.a !== undefined && +g.dataset.a !== state.a;
    field("place").hidden = state.p === undefined;
    if (state.p !== undefined) field("place").textContent = "One place \u00d7";
    field("earlier").disabled = field("later").disabled = state.f === undefined && state.t === undefined;
  };
  const outcomes = () => { const o = [..."vun"].filter(k => field(k).checked).join(""); return o === "vun" || o === "" ? undefined : o; };
  form.addEventListener("change", e => {
    const value = k => field(k).value === "" ? undefined : +field(k).value;
    const a = value("a"); let c = value("c");
    if (e.target === field("a") && c !== undefined && a !== undefined && !data.of[a].includes(c)) c = undefined;
    let f = toIndex(field("f").value) ?? undefined, t = toIndex(field("t").value) ?? undefined;
    const clamp = n => n === undefined ? n : Math.max(0, Math.min(data.days - 1, n));
    f = clamp(f); t = clamp(t);
    if (f > t) [f, t] = [t, f];
    change({ a, c, f, t, o: outcomes() });
  });
  form.addEventListener("submit", e => e.preventDefault());
  form.addEventListener("reset", e => { e.preventDefault(); set({}); });
  field("place").addEventListener("click", () => { change({ p: undefined }); field("reset").focus(); });
  const shift = by => {
    const f = state.f ?? state.t, t = state.t ?? state.f, length = t - f + 1;
    const to = Math.max(0, Math.min(data.days - length, f + by * length));
    change({ f: to, t: to + length - 1 });
  };
  field("earlier").addEventListener("click", () => shift(-1));
  field("later").addEventListener("click", () => shift(1));

  // links that choose
  document.addEventListener("click", e => {
    const a = e.target.closest && e.target.closest("a[data-o],a[data-p],a[data-day]");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    const d = a.dataset, n = d.day === undefined ? undefined : toIndex(d.day);
    set({ ...(d.c !== undefined && { c: +d.c }), ...(d.o && { o: d.o }), ...(d.p !== undefined && { p: +d.p }), ...(n !== undefined && { f: n, t: n }) });
    const h = one("#h-acts"); h.tabIndex = -1; h.focus({ preventScroll: true }); one("#acts").scrollIntoView();
  });
  const arrive = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { return; }
    if (id.includes("=") || id === "") { state = parse(); apply(); return; }
    const e = document.getElementById(id);
    if (!e) return;
    if (e.closest("[hidden]")) { state = {}; apply(); }
    for (let d = e; d; d = d.parentElement) if (d.tagName === "DETAILS") d.open = true;
    e.scrollIntoView();
  };
  addEventListener("hashchange", arrive);

  document.documentElement.classList.add("js");
  if (one("#places") && matchMedia("(min-width: 64rem)").matches) one("#places").open = true;
  form.hidden = false; zoomer.hidden = false;
  for (const h of all(".hint")) h.hidden = false;
  apply();
  arrive();
})();
