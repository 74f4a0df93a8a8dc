-- A collection with a query holds what matches it now, and nothing by hand.

ALTER TABLE collections ADD COLUMN query TEXT;          -- JSON: query, filters
