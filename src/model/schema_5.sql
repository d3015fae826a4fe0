-- Version 5: the form of imported tokens; group names folded with compatible forms and blanks, too (group_refold).

-- Another program generated it, so it does not begin with gth_.
ALTER TABLE token ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
UPDATE token SET imported = 1 WHERE number IN (SELECT token FROM event WHERE kind = 'token.import');
