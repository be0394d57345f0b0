-- What is proved of a sender, and what others may have written in its name, are counted apart. What was counted before
-- cannot be told apart any more and stays where it is.
ALTER TABLE senders ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN proved_names INTEGER NOT NULL DEFAULT 0;
ALTER TABLE senders ADD COLUMN name_is_proved BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE senders SET proved = sent, proved_names = names;
ALTER TABLE sender_names ADD COLUMN proved BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sender_names SET proved = TRUE;
ALTER TABLE sender_tallies ADD COLUMN proved BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sender_tallies SET proved = TRUE;
-- As sender_months, of notices whose address was only typed.
CREATE TABLE sender_claims (
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  month TEXT NOT NULL,
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  PRIMARY KEY (sender_id, month)
);
