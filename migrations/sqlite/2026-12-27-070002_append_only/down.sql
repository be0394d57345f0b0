DROP INDEX checkpoint_heads_by_subject;
DROP TRIGGER events_no_update;
DROP TRIGGER events_no_delete;
DROP TRIGGER checkpoints_no_update;
DROP TRIGGER checkpoints_no_delete;
DROP TRIGGER checkpoint_heads_no_update;
DROP TRIGGER checkpoint_heads_no_delete;
