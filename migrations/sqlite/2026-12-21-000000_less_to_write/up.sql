-- Heads, checkpoints and names are found by their key alone: one tree instead of two.
DROP INDEX heads_by_change;
ALTER TABLE heads RENAME TO heads_before;
CREATE TABLE heads (
  subject TEXT PRIMARY KEY NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  changed_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO heads SELECT subject, seq, hash, changed_at FROM heads_before ORDER BY subject;
DROP TABLE heads_before;
CREATE INDEX heads_by_change ON heads (changed_at);
ALTER TABLE checkpoint_heads RENAME TO checkpoint_heads_before;
CREATE TABLE checkpoint_heads (
  checkpoint_id BIGINT NOT NULL REFERENCES checkpoints (id),
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (checkpoint_id, subject)
) WITHOUT ROWID;
INSERT INTO checkpoint_heads SELECT checkpoint_id, subject, seq, hash FROM checkpoint_heads_before ORDER BY checkpoint_id, subject;
DROP TABLE checkpoint_heads_before;
ALTER TABLE sender_names RENAME TO sender_names_before;
CREATE TABLE sender_names (
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  name_key TEXT NOT NULL,
  PRIMARY KEY (sender_id, name_key)
) WITHOUT ROWID;
INSERT INTO sender_names SELECT sender_id, name_key FROM sender_names_before ORDER BY sender_id, name_key;
DROP TABLE sender_names_before;
-- Of what is only ever added to, the highest number is the last one given: no table of its own has to keep it. The words
-- AUTOINCREMENT are no part of how rows are stored, so they are taken out of the schema (sqlite.org/lang_altertable.html
-- section 7, where only the text of a table changes).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' AUTOINCREMENT', '') WHERE type = 'table' AND name IN ('submissions', 'notices', 'works', 'cases', 'locations', 'letters', 'links', 'events');
PRAGMA writable_schema = RESET;
DELETE FROM sqlite_sequence WHERE name IN ('submissions', 'notices', 'works', 'cases', 'locations', 'letters', 'links', 'events');
