-- Durable jobs, and the phrases that automatic tags are chosen from.

CREATE TABLE jobs (
    id                 TEXT PRIMARY KEY,
    kind               TEXT NOT NULL,
    subject_id         TEXT,                            -- the item it is about, where there is one
    payload            TEXT NOT NULL DEFAULT '{}',      -- JSON: ids and small facts
    state              TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'dead')),
    priority           INTEGER NOT NULL DEFAULT 0,      -- higher runs first
    generation         INTEGER NOT NULL DEFAULT 1,      -- how often it was asked for
    running_generation INTEGER,                         -- the asking that the running one answers
    attempts           INTEGER NOT NULL DEFAULT 0,      -- failed tries of this generation
    waits              INTEGER NOT NULL DEFAULT 0,      -- times it waited in a row for the network or a model
    interruptions      INTEGER NOT NULL DEFAULT 0,      -- times in a row that the process ended in the middle of it
    next_attempt_at    TEXT NOT NULL,
    lease_owner        TEXT,                            -- the run of Cortex that works on it
    lease_until        TEXT,                            -- renewed by a heartbeat; lapsed: anybody may take it
    error_code         TEXT,
    error_message      TEXT,
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX jobs_claimable ON jobs(state, next_attempt_at, priority DESC);
-- At most one job of a kind per subject: saving twice does not process twice, it raises the generation.
CREATE UNIQUE INDEX jobs_subject ON jobs(kind, subject_id) WHERE subject_id IS NOT NULL;

-- The most telling phrases of each item; one that several items share is worth a tag.
CREATE TABLE item_phrases (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    phrase      TEXT NOT NULL,                          -- folded
    score       REAL NOT NULL,                          -- salience within the item, 0-1
    PRIMARY KEY (item_number, phrase)
) WITHOUT ROWID;
CREATE INDEX item_phrases_phrase ON item_phrases(phrase, item_number);
