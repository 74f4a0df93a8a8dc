-- What belongs to an answer that a language model wrote: which of its claims stand, what it was made from, how to go
-- on. An answer may wait for the owner's word. Of a long conversation, a summary of what came first.

CREATE TABLE messages_now (
    id              TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content         TEXT NOT NULL,
    status          TEXT NOT NULL
                    CHECK (status IN ('streaming', 'waiting', 'done', 'cancelled', 'interrupted', 'failed')),
    found           INTEGER,                            -- answers: 0 when the library does not hold the answer
    error_code      TEXT,
    error_message   TEXT,
    citations       TEXT NOT NULL DEFAULT '[]',         -- JSON, as clients read them
    claims          TEXT NOT NULL DEFAULT '[]',         -- JSON, as clients read them
    tool_calls      TEXT NOT NULL DEFAULT '[]',
    suggestions     TEXT NOT NULL DEFAULT '[]',         -- JSON: questions to go on with
    thoughts        TEXT,                               -- what the model thought aloud
    grounds         TEXT NOT NULL DEFAULT '[]',         -- JSON: ids of all items whose text the model read for it
    scope           TEXT NOT NULL DEFAULT '{}',
    provider        TEXT,
    model           TEXT,
    usage           TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    UNIQUE (conversation_id, position)
);
INSERT INTO messages_now (id, conversation_id, position, role, content, status, found, error_code, error_message,
                          citations, tool_calls, scope, provider, model, usage, created_at, updated_at)
SELECT id, conversation_id, position, role, content, status, found, error_code, error_message,
       citations, tool_calls, scope, provider, model, usage, created_at, updated_at
FROM messages;
DROP TABLE messages;
ALTER TABLE messages_now RENAME TO messages;
CREATE INDEX messages_streaming ON messages(status) WHERE status = 'streaming';

ALTER TABLE conversations ADD COLUMN summary TEXT;               -- JSON: text, until (a position), grounds
