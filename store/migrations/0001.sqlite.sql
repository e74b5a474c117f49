CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The log: n counts from 0; at is milliseconds since 1970; fields is the private form.
CREATE TABLE entry (
	n INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL,
	leaf BLOB NOT NULL,
	fields BLOB NOT NULL
) STRICT;
CREATE INDEX entry_key ON entry (n) WHERE kind IN ('key.enrolled', 'key.revoked');
CREATE TABLE submission (id TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tile (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, n)) STRICT;
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;

-- The state: a version holds for every as-of n with from_n < n <= to_n. A body that is NULL says
-- that the row ended. An extent without bounds in time holds the least and the greatest integer.
CREATE TABLE version (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	rid TEXT NOT NULL,
	from_n INTEGER NOT NULL,
	to_n INTEGER NOT NULL,
	label TEXT NOT NULL,
	body BLOB,
	west REAL, south REAL, east REAL, north REAL, since INTEGER, till INTEGER,
	text TEXT NOT NULL,
	sort TEXT NOT NULL,
	parent TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX version_row ON version (kind, rid, from_n);
CREATE INDEX version_from ON version (from_n);
CREATE INDEX version_list ON version (kind, label, sort, rid, from_n, to_n) WHERE body IS NOT NULL;
CREATE INDEX version_parent ON version (parent, kind, sort, rid) WHERE parent <> '';
CREATE TABLE label (kind TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (kind, label)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE place USING rtree(id, west, east, south, north, since, till);
-- The words come folded from Go and are parted by single spaces: "ascii" splits just there.
CREATE VIRTUAL TABLE words USING fts5(text, content='version', content_rowid='id', detail='none', columnsize=0, tokenize='ascii');
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

-- Small private things beside the log; expires is milliseconds, 0 for never.
CREATE TABLE kept (kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (kind, id)) STRICT;
CREATE INDEX kept_expires ON kept (expires) WHERE expires > 0;
