-- Version 7: settings that are text, and finding the tokens that were revoked long ago.

ALTER TABLE setting ADD COLUMN text TEXT;                          -- null where it is a number
CREATE INDEX token_by_revoked ON token (revoked) WHERE revoked IS NOT NULL;
