-- Conversations, their messages in order, and what each answer cites.

CREATE TABLE conversations (
    id            TEXT PRIMARY KEY,
    title         TEXT NOT NULL,
    title_by_user INTEGER NOT NULL DEFAULT 0,
    scope         TEXT NOT NULL DEFAULT '{}',           -- JSON: item_ids, tags, collection_id
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_updated ON conversations(updated_at DESC, id DESC);

CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content         TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('streaming', 'done', 'cancelled', 'interrupted', 'failed')),
    found           INTEGER,                            -- answers: 0 when the library does not hold the answer
    error_code      TEXT,
    error_message   TEXT,
    citations       TEXT NOT NULL DEFAULT '[]',         -- JSON, as clients read them
    tool_calls      TEXT NOT NULL DEFAULT '[]',
    scope           TEXT NOT NULL DEFAULT '{}',
    provider        TEXT,
    model           TEXT,
    usage           TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    UNIQUE (conversation_id, position)
);
CREATE INDEX messages_streaming ON messages(status) WHERE status = 'streaming';
