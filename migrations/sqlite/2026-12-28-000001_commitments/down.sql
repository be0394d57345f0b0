DROP TABLE event_values;
DROP TABLE events;
DELETE FROM heads;
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  facts TEXT NOT NULL,
  reason TEXT NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (subject, seq)
);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
