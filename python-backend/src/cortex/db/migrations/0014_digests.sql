-- Digests, and what they are made from: what was read when, what is to come less often, which links have died.

CREATE TABLE digests (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,       -- order of making; never leaves the process
    id         TEXT NOT NULL UNIQUE,
    status     TEXT NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
    made_for   TEXT NOT NULL CHECK (made_for IN ('schedule', 'request')),
    since      TEXT NOT NULL,                           -- excluded
    until      TEXT NOT NULL,                           -- included
    draft      TEXT,                                    -- JSON: what the finished steps made; NULL once it is ready
    body       TEXT,                                    -- JSON, as clients read it
    is_empty   INTEGER NOT NULL DEFAULT 0,
    written_by TEXT,
    error      TEXT,
    created_at TEXT NOT NULL,
    ready_at   TEXT
);
-- One at a time: a schedule and a request at the same moment make one digest.
CREATE UNIQUE INDEX digests_pending ON digests((1)) WHERE status = 'pending';

-- What a digest showed, so that the forgotten take turns and what died is told once.
CREATE TABLE digest_mentions (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    section     TEXT NOT NULL,
    shown_at    TEXT NOT NULL,                          -- the last time
    PRIMARY KEY (item_number, section)
) WITHOUT ROWID;

-- "Less like this", until the owner takes it back.
CREATE TABLE less_like (
    item_id    TEXT PRIMARY KEY REFERENCES items(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) WITHOUT ROWID;

-- One row for each day on which an item was read.
CREATE TABLE item_reads (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    day         TEXT NOT NULL,                          -- where Cortex runs, such as 2026-11-30
    last_at     TEXT NOT NULL,
    visits      INTEGER NOT NULL,
    gained      REAL NOT NULL,                          -- how far it was read further that day, 0-1
    PRIMARY KEY (item_number, day)
) WITHOUT ROWID;
CREATE INDEX item_reads_day ON item_reads(day, item_number, last_at, visits, gained);

CREATE TABLE link_checks (
    item_number INTEGER PRIMARY KEY REFERENCES items(number) ON DELETE CASCADE,
    checked_at  TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('alive', 'failing', 'dead')),  -- dead: failed on two days
    reason      TEXT,                                   -- http_404, dns, …
    failing_day TEXT                                    -- the first day of the present row of failures
);
CREATE INDEX link_checks_dead ON link_checks(state, checked_at) WHERE state = 'dead';
CREATE INDEX link_checks_at ON link_checks(checked_at);

CREATE INDEX items_unread ON items(number, reading_minutes)
    WHERE deleted_at IS NULL AND archived = 0 AND read_progress < 0.95;
CREATE INDEX items_engaged ON items(number) WHERE read_progress > 0 OR favourite = 1;
CREATE INDEX items_with_address ON items(number)
    WHERE canonical_url IS NOT NULL AND deleted_at IS NULL AND local_only = 0;
CREATE INDEX highlights_created ON highlights(created_at);
CREATE INDEX messages_asked ON messages(created_at) WHERE role = 'user';
