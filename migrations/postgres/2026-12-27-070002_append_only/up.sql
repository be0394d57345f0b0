-- The record is appended to: the database itself refuses to change or delete what it tells.
CREATE FUNCTION record_is_appended_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the record is only appended to'; END $$;
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION record_is_appended_to();
CREATE TRIGGER checkpoints_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION record_is_appended_to();
CREATE TRIGGER checkpoint_heads_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint_heads FOR EACH STATEMENT EXECUTE FUNCTION record_is_appended_to();
-- In which checkpoint a chain is named last.
CREATE INDEX checkpoint_heads_by_subject ON checkpoint_heads (subject, checkpoint_id);
