package main

const worldTables = `
DROP TABLE IF EXISTS zone, state, term, weapon, part, band, piece, raw, incident, place, zoned, fact, finding;
CREATE UNLOGGED TABLE zone (zone int, metres float8, geom geometry);
CREATE UNLOGGED TABLE state (actor text, since int, until int, lo bigint, hi bigint);
CREATE UNLOGGED TABLE weapon (means text, bit int);
CREATE UNLOGGED TABLE term (agreement int, term int, since int, until int,
  has_place bool, zone_lo bigint, zone_hi bigint, not_lo bigint, not_hi bigint,
  by_lo bigint, by_hi bigint, except_lo bigint, except_hi bigint,
  has_against bool, against_lo bigint, against_hi bigint, means int, deaths int);
`

// zoneParts cuts polygons, buffers and bands into parts of at most 64 corners, and the
// corridors' lines into pieces. A buffer is only a planar one: what lies inside nine
// tenths and a bit of the width is surely near, what lies outside a bit more surely not.
const zoneParts = `
CREATE UNLOGGED TABLE part AS SELECT zone, ST_Subdivide(geom, 64) AS geom FROM zone WHERE metres = 0;
CREATE TEMP TABLE buffer AS SELECT zone, metres,
  ST_Buffer(geom::geography, metres * 0.98, 'quad_segs=32')::geometry AS inner_, ST_Buffer(geom::geography, metres * 1.02, 'quad_segs=32')::geometry AS outer_
  FROM (SELECT zone, metres, CASE WHEN ST_Length(geom) = 0 THEN ST_PointN(geom, 1) ELSE ST_Segmentize(geom, 0.002) END AS geom FROM zone WHERE metres > 0) AS z;
CREATE UNLOGGED TABLE band AS SELECT zone, ST_Subdivide(inner_, 64) AS geom, true AS sure FROM buffer
  UNION ALL SELECT zone, ST_Subdivide(ST_Difference(outer_, inner_), 64), false FROM buffer;
INSERT INTO band SELECT zone, geom, true FROM part;
DROP TABLE buffer;
CREATE UNLOGGED TABLE piece AS SELECT zone, metres, geom::geography AS geog FROM (
  SELECT zone, metres, ST_Subdivide(ST_Segmentize(geom, 0.002), 64) AS geom FROM zone WHERE metres > 0 AND ST_Length(geom) > 0
  UNION ALL SELECT zone, metres, ST_PointN(geom, 1) FROM zone WHERE metres > 0 AND ST_Length(geom) = 0) AS cut;
CREATE INDEX ON part USING gist (geom);
CREATE INDEX ON band USING gist (geom);
CREATE INDEX ON piece USING gist (geog);
ANALYZE part; ANALYZE band; ANALYZE piece; ANALYZE state; ANALYZE term; ANALYZE weapon;
`

const rawTable = `
DROP TABLE IF EXISTS raw, incident, place;
CREATE UNLOGGED TABLE raw (id int, date_start date, date_end date, date_prec int, lat float8, lon float8, where_prec int,
  actor_a text, actor_b text, means text, deaths int, deaths_low int, deaths_high int, civilians int, source text, text text, truth int);
`

const typedTable = `
CREATE UNLOGGED TABLE incident AS SELECT id AS row, date_start - date '1970-01-01' AS first, date_end - date '1970-01-01' AS last,
  where_prec >= 4 AS coarse, actor_a, actor_b, means, deaths, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point FROM raw;
ANALYZE incident;
`

const bits = `SELECT row, bit_or(CASE WHEN zone < 64 THEN 1::bigint << zone ELSE 0 END) AS lo,
  bit_or(CASE WHEN zone >= 64 THEN 1::bigint << (zone - 64) ELSE 0 END) AS hi FROM `

const bufferedZones = `
DROP TABLE IF EXISTS zoned;
CREATE UNLOGGED TABLE zoned AS ` + bits + `incident i JOIN band b ON ST_Intersects(b.geom, i.point)
  WHERE b.sure OR EXISTS (SELECT FROM piece p WHERE p.zone = b.zone AND ST_DWithin(p.geog, i.point::geography, p.metres))
  GROUP BY row;
ANALYZE zoned;
`

// An index of the incidents is what ST_DWithin with a width of each corridor's own can use.
const pointIndex = `
CREATE UNLOGGED TABLE place AS SELECT row, point::geography AS geog FROM incident;
CREATE INDEX ON place USING gist (geog);
ANALYZE place;
`

const exactZones = `
DROP TABLE IF EXISTS zoned;
CREATE UNLOGGED TABLE zoned AS ` + bits + `(
  SELECT row, zone FROM incident i JOIN part p ON ST_Intersects(p.geom, i.point)
  UNION ALL SELECT row, zone FROM piece p JOIN place i ON ST_DWithin(i.geog, p.geog, p.metres)) AS hit
  GROUP BY row;
ANALYZE zoned;
`

const factTable = `
DROP TABLE IF EXISTS fact;
CREATE UNLOGGED TABLE fact AS SELECT i.row, i.first, i.last, i.coarse, coalesce(z.lo, 0) AS zone_lo, coalesce(z.hi, 0) AS zone_hi,
  CASE WHEN i.actor_a IS NOT NULL THEN coalesce(a.lo, 0) END AS a_lo, CASE WHEN i.actor_a IS NOT NULL THEN coalesce(a.hi, 0) END AS a_hi,
  CASE WHEN i.actor_b IS NOT NULL THEN coalesce(b.lo, 0) END AS b_lo, CASE WHEN i.actor_b IS NOT NULL THEN coalesce(b.hi, 0) END AS b_hi,
  w.bit AS means, i.deaths
  FROM incident i LEFT JOIN zoned z USING (row)
  LEFT JOIN state a ON a.actor = i.actor_a AND i.first >= a.since AND i.first < a.until
  LEFT JOIN state b ON b.actor = i.actor_b AND i.first >= b.since AND i.first < b.until
  LEFT JOIN weapon w ON w.means = i.means;
ANALYZE fact;
`

// findingTable keeps, for each row and agreement, the least of: 2^28 if open, 256 x term,
// the open facts. That is the first term surely met, else the first that may be.
const findingTable = `
DROP TABLE IF EXISTS finding;
CREATE UNLOGGED TABLE finding AS SELECT f.row, t.agreement, min(CASE WHEN o.open > 0 THEN 1 << 28 ELSE 0 END + (t.term << 8) + o.open) AS best
  FROM fact f JOIN term t ON f.first < t.until AND f.last >= t.since
    AND (f.a_lo IS NULL OR ((f.a_lo & t.by_lo) | (f.a_hi & t.by_hi)) <> 0 AND ((f.a_lo & t.except_lo) | (f.a_hi & t.except_hi)) = 0)
    AND (NOT t.has_place OR f.coarse OR ((f.zone_lo & t.zone_lo) | (f.zone_hi & t.zone_hi)) <> 0 AND ((f.zone_lo & t.not_lo) | (f.zone_hi & t.not_hi)) = 0)
    AND (NOT t.has_against OR f.b_lo IS NULL OR ((f.b_lo & t.against_lo) | (f.b_hi & t.against_hi)) <> 0)
    AND (t.means = 0 OR f.means IS NULL OR (f.means & t.means) <> 0)
    AND (t.deaths = 0 OR f.deaths IS NULL OR f.deaths >= t.deaths)
  CROSS JOIN LATERAL (SELECT CASE WHEN f.first >= t.since AND f.last < t.until THEN 0 ELSE 1 END
    + CASE WHEN t.has_place AND f.coarse THEN 2 ELSE 0 END + CASE WHEN f.a_lo IS NULL THEN 4 ELSE 0 END
    + CASE WHEN t.has_against AND f.b_lo IS NULL THEN 8 ELSE 0 END + CASE WHEN t.means <> 0 AND f.means IS NULL THEN 16 ELSE 0 END
    + CASE WHEN t.deaths <> 0 AND f.deaths IS NULL THEN 32 ELSE 0 END AS open) AS o
  GROUP BY f.row, t.agreement;
`
