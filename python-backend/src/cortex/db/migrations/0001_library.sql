-- The library: items, what they hold, how they are ordered. Times are RFC 3339 UTC texts with milliseconds.

CREATE TABLE collections (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    parent_id  TEXT REFERENCES collections(id) ON DELETE SET NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE items (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,  -- a short key for indexes; never leaves the process
    id              TEXT NOT NULL UNIQUE,
    url             TEXT,
    canonical_url   TEXT,
    title           TEXT NOT NULL,
    title_by_user   INTEGER NOT NULL DEFAULT 0,         -- extraction never replaces a title that a person gave
    kind            TEXT NOT NULL,
    source          TEXT NOT NULL,
    status          TEXT NOT NULL,
    stage           TEXT,
    progress        REAL NOT NULL DEFAULT 0,
    error_code      TEXT,
    error_message   TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    author          TEXT,
    site_name       TEXT,
    site            TEXT,                               -- host without www., for site: and facets
    published_at    TEXT,
    language        TEXT,
    excerpt         TEXT,
    summary         TEXT,
    summary_by      TEXT,
    collection_id   TEXT REFERENCES collections(id) ON DELETE SET NULL,
    note            TEXT,
    selection       TEXT,
    local_only      INTEGER NOT NULL DEFAULT 0,
    content_version INTEGER NOT NULL DEFAULT 0,
    text_hash       TEXT,                               -- SHA-256 of the extracted text, folded: near-identical copies
    pages           INTEGER,
    word_count      INTEGER NOT NULL DEFAULT 0,
    reading_minutes INTEGER NOT NULL DEFAULT 0,
    favourite       INTEGER NOT NULL DEFAULT 0,
    archived        INTEGER NOT NULL DEFAULT 0,
    read_progress   REAL NOT NULL DEFAULT 0,
    captured_at     TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    processed_at    TEXT,
    deleted_at      TEXT
);
-- One live item per address; a trashed one may be saved again.
CREATE UNIQUE INDEX items_canonical_url ON items(canonical_url) WHERE canonical_url IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX items_trashed_url ON items(canonical_url) WHERE canonical_url IS NOT NULL AND deleted_at IS NOT NULL;
CREATE INDEX items_created ON items(deleted_at, created_at DESC, number DESC);
CREATE INDEX items_updated ON items(deleted_at, updated_at DESC, number DESC);
CREATE INDEX items_title ON items(deleted_at, title COLLATE NOCASE, number);
CREATE INDEX items_published ON items(deleted_at, coalesce(published_at, created_at), number);
CREATE INDEX items_reading ON items(deleted_at, reading_minutes, number);
-- All that lists filter and count by: facets and totals never read the wide rows.
CREATE INDEX items_filters ON items(
    deleted_at, archived, favourite, kind, status, source, site, collection_id, created_at, id
);
CREATE INDEX items_status ON items(status) WHERE status <> 'ready';
CREATE INDEX items_collection ON items(collection_id) WHERE collection_id IS NOT NULL;
CREATE INDEX items_site ON items(site) WHERE site IS NOT NULL;

CREATE TABLE item_contents (
    item_number     INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    version         INTEGER NOT NULL,
    original_sha256 TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    charset         TEXT,
    filename        TEXT,
    url             TEXT,
    created_at      TEXT NOT NULL,
    html            TEXT,
    text            TEXT,
    blocks          TEXT,
    warnings        TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (item_number, version)
);
CREATE INDEX item_contents_original ON item_contents(original_sha256);

CREATE TABLE tags (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    created_at TEXT NOT NULL
);

CREATE TABLE item_tags (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    tag_number  INTEGER NOT NULL REFERENCES tags(number) ON DELETE CASCADE,
    by          TEXT NOT NULL CHECK (by IN ('user', 'auto')),
    position    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (item_number, tag_number)
) WITHOUT ROWID;
CREATE INDEX item_tags_tag ON item_tags(tag_number, item_number, by);

-- An automatic tag that a person took off an item is not put back.
CREATE TABLE refused_tags (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    tag_name    TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (item_number, tag_name)
) WITHOUT ROWID;

CREATE TABLE highlights (
    id              TEXT PRIMARY KEY,
    item_id         TEXT NOT NULL REFERENCES items(id) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,                   -- the version that start and end count in
    quote           TEXT NOT NULL,
    start           INTEGER NOT NULL,                   -- code points of that version's text
    "end"           INTEGER NOT NULL,
    page            INTEGER,
    note            TEXT,
    colour          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX highlights_item ON highlights(item_id, start);

CREATE TABLE settings (
    key        TEXT PRIMARY KEY,
    value      TEXT NOT NULL,                           -- JSON
    updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    key          TEXT PRIMARY KEY,                      -- who asked, and the key they gave
    request_hash TEXT NOT NULL,                         -- SHA-256 of method, path and body
    status       INTEGER NOT NULL,
    headers      TEXT NOT NULL,                         -- JSON: the few that are part of the answer
    body         BLOB NOT NULL,
    created_at   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_created ON idempotency_keys(created_at);

CREATE TABLE undo_records (
    id         TEXT PRIMARY KEY,
    action     TEXT NOT NULL,
    payload    TEXT NOT NULL,                           -- JSON: what to put back
    created_at TEXT NOT NULL,
    undone_at  TEXT
) WITHOUT ROWID;
CREATE INDEX undo_records_created ON undo_records(created_at);
