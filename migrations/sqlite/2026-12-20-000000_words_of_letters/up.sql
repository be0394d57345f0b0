-- The words of a letter stand apart from its state, which changes twice on its way: html_part is packed as `packing`
-- says (0: not at all). Tokens of links that wait to be sent stand in `secrets`, nothing else of a letter is secret.
CREATE TABLE letter_words (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
  text_part TEXT NOT NULL,
  html_part BLOB NOT NULL,
  packing INTEGER NOT NULL
);
INSERT INTO letter_words SELECT id, text_part, CAST(html_part AS BLOB), 0 FROM letters;
ALTER TABLE letters DROP COLUMN text_part;
ALTER TABLE letters DROP COLUMN html_part;
ALTER TABLE letters ADD COLUMN secrets TEXT NOT NULL DEFAULT '';
-- Only letters that are not settled are looked for by when they are due.
DROP INDEX letters_due;
CREATE INDEX letters_due ON letters (state, due_at, id) WHERE settled_at IS NULL;
