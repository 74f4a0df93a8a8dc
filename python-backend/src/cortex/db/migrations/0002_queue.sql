-- Durable jobs. A job is claimed with a lease that a heartbeat renews; a lapsed lease makes it claimable again.

CREATE TABLE jobs (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    subject_id      TEXT,                               -- the item it is about, where there is one
    payload         TEXT NOT NULL DEFAULT '{}',         -- JSON: ids and small facts
    state           TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'dead')),
    priority        INTEGER NOT NULL DEFAULT 0,         -- higher runs first
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    lease_owner     TEXT,
    lease_until     TEXT,
    error_code      TEXT,
    error_message   TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX jobs_claimable ON jobs(state, next_attempt_at, priority DESC);
-- At most one unfinished job of a kind per subject: saving twice does not process twice.
CREATE UNIQUE INDEX jobs_subject ON jobs(kind, subject_id) WHERE subject_id IS NOT NULL;
