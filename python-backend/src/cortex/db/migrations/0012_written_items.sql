-- What a language model wrote about an item, beside its tags: `summary` stays the paragraph.
ALTER TABLE items ADD COLUMN summary_line TEXT;
ALTER TABLE items ADD COLUMN key_points TEXT NOT NULL DEFAULT '[]';  -- JSON list of sentences

-- People, places and other things that a model found and that really stand in the item's text.
CREATE TABLE item_entities (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    key         TEXT NOT NULL,                          -- stems, as of tags and phrases
    name        TEXT NOT NULL,                          -- as the text writes it
    kind        TEXT NOT NULL CHECK (kind IN ('person', 'organisation', 'place', 'work', 'topic')),
    occurrences INTEGER NOT NULL,
    start       INTEGER NOT NULL,                       -- of the first one, in code points of the version's text
    PRIMARY KEY (item_number, key)
) WITHOUT ROWID;
CREATE INDEX item_entities_key ON item_entities(key, item_number);
CREATE TRIGGER found_entities_connect_again AFTER INSERT ON item_entities BEGIN
    DELETE FROM connected_items WHERE item_number = NEW.item_number;
END;
CREATE TRIGGER lost_entities_connect_again AFTER DELETE ON item_entities BEGIN
    DELETE FROM connected_items WHERE item_number = OLD.item_number;
END;

-- New tags that a model proposed; one that several items would take is worth a tag.
CREATE TABLE proposed_tags (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    key         TEXT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (item_number, key)
) WITHOUT ROWID;
CREATE INDEX proposed_tags_key ON proposed_tags(key, item_number);

-- Which model was asked about which content, and how it went: nobody is asked the same twice.
CREATE TABLE writing_tries (
    item_number     INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,
    model           TEXT NOT NULL,                      -- provider/model
    outcome         TEXT NOT NULL CHECK (outcome IN ('written', 'refused')),
    tried_at        TEXT NOT NULL,
    PRIMARY KEY (item_number, content_version, model)
) WITHOUT ROWID;

-- What a model noted of the parts of a long document, until the whole is written.
CREATE TABLE written_parts (
    item_number     INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    content_version INTEGER NOT NULL,
    model           TEXT NOT NULL,
    start           INTEGER NOT NULL,                   -- code points of the version's text
    "end"           INTEGER NOT NULL,
    notes           TEXT NOT NULL,                      -- JSON
    PRIMARY KEY (item_number, model, start, "end")
) WITHOUT ROWID;
