-- Version 6: tokens that are known but were denied.

ALTER TABLE token ADD COLUMN denied INTEGER;                       -- the last time
ALTER TABLE token ADD COLUMN denied_from TEXT;                     -- address, where known
ALTER TABLE token ADD COLUMN denied_why INTEGER;                   -- enum token_denial
CREATE INDEX token_by_denied ON token (denied) WHERE denied IS NOT NULL;
