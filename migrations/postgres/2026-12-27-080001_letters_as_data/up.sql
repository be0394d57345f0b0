-- Letters are data until they are sent: typed values as JSON, in a row of their own that is written once. Tokens of
-- private links stand by name in `letters.tokens` and nowhere else, until the letter was accepted or given up.
CREATE TABLE letter_data (
  letter_id BIGINT PRIMARY KEY REFERENCES letters (id),
  language TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL
);
-- What a server accepted: the message as sent, with the tokens blanked out (packing 0: as it is, 1: LZ4), and the SHA-256
-- of the bytes that were sent. Template version 0: the text part alone, of a letter from before this table.
CREATE TABLE sent_letters (
  letter_id BIGINT PRIMARY KEY REFERENCES letters (id),
  sent_at BIGINT NOT NULL,
  template_version INTEGER NOT NULL,
  digest BYTEA NOT NULL,
  message BYTEA NOT NULL,
  packing INTEGER NOT NULL
);
-- Letters on record keep their text. Of those from before tokens stood apart (packing 0), only an accepted one is surely
-- without a token.
INSERT INTO sent_letters (letter_id, sent_at, template_version, digest, message, packing)
SELECT letters.id, letters.settled_at, 0, CAST('' AS BYTEA),
convert_to(replace(letter_words.text_part, chr(26), '…'), 'UTF8'), 0
FROM letters JOIN letter_words ON letter_words.letter_id = letters.id
WHERE letters.settled_at IS NOT NULL AND letters.state IN ('accepted', 'bounced') AND (letters.state = 'accepted' OR letter_words.packing <> 0);
-- What waits has no data to be sent from (version 0): staff look and write anew from the case.
INSERT INTO reviews (kind, case_id, notice_id, letter_id, note, raised_at, done_by)
SELECT 'letter_refused', case_id, notice_id, id, 'Not sent before the upgrade. Write to the receiver anew.', created_at, ''
FROM letters WHERE settled_at IS NULL;
UPDATE letters SET state = 'withheld', settled_at = created_at, answer = 'not sent before the upgrade'
WHERE settled_at IS NULL;
INSERT INTO letter_data (letter_id, language, version, data)
SELECT id, 'en', 0, '{}' FROM letters WHERE NOT EXISTS (SELECT 1 FROM sent_letters WHERE sent_letters.letter_id = letters.id);
UPDATE letters SET secrets = '' WHERE secrets <> '';
ALTER TABLE letters DROP COLUMN secrets;
ALTER TABLE letters ADD COLUMN tokens TEXT NOT NULL DEFAULT '';
DROP TABLE letter_words;
