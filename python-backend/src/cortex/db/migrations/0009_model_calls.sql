-- What each call of a model took. Nothing of what was asked or answered; pruned after a year.

CREATE TABLE model_calls (
    number                  INTEGER PRIMARY KEY,
    at                      TEXT NOT NULL,
    purpose                 TEXT NOT NULL,
    provider                TEXT NOT NULL,
    model                   TEXT NOT NULL,
    remote                  INTEGER NOT NULL CHECK (remote IN (0, 1)),   -- left this machine
    outcome                 TEXT NOT NULL,
    milliseconds            REAL NOT NULL,
    first_part_milliseconds REAL,                                        -- NULL: no part came
    prompt_tokens           INTEGER NOT NULL,
    completion_tokens       INTEGER NOT NULL,
    cost_usd                REAL NOT NULL,
    is_cost_known           INTEGER NOT NULL CHECK (is_cost_known IN (0, 1)),
    cached                  INTEGER NOT NULL CHECK (cached IN (0, 1))    -- answered from memory
);
CREATE INDEX model_calls_at ON model_calls(at);
