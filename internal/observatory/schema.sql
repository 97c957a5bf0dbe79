-- What was taken from sources, by entry. The bytes are blobs of the record.
CREATE TABLE snapshot (
	id BIGINT PRIMARY KEY, at TEXT NOT NULL, indicator TEXT NOT NULL, format TEXT NOT NULL,
	bytes_blob TEXT NOT NULL, mapping_blob TEXT NOT NULL, areas TEXT NOT NULL,
	retrieved TEXT NOT NULL, released TEXT NOT NULL, licence TEXT NOT NULL, size BIGINT NOT NULL, sample BIGINT NOT NULL,
	counts TEXT NOT NULL, problems TEXT NOT NULL, fault TEXT NOT NULL, vintages BIGINT NOT NULL
);
CREATE INDEX snapshot_of_indicator ON snapshot (indicator, id);

-- Rows that could not be taken, the first thousand of each snapshot.
CREATE TABLE snapshot_problem (
	snapshot BIGINT NOT NULL, n BIGINT NOT NULL, line BIGINT NOT NULL, col TEXT NOT NULL, message TEXT NOT NULL,
	params TEXT NOT NULL, kept BIGINT NOT NULL, PRIMARY KEY (snapshot, n)
);

-- Slices, each with its newest vintage (the snapshot that made it) and the newest snapshot that confirmed it.
CREATE TABLE slice (
	indicator TEXT NOT NULL, slice TEXT NOT NULL, vintage BIGINT NOT NULL, n BIGINT NOT NULL, confirmed BIGINT NOT NULL,
	areas BIGINT NOT NULL, observations BIGINT NOT NULL, filled BIGINT NOT NULL, PRIMARY KEY (indicator, slice)
);

-- Vintages by the snapshot that made them; whole, or a reverse delta against the next one.
CREATE TABLE vintage (
	indicator TEXT NOT NULL, slice TEXT NOT NULL, snapshot BIGINT NOT NULL, n BIGINT NOT NULL, whole BIGINT NOT NULL,
	added BIGINT NOT NULL, removed BIGINT NOT NULL, changed BIGINT NOT NULL, PRIMARY KEY (indicator, slice, snapshot)
);
CREATE TABLE slice_block (
	indicator TEXT NOT NULL, slice TEXT NOT NULL, snapshot BIGINT NOT NULL, part BIGINT NOT NULL,
	first_area TEXT NOT NULL, last_area TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (indicator, slice, snapshot, part)
);
CREATE TABLE slice_line (
	indicator TEXT NOT NULL, slice TEXT NOT NULL, snapshot BIGINT NOT NULL, bytes BLOB NOT NULL,
	PRIMARY KEY (indicator, slice, snapshot)
);

-- Which slices have an area, and in which block of the newest vintage: an area's page reads through it.
CREATE TABLE slice_area (
	area TEXT NOT NULL, indicator TEXT NOT NULL, slice TEXT NOT NULL, part BIGINT NOT NULL,
	PRIMARY KEY (area, indicator, slice)
);
CREATE INDEX slice_area_of_slice ON slice_area (indicator, slice);
