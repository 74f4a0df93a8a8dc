-- Images of saved pages that the owner had fetched, or that could not be; by the address that the page gives them.

CREATE TABLE item_images (
    item_number INTEGER NOT NULL REFERENCES items(number) ON DELETE CASCADE,
    url         TEXT NOT NULL,
    sha256      TEXT,                                   -- of the file in the blob store; NULL: it could not be fetched
    media_type  TEXT,
    width       INTEGER,                                -- pixels
    height      INTEGER,
    size        INTEGER,                                -- bytes
    reason      TEXT,                                   -- why it could not be fetched: a word, and a sentence
    message     TEXT,
    asked_at    TEXT NOT NULL,                          -- when it was last asked for
    PRIMARY KEY (item_number, url)
) WITHOUT ROWID;
CREATE INDEX item_images_sha256 ON item_images(sha256) WHERE sha256 IS NOT NULL;
