-- When what an engine has was last read, whole or in part, or could not be: what those who watch ask by.
ALTER TABLE engine ADD COLUMN heard BIGINT NOT NULL DEFAULT 0;
CREATE INDEX engine_heard ON engine (heard);
