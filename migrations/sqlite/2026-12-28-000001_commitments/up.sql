-- Links are made of commitments; private values stand apart and can be forgotten. What was recorded before is dropped.
DROP TABLE events;
DELETE FROM heads;
DROP TRIGGER checkpoint_heads_no_delete;
DROP TRIGGER checkpoints_no_delete;
DELETE FROM checkpoint_heads;
DELETE FROM checkpoints;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoint_heads_no_delete BEFORE DELETE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
UPDATE feed_marks SET settled = 0, pending = 0, pending_xact = 0;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  facts TEXT NOT NULL,
  salt BLOB NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (subject, seq)
);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;

CREATE TABLE event_values (
  event_id BIGINT NOT NULL REFERENCES events (id),
  name TEXT NOT NULL,
  commitment BLOB NOT NULL,
  salt BLOB,
  value TEXT,
  vault TEXT NOT NULL,
  PRIMARY KEY (event_id, name),
  CHECK ((salt IS NULL) = (value IS NULL))
);
CREATE INDEX event_values_by_vault ON event_values (vault);
CREATE TRIGGER event_values_no_delete BEFORE DELETE ON event_values BEGIN SELECT RAISE(ABORT, 'private values of the record are only forgotten'); END;
CREATE TRIGGER event_values_no_update BEFORE UPDATE ON event_values
WHEN NEW.salt IS NOT NULL OR NEW.value IS NOT NULL OR NEW.event_id IS NOT OLD.event_id OR NEW.name IS NOT OLD.name
  OR NEW.commitment IS NOT OLD.commitment OR NEW.vault IS NOT OLD.vault
BEGIN SELECT RAISE(ABORT, 'private values of the record are only forgotten'); END;
