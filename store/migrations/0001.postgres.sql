CREATE TABLE meta (name text COLLATE "C" NOT NULL PRIMARY KEY, value text NOT NULL);

-- The log: n counts from 0; at is milliseconds since 1970; fields is the private form.
CREATE TABLE entry (
	n bigint PRIMARY KEY,
	at bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	leaf bytea NOT NULL,
	fields bytea NOT NULL
);
CREATE INDEX entry_key ON entry (n) WHERE kind IN ('key.enrolled', 'key.revoked');
CREATE TABLE submission (id text COLLATE "C" NOT NULL PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE tile (level bigint NOT NULL, n bigint NOT NULL, hashes bytea NOT NULL, PRIMARY KEY (level, n));
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE TABLE checkpoint (size bigint PRIMARY KEY, note bytea NOT NULL);

-- The state: a version holds for every as-of n with from_n < n <= to_n. A body that is NULL says
-- that the row ended. An extent without bounds in time holds the least and the greatest integer.
CREATE TABLE version (
	id bigint PRIMARY KEY,
	kind text COLLATE "C" NOT NULL,
	rid text COLLATE "C" NOT NULL,
	from_n bigint NOT NULL,
	to_n bigint NOT NULL,
	label text COLLATE "C" NOT NULL,
	body bytea,
	west double precision, south double precision, east double precision, north double precision, since bigint, till bigint,
	text text COLLATE "C" NOT NULL,
	sort text COLLATE "C" NOT NULL,
	parent text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX version_row ON version (kind, rid, from_n);
CREATE INDEX version_from ON version (from_n);
CREATE INDEX version_list ON version (kind, label, sort, rid, from_n, to_n) WHERE body IS NOT NULL;
CREATE INDEX version_parent ON version (parent, kind, sort, rid) WHERE parent <> '';
CREATE TABLE label (kind text COLLATE "C" NOT NULL, label text COLLATE "C" NOT NULL, PRIMARY KEY (kind, label));
-- Time is the third dimension, scaled so that a day weighs like a tenth of a degree.
CREATE INDEX version_place ON version USING gist ((
	ST_MakeLine(
		ST_MakePoint(CASE WHEN west > east THEN -180 ELSE west END, south, since::double precision / 864000000),
		ST_MakePoint(CASE WHEN west > east THEN 180 ELSE east END, north, till::double precision / 864000000))
) gist_geometry_ops_nd) WHERE west IS NOT NULL;
-- The words come folded from Go and are parted by single spaces.
CREATE INDEX version_words ON version USING gin (array_to_tsvector(string_to_array(text, ' '))) WHERE text <> '';
-- What ANALYZE gathers is kept elsewhere, where no destruction would reach it.
ALTER TABLE entry ALTER COLUMN leaf SET STATISTICS 0, ALTER COLUMN fields SET STATISTICS 0;
ALTER TABLE version ALTER COLUMN body SET STATISTICS 0, ALTER COLUMN text SET STATISTICS 0, ALTER COLUMN sort SET STATISTICS 0;
ALTER INDEX version_words ALTER COLUMN 1 SET STATISTICS 0;

-- Small private things beside the log; expires is milliseconds, 0 for never.
CREATE TABLE kept (kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, body bytea NOT NULL, expires bigint NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX kept_expires ON kept (expires) WHERE expires > 0;
ALTER TABLE kept ALTER COLUMN id SET STATISTICS 0, ALTER COLUMN body SET STATISTICS 0;
