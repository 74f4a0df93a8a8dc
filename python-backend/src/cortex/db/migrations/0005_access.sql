-- Who may call, and what went out. Only hashes of secrets are kept.

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    scope        TEXT NOT NULL CHECK (scope IN ('owner', 'write', 'read', 'companion', 'capture')),
    secret_hash  TEXT NOT NULL UNIQUE,
    created_at   TEXT NOT NULL,
    last_used_at TEXT
) WITHOUT ROWID;

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    client       TEXT NOT NULL,                         -- what the browser calls itself, shortened
    cookie_hash  TEXT NOT NULL UNIQUE,
    secret_hash  TEXT NOT NULL UNIQUE,
    created_at   TEXT NOT NULL,
    last_used_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE outbound_log (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    at             TEXT NOT NULL,
    host           TEXT NOT NULL,
    port           INTEGER NOT NULL,
    address        TEXT,                                -- the vetted address that was connected to
    purpose        TEXT NOT NULL,
    item_id        TEXT,
    bytes_sent     INTEGER NOT NULL DEFAULT 0,
    bytes_received INTEGER NOT NULL DEFAULT 0,
    status         INTEGER,
    outcome        TEXT NOT NULL
);
CREATE INDEX outbound_log_at ON outbound_log(at DESC);
