-- Changing the embedding model: which space is the embedded model's own, and how far a change has come.

ALTER TABLE embedding_spaces ADD COLUMN is_base INTEGER NOT NULL DEFAULT 1;  -- of the embedded model, kept complete
ALTER TABLE embedding_spaces ADD COLUMN probe BLOB;     -- float32 vectors of fixed sentences: does a server that
                                                        -- changed still give the same?
ALTER TABLE embedding_spaces ADD COLUMN place TEXT;     -- where its texts go, when not to this machine: as consented to
ALTER TABLE embedding_spaces ADD COLUMN chosen TEXT;    -- the model as the owner named it; NULL: the embedded one

CREATE TABLE embedding_builds (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    source_provider TEXT,
    source_model    TEXT,
    provider        TEXT NOT NULL,
    model           TEXT NOT NULL,
    place           TEXT,                               -- as in embedding_spaces
    state           TEXT NOT NULL CHECK (state IN ('running', 'waiting', 'paused', 'failed', 'done', 'cancelled')),
    space           INTEGER,                            -- NULL until the model has told which one
    done            INTEGER NOT NULL DEFAULT 0,         -- passages
    total           INTEGER NOT NULL DEFAULT 0,
    left_out        INTEGER NOT NULL DEFAULT 0,         -- passages that must stay on this machine
    seconds         REAL NOT NULL DEFAULT 0,            -- spent on embedding
    error           TEXT,
    started_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    finished_at     TEXT,
    freed_bytes     INTEGER
);
CREATE UNIQUE INDEX embedding_builds_one ON embedding_builds((1))
    WHERE state IN ('running', 'waiting', 'paused', 'failed');
