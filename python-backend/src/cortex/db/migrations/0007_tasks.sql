-- What there is to do, and when somebody wants to be reminded of it.

CREATE TABLE tasks (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,     -- order of creation; never leaves the process
    id           TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    note         TEXT,
    status       TEXT NOT NULL CHECK (status IN ('open', 'done')),
    due_at       TEXT,                                  -- a moment, or a day such as 2026-11-30
    due_key      TEXT GENERATED ALWAYS AS (CASE WHEN length(due_at) = 10 THEN due_at || 'T23:59:59.999Z'
                                                ELSE due_at END) VIRTUAL,  -- a day is due by its end
    remind_at    TEXT,
    reminded_at  TEXT,                                  -- when the reminder of `remind_at` went out
    item_id      TEXT REFERENCES items(id) ON DELETE SET NULL,
    passage      TEXT,                                  -- JSON: start, end, quote, content_version
    created_by   TEXT NOT NULL CHECK (created_by IN ('user', 'chat')),
    completed_at TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    words        TEXT NOT NULL                          -- title and note as the word index takes them
);
CREATE INDEX tasks_due ON tasks(due_key, number);
CREATE INDEX tasks_item ON tasks(item_id) WHERE item_id IS NOT NULL;
CREATE INDEX tasks_reminders ON tasks(remind_at)
    WHERE remind_at IS NOT NULL AND reminded_at IS NULL AND status = 'open';

-- Follows `words` by itself, whoever writes it: also an undo. Tokens as in chunks_fts.
CREATE VIRTUAL TABLE tasks_fts USING fts5(
    words,
    content='', contentless_delete=1,
    tokenize="porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
CREATE TRIGGER tasks_enter_fts AFTER INSERT ON tasks BEGIN
    INSERT INTO tasks_fts (rowid, words) VALUES (NEW.number, NEW.words);
END;
CREATE TRIGGER tasks_change_fts AFTER UPDATE OF words ON tasks WHEN NEW.words <> OLD.words BEGIN
    DELETE FROM tasks_fts WHERE rowid = OLD.number;
    INSERT INTO tasks_fts (rowid, words) VALUES (NEW.number, NEW.words);
END;
CREATE TRIGGER tasks_leave_fts AFTER DELETE ON tasks BEGIN
    DELETE FROM tasks_fts WHERE rowid = OLD.number;
END;
