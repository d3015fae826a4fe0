-- Version 4: the list of all tokens, its sorts, and searches that are kept.

-- Columns and not expressions: an index on an expression is not searched by a place of two columns.
ALTER TABLE account ADD COLUMN used INTEGER GENERATED ALWAYS AS (coalesce(last_used, 0)) VIRTUAL;
DROP INDEX account_by_last_used;
CREATE INDEX account_by_used ON account (used, name);
ALTER TABLE token ADD COLUMN used INTEGER GENERATED ALWAYS AS (coalesce(last_used, 0)) VIRTUAL;
ALTER TABLE token ADD COLUMN ends INTEGER GENERATED ALWAYS AS (coalesce(expires, 9223372036854775807)) VIRTUAL;

CREATE INDEX token_by_name ON token (name, number);
CREATE INDEX token_by_last_four ON token (last_four, number);
CREATE INDEX token_by_created ON token (created, number);
CREATE INDEX token_by_ends ON token (ends, number);
CREATE INDEX token_by_used ON token (used, number);

-- Few of many: rows that a search picks out without reading the others.
CREATE INDEX token_revoked ON token (number) WHERE revoked IS NOT NULL;
CREATE INDEX token_suspended ON token (number) WHERE suspended = 1;
CREATE INDEX token_by_successor ON token (successor) WHERE successor IS NOT NULL;
CREATE INDEX token_canary ON token (number) WHERE canary = 1;
CREATE INDEX token_sealed ON token (created) WHERE box IS NOT NULL;

-- A filter, a facet and an order under a name, for all admins.
CREATE TABLE search (
    name       TEXT PRIMARY KEY,
    filter     TEXT NOT NULL,
    facet      INTEGER NOT NULL,                     -- enum token_facet
    sort       INTEGER NOT NULL,                     -- enum token_sort
    descending INTEGER NOT NULL
) WITHOUT ROWID;

-- How many rows token has, the revoked ones included.
INSERT INTO counter (name, value) VALUES ('tokens', (SELECT count(*) FROM token));
