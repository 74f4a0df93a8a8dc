-- What models did or want to do while answering. A pending approval is kept here, not in the checkpoints.
-- No references to conversations and messages: undoing puts those back whole, and their calls are then still here.

CREATE TABLE tool_calls (
    id              TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    round           INTEGER NOT NULL,                   -- which of the model's turns within the answer
    position        INTEGER NOT NULL,                   -- among the calls of that turn
    name            TEXT NOT NULL,
    arguments       TEXT NOT NULL,                      -- JSON, as the model gave them
    description     TEXT NOT NULL,                      -- for the owner
    needs_approval  INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'done', 'failed', 'expired')),
    is_local        INTEGER NOT NULL,
    result          TEXT,                               -- JSON: text, is_error, facts
    undo_id         TEXT,
    created_at      TEXT NOT NULL,
    decided_at      TEXT,
    ended_at        TEXT,
    UNIQUE (message_id, round, position)
) WITHOUT ROWID;
CREATE INDEX tool_calls_conversation ON tool_calls(conversation_id);
CREATE INDEX tool_calls_open ON tool_calls(state) WHERE state IN ('pending', 'approved');

-- "Always in this conversation", for one tool.
CREATE TABLE tool_grants (
    conversation_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    PRIMARY KEY (conversation_id, name)
) WITHOUT ROWID;
