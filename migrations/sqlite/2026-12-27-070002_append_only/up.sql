-- The record is appended to: the database itself refuses to change or delete what it tells.
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoint_heads_no_update BEFORE UPDATE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoint_heads_no_delete BEFORE DELETE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
-- In which checkpoint a chain is named last.
CREATE INDEX checkpoint_heads_by_subject ON checkpoint_heads (subject, checkpoint_id);
