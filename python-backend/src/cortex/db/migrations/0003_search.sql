-- Passages, the word index over them, and the vectors of each embedding space.

CREATE TABLE chunks (
    id              INTEGER PRIMARY KEY,                -- item number << 20 | ordinal (cortex.domain.chunk); chunk_<id> outside
    item_number     INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,
    ordinal         INTEGER NOT NULL,
    start           INTEGER NOT NULL,                   -- code points of the version's text
    "end"           INTEGER NOT NULL,
    page            INTEGER,
    heading         TEXT NOT NULL DEFAULT '',           -- the headings above it, joined
    text            TEXT NOT NULL,
    token_count     INTEGER NOT NULL
);
CREATE INDEX chunks_item ON chunks(item_number);

-- Contentless: the passages stand in `chunks` already. Rows are written by code that splits scripts without
-- spaces into pairs of characters; marks count as letters, for Indic and Thai vowels are marks.
CREATE VIRTUAL TABLE chunks_fts USING fts5(
    title, heading, body, tags,
    content='', contentless_delete=1,
    tokenize="porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
-- Deleting needs no words, so it happens by itself, whoever deletes an item or its chunks.
CREATE TRIGGER chunks_leave_fts AFTER DELETE ON chunks BEGIN
    DELETE FROM chunks_fts WHERE rowid = OLD.id;
END;
-- An item without passages, or with a note, has one more row, under the last number of its range.
CREATE TRIGGER items_leave_fts AFTER DELETE ON items BEGIN
    DELETE FROM chunks_fts WHERE rowid = (OLD.number << 20) + 1048575;
END;

-- Words as written (lower case), for suggestions, spelling and rarity: reading frequencies off the word index
-- scans postings. The empty word stands in every passage. Kept by the writer of chunks, not by triggers.
CREATE TABLE search_terms (
    term     TEXT PRIMARY KEY,
    stem     TEXT NOT NULL,
    passages INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX search_terms_stem ON search_terms(stem, passages);

-- Each space has tables of its own, made with it: vector_bits_<id> and vector_int8_<id>.
CREATE TABLE embedding_spaces (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    provider    TEXT NOT NULL,
    model       TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension   INTEGER NOT NULL,
    scale       REAL NOT NULL,                          -- int8 = round(value * scale)
    state       TEXT NOT NULL CHECK (state IN ('active', 'building', 'fallback')),
    created_at  TEXT NOT NULL,
    UNIQUE (provider, model, fingerprint, dimension)
);

CREATE TABLE saved_searches (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    request    TEXT NOT NULL,                           -- JSON: the body of POST /api/search
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE search_history (
    query    TEXT PRIMARY KEY COLLATE NOCASE,
    uses     INTEGER NOT NULL DEFAULT 1,
    used_at  TEXT NOT NULL
) WITHOUT ROWID;
