-- Version 9: whether details were changed is seen by comparing them (src/model/version.h), so that a grant to many accounts does not
-- rewrite their rows.

ALTER TABLE account DROP COLUMN version;
ALTER TABLE account_group DROP COLUMN version;
