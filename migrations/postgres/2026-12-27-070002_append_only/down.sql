DROP INDEX checkpoint_heads_by_subject;
DROP TRIGGER events_no_change ON events;
DROP TRIGGER checkpoints_no_change ON checkpoints;
DROP TRIGGER checkpoint_heads_no_change ON checkpoint_heads;
DROP FUNCTION record_is_appended_to();
