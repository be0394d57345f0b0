CREATE TABLE letter_words (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
  text_part TEXT NOT NULL,
  html_part BLOB NOT NULL,
  packing INTEGER NOT NULL
);
INSERT INTO letter_words SELECT id, '', CAST('' AS BLOB), 0 FROM letters;
ALTER TABLE letters DROP COLUMN tokens;
ALTER TABLE letters ADD COLUMN secrets TEXT NOT NULL DEFAULT '';
DROP TABLE letter_data;
DROP TABLE sent_letters;
