-- Version 8: on PostgreSQL, `SELECT user` means the user of the database.

ALTER TABLE event RENAME COLUMN user TO username;
