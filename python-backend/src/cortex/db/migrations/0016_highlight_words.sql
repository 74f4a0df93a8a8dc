-- What was marked and noted is found: each highlight has a row in the word index. `cortex.db.migrate` writes those of
-- the highlights that are there already, for their words are split by code.
ALTER TABLE highlights ADD COLUMN entry INTEGER;        -- its number in chunks_fts (cortex.domain.chunk)
CREATE UNIQUE INDEX highlights_entry ON highlights(entry);
-- Lists go by it without sorting.
DROP INDEX highlights_created;
CREATE INDEX highlights_created ON highlights(created_at, entry);
CREATE TRIGGER highlights_leave_fts AFTER DELETE ON highlights BEGIN
    DELETE FROM chunks_fts WHERE rowid = OLD.entry;
END;
