-- The packs that took effect, and the official words that were loaded. The newest
-- entry holds; earlier ones stay, since the record names them.
CREATE TABLE pack_adopted (
	entry BIGINT PRIMARY KEY,
	digest TEXT NOT NULL,
	pack TEXT NOT NULL,
	from_on TEXT NOT NULL
);
CREATE TABLE text_loaded (
	entry BIGINT PRIMARY KEY,
	text_id TEXT NOT NULL,
	lang TEXT NOT NULL,
	file_digest TEXT NOT NULL,
	split_digest TEXT NOT NULL,
	loaded_on TEXT NOT NULL
);
CREATE INDEX text_loaded_by_text ON text_loaded (text_id, lang, entry);
