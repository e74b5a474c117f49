"""The benchmark's check done with GeoPandas, tuned: one spatial join with prepared polygons,
bit masks for parties and zones, every term for all rows at once.

Reads incidents.csv and world.json in the folder given as the argument; writes findings.bin
(int32: row, agreement, key) there and prints the steps as JSON lines: name, CPU and wall seconds.
Corridors are exact: a planar buffer decides far from the edge, pyproj's geodesic near it.
"""
import json
import os
import resource
import sys
import time

os.environ["USE_PYGEOS"] = "0"
import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely.ops
from shapely import wkt
from shapely.geometry import LineString, Point

folder = sys.argv[1]
world = json.load(open(folder + "/world.json"))


def step(name, f):
    cpu, wall = time.process_time(), time.perf_counter()
    out = f()
    print(json.dumps({"name": name, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
    return out


def densified(line, step=0.002):
    n = max(1, int(line.length / step))
    return LineString([line.interpolate(k / n, normalized=True) for k in range(n + 1)] + [line.coords[-1]])


def buffers(line, metres):
    """What is surely near the line, and the band around the edge of what is near."""
    to = pyproj.Transformer.from_crs(4326, 32637, always_xy=True).transform
    back = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform
    flat = Point(line.coords[0]) if line.length == 0 else densified(line)
    flat = shapely.ops.transform(to, flat)
    inner, outer = flat.buffer(metres * 0.997, 64), flat.buffer(metres * 1.003, 64)
    return shapely.ops.transform(back, inner), shapely.ops.transform(back, outer.difference(inner))


def zone_frame():
    zones, kinds, shapes = [], [], []
    for k, z in enumerate(world["zones"]):
        shape = wkt.loads(z["wkt"])
        if z["metres"] == 0:
            zones.append(k), kinds.append(True), shapes.append(shape)
            continue
        for kind, part in zip((True, False), buffers(shape, z["metres"])):
            zones.append(k), kinds.append(kind), shapes.append(part)
    return geopandas.GeoDataFrame({"zone": zones, "sure": kinds}, geometry=shapes, crs=4326)


geod = pyproj.Geod(ellps="WGS84")


def distance(line, lon, lat):
    """Geodesic distances to a line that is straight in longitude and latitude: the two
    pieces that seem nearest, each searched by golden section."""
    c = np.array(line.coords)
    a, d = c[:-1], c[1:] - c[:-1]
    k = np.cos(np.radians(lat))[:, None]
    px, py = (lon[:, None] - a[:, 0]) * k, lat[:, None] - a[:, 1]
    dx, dy = d[:, 0] * k, d[:, 1]
    size = dx * dx + dy * dy
    t = np.clip((px * dx + py * dy) / np.where(size == 0, 1, size), 0, 1)
    away = np.hypot(px - t * dx, py - t * dy)
    best = np.full(len(lon), np.inf)
    rows = np.arange(len(lon))
    for piece in np.argsort(away, axis=1)[:, :2].T:
        at = lambda u: geod.inv(lon, lat, a[piece, 0] + u * d[piece, 0], a[piece, 1] + u * d[piece, 1])[2]
        u = t[rows, piece]
        low, high = np.clip(u - 0.02, 0, 1), np.clip(u + 0.02, 0, 1)
        for _ in range(32):
            x, y = high - 0.618034 * (high - low), low + 0.618034 * (high - low)
            left = np.asarray(at(x)) < np.asarray(at(y))
            low, high = np.where(left, low, x), np.where(left, y, high)
        for u in (low, high, (low + high) / 2):
            best = np.minimum(best, at(u))
    return best


def read():
    names = ["id", "date_start", "date_end", "lat", "lon", "where_prec", "actor_a", "actor_b", "means", "deaths"]
    f = pd.read_csv(folder + "/incidents.csv", usecols=names, parse_dates=["date_start", "date_end"],
                    dtype={"actor_a": "category", "actor_b": "category", "means": "category"})
    epoch = pd.Timestamp("1970-01-01")
    f["first"] = (f.date_start - epoch).dt.days.astype("int32")
    f["last"] = (f.date_end - epoch).dt.days.astype("int32")
    return f


def masks(f, joined):
    lo, hi = np.zeros(len(f), np.uint64), np.zeros(len(f), np.uint64)
    sure = joined[joined.sure]
    pairs = [(sure.index.values, sure.zone.values)]
    for zone, part in joined[~joined.sure].groupby("zone"):
        z = world["zones"][zone]
        i = part.index.values
        i = i[distance(wkt.loads(z["wkt"]), f.lon.values[i], f.lat.values[i]) < z["metres"]]
        pairs.append((i, np.full(len(i), zone)))
    for i, zone in pairs:
        small = zone < 64
        np.bitwise_or.at(lo, i[small], np.uint64(1) << zone[small].astype(np.uint64))
        np.bitwise_or.at(hi, i[~small], np.uint64(1) << (zone[~small] - 64).astype(np.uint64))
    return lo, hi


def codes(column, names):
    """The place of each word in names, len(names) for other words, -1 for none."""
    table = {n: k for k, n in enumerate(names)}
    of = np.array([table.get(n, len(names)) for n in column.cat.categories] + [-1])
    return of[column.cat.codes.values]


def parties(code, first):
    s = world["states"]
    key = np.array(s["actor"], np.int64) * (1 << 22) + np.array(s["from"]) + (1 << 20)
    at = np.searchsorted(key, np.maximum(code, 0).astype(np.int64) * (1 << 22) + first + (1 << 20), "right") - 1
    lo, hi = np.array(s["lo"], np.uint64)[at], np.array(s["hi"], np.uint64)[at]
    stranger = code >= len(world["actors"])
    lo[stranger] = hi[stranger] = 0
    return lo, hi, code < 0


def judge(f, zones):
    first, last = f["first"].values, f["last"].values
    coarse = f.where_prec.values >= 4
    a = parties(codes(f.actor_a, world["actors"]), first)
    b = parties(codes(f.actor_b, world["actors"]), first)
    weapon = codes(f.means, world["means"])
    deaths = f.deaths.values
    out = []
    for g, agreement in enumerate(world["agreements"]):
        best = np.full(len(f), 1 << 30, np.int32)
        for k, t in enumerate(agreement):
            i = np.nonzero((first < t["to"]) & (last >= t["from"]))[0]
            opened = np.where((first[i] >= t["from"]) & (last[i] < t["to"]), 0, 1).astype(np.int32)

            def narrow(yes, unknown, bit):
                nonlocal i, opened
                keep = yes | unknown
                opened = (opened | np.where(unknown, bit, 0).astype(np.int32))[keep]
                i = i[keep]

            def meets(lohi, mask):
                return ((lohi[0][i] & np.uint64(mask[0])) | (lohi[1][i] & np.uint64(mask[1]))) != 0

            narrow(meets(a, t["by"]) & ~meets(a, t["except"]), a[2][i], 4)
            if t["place"] is not None:
                narrow(meets(zones, t["place"]) & ~meets(zones, t["not"]), coarse[i], 2)
            if t["against"] is not None:
                narrow(meets(b, t["against"]), b[2][i], 8)
            if t["means"]:
                narrow((np.int64(t["means"]) >> np.maximum(weapon[i], 0)) & 1 == 1, weapon[i] < 0, 16)
            if t["deaths"]:
                narrow(deaths[i] >= t["deaths"], np.isnan(deaths[i]), 32)
            key = np.where(opened > 0, 1 << 28, 0) + (k << 8) + opened
            best[i] = np.minimum(best[i], key)
        hit = np.nonzero(best < 1 << 30)[0]
        out.append(np.stack([f.id.values[hit], np.full(len(hit), g), best[hit]], axis=1))
    return np.concatenate(out).astype("<i4")


prepared = zone_frame()
frame = step("read", read)
points = step("geometries", lambda: geopandas.GeoDataFrame(index=frame.index, geometry=geopandas.points_from_xy(frame.lon, frame.lat), crs=4326))
joined = step("spatial join", lambda: geopandas.sjoin(points, prepared, predicate="within"))
zones = step("corridors' edges", lambda: masks(frame, joined))
findings = step("terms", lambda: judge(frame, zones))
findings.tofile(folder + "/findings.bin")
print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
