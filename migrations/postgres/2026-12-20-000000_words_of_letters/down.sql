-- Packed parts are not unpacked by this: the way back is a backup made before.
DROP INDEX letters_due;
CREATE INDEX letters_due ON letters (state, due_at, id);
ALTER TABLE letters DROP COLUMN secrets;
ALTER TABLE letters ADD COLUMN text_part TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN html_part TEXT NOT NULL DEFAULT '';
UPDATE letters SET (text_part, html_part) = (SELECT w.text_part, CASE w.packing WHEN 0 THEN convert_from(w.html_part, 'UTF8') ELSE '' END FROM letter_words w WHERE w.letter_id = letters.id);
DROP TABLE letter_words;
