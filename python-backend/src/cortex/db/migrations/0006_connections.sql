-- Which items belong together, and why. All of it is derived: it can be computed again from the library.

-- The addresses that an item's text links to, in the form by which duplicates are recognised.
CREATE TABLE item_links (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    address     TEXT NOT NULL,
    PRIMARY KEY (item_number, address)
) WITHOUT ROWID;
CREATE INDEX item_links_address ON item_links(address, item_number);

-- Each item lists its own best few; a pair may stand in one list, or in both, then with the same score.
CREATE TABLE connections (
    item_number  INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    other_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    score        REAL NOT NULL,                         -- 0-1
    reasons      TEXT NOT NULL,                         -- JSON, seen from item_number
    PRIMARY KEY (item_number, other_number)
) WITHOUT ROWID;
CREATE INDEX connections_other ON connections(other_number, item_number, score);

-- What an item's list was made from; without a row, or with an outdated one, it is made again.
CREATE TABLE connected_items (
    item_number     INTEGER PRIMARY KEY REFERENCES items(number) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,
    space           INTEGER NOT NULL,                   -- the embedding space; 0: there were no vectors
    recipe          INTEGER NOT NULL                    -- how it was scored
) WITHOUT ROWID;

CREATE TRIGGER restored_items_connect_again AFTER UPDATE OF deleted_at ON items
WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL BEGIN
    DELETE FROM connected_items WHERE item_number = NEW.number;
END;
CREATE TRIGGER tagged_items_connect_again AFTER INSERT ON item_tags BEGIN
    DELETE FROM connected_items WHERE item_number = NEW.item_number;
END;
CREATE TRIGGER untagged_items_connect_again AFTER DELETE ON item_tags BEGIN
    DELETE FROM connected_items WHERE item_number = OLD.item_number;
END;
-- Whoever listed an item that is deleted for good has room for another.
CREATE TRIGGER left_items_connect_again BEFORE DELETE ON items BEGIN
    DELETE FROM connected_items WHERE item_number IN (
        SELECT item_number FROM connections WHERE other_number = OLD.number
    );
END;

-- How a telling phrase is written; empty for those noted before.
ALTER TABLE item_phrases ADD COLUMN name TEXT NOT NULL DEFAULT '';
