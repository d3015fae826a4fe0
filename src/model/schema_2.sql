-- Version 2: tokens over their life, and counters of the catalogue.

ALTER TABLE token ADD COLUMN narrowed INTEGER NOT NULL DEFAULT 0;  -- allowed is token_permission ∩ the account's effective ones
ALTER TABLE token ADD COLUMN canary INTEGER NOT NULL DEFAULT 0;    -- never passes; any use is an event
ALTER TABLE token ADD COLUMN successor INTEGER;                    -- the token that replaces it; it ends when its expires comes
ALTER TABLE token ADD COLUMN rotated INTEGER;                      -- when that successor was made

CREATE TABLE token_permission (
    token      INTEGER NOT NULL REFERENCES token (number) ON DELETE CASCADE,
    permission INTEGER NOT NULL REFERENCES permission (number) ON DELETE CASCADE,
    PRIMARY KEY (token, permission)
) WITHOUT ROWID;
CREATE INDEX token_permission_by_permission ON token_permission (permission, token);

-- Where a token may be used from; no row: from anywhere.
CREATE TABLE token_network (
    token   INTEGER NOT NULL REFERENCES token (number) ON DELETE CASCADE,
    network TEXT NOT NULL,                           -- canonical CIDR: "10.0.0.0/8", "2001:db8::/32"
    PRIMARY KEY (token, network)
) WITHOUT ROWID;

-- What else a check must look at, so that an ordinary one reads nothing more: 1 narrowed, 2 networks, 4 canary.
ALTER TABLE digest ADD COLUMN checks INTEGER NOT NULL DEFAULT 0;

-- How many hold it explicitly.
ALTER TABLE permission ADD COLUMN accounts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE permission ADD COLUMN groups INTEGER NOT NULL DEFAULT 0;
UPDATE permission SET
    accounts = (SELECT count(*) FROM account_grant g WHERE g.permission = permission.number),
    groups = (SELECT count(*) FROM group_grant g WHERE g.permission = permission.number);
