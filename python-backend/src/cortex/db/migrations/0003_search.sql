-- Passages, the word index over them, and the vectors of each embedding space.

CREATE TABLE chunks (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- shown to clients as chunk_<id>
    item_number     INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,
    ordinal         INTEGER NOT NULL,
    start           INTEGER NOT NULL,                   -- code points of the version's text
    "end"           INTEGER NOT NULL,
    page            INTEGER,
    heading         TEXT NOT NULL DEFAULT '',           -- the headings above it, joined
    text            TEXT NOT NULL,
    token_count     INTEGER NOT NULL,
    UNIQUE (item_number, ordinal)
);

-- Contentless: the passages stand in `chunks` already. Deletable by rowid.
CREATE VIRTUAL TABLE chunks_fts USING fts5(
    title, heading, body, tags,
    content='', contentless_delete=1,
    tokenize="porter unicode61 remove_diacritics 2"
);

CREATE TABLE embedding_spaces (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    provider    TEXT NOT NULL,
    model       TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension   INTEGER NOT NULL,
    scale       REAL,                                   -- int8 = round(value * scale)
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
