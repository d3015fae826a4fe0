-- The schema of Gatehouse, version 1. Times are seconds since 1970 UTC; null means never or none.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- accounts, inactive: how many rows; generation: grows with every change that can alter what a token may do.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('accounts', 0), ('inactive', 0), ('generation', 0);

CREATE TABLE account (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,                -- without sa::, lower case
    description TEXT NOT NULL DEFAULT '',
    owner       TEXT NOT NULL DEFAULT '',
    active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    created     INTEGER NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,          -- grows with description, owner, groups, explicit permissions
    tokens      INTEGER NOT NULL DEFAULT 0,          -- not revoked
    last_used   INTEGER                              -- latest use of any of its tokens
);
CREATE INDEX account_by_active ON account (active, name);
CREATE INDEX account_by_tokens ON account (tokens, name);
CREATE INDEX account_by_last_used ON account (coalesce(last_used, 0), name);
CREATE INDEX account_by_created ON account (created, name);

-- Everyone is number 1; its members are all accounts, without rows.
CREATE TABLE account_group (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL UNIQUE,                -- text_fold(name)
    description TEXT NOT NULL DEFAULT '',
    system      INTEGER NOT NULL DEFAULT 0,
    members     INTEGER NOT NULL DEFAULT 0,          -- how many rows of membership
    version     INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE membership (
    account_group INTEGER NOT NULL REFERENCES account_group (number) ON DELETE CASCADE,
    account       INTEGER NOT NULL REFERENCES account (number) ON DELETE CASCADE,
    PRIMARY KEY (account_group, account)
) WITHOUT ROWID;
CREATE INDEX membership_by_account ON membership (account, account_group);

CREATE TABLE permission (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    sentence TEXT NOT NULL
);

CREATE TABLE account_grant (
    account    INTEGER NOT NULL REFERENCES account (number) ON DELETE CASCADE,
    permission INTEGER NOT NULL REFERENCES permission (number) ON DELETE CASCADE,
    PRIMARY KEY (account, permission)
) WITHOUT ROWID;
CREATE INDEX account_grant_by_permission ON account_grant (permission, account);

CREATE TABLE group_grant (
    account_group INTEGER NOT NULL REFERENCES account_group (number) ON DELETE CASCADE,
    permission    INTEGER NOT NULL REFERENCES permission (number) ON DELETE CASCADE,
    PRIMARY KEY (account_group, permission)
) WITHOUT ROWID;
CREATE INDEX group_grant_by_permission ON group_grant (permission, account_group);

-- What people see of a token. Rows of revoked tokens stay as a record until their account is deleted.
CREATE TABLE token (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    account   INTEGER NOT NULL REFERENCES account (number),
    name      TEXT NOT NULL DEFAULT '',
    last_four TEXT NOT NULL,
    created   INTEGER NOT NULL,
    expires   INTEGER,
    suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
    revoked   INTEGER,                               -- when
    last_used INTEGER,
    last_from TEXT,                                  -- address or caller, where known
    box       BLOB                                   -- sealed copy, null when forgotten, revoked or show-once
);
CREATE INDEX token_by_account ON token (account, revoked, expires);

-- What a check reads: narrow, clustered on the digest. Rows are never deleted: a dead digest stays dead.
CREATE TABLE digest (
    digest    BLOB PRIMARY KEY,                      -- token_digest
    token     INTEGER NOT NULL,
    account   INTEGER NOT NULL,                      -- kept after the account is gone
    expires   INTEGER,
    suspended INTEGER NOT NULL DEFAULT 0,
    dead      INTEGER NOT NULL DEFAULT 0             -- revoked, or its account was deleted
) WITHOUT ROWID;
CREATE INDEX digest_by_token ON digest (token);

CREATE TABLE vault (
    id         BLOB PRIMARY KEY,                     -- 16 random bytes
    public_key BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE key_slot (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       INTEGER NOT NULL,                     -- enum slot_kind
    label      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    operations INTEGER NOT NULL,
    memory     INTEGER NOT NULL,
    salt       BLOB NOT NULL,
    nonce      BLOB NOT NULL,
    wrapped    BLOB NOT NULL
);

-- The chain of events: hash covers every other column and the hash of the row before.
CREATE TABLE event (
    sequence  INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    uid       INTEGER NOT NULL,
    user      TEXT NOT NULL,
    login_uid INTEGER,
    login     TEXT NOT NULL,
    claim     TEXT NOT NULL,                         -- what sudo says who it is
    host      TEXT NOT NULL,
    terminal  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    account   INTEGER,
    token     INTEGER,
    before    TEXT,
    after     TEXT,
    hash      BLOB NOT NULL
);
CREATE INDEX event_by_account ON event (account, sequence);
