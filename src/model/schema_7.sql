-- Version 7: settings that are text, as the name of the database.

ALTER TABLE setting ADD COLUMN text TEXT;                          -- null where it is a number
