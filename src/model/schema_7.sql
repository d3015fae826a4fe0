-- Version 7: finding the tokens that were revoked long ago.

CREATE INDEX token_by_revoked ON token (revoked) WHERE revoked IS NOT NULL;
