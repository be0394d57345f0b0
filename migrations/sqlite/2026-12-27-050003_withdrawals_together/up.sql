-- Withdrawals are told together: a row for each case that something of was taken back, to its customer, and one for each
-- notice (without a case), to the complaining party. due_at is when it is to be told, empty where all
-- was; told_through is the last withdrawal that was told.
CREATE TABLE withdrawal_letters (
  id INTEGER PRIMARY KEY,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  case_id BIGINT REFERENCES cases (id),
  due_at BIGINT,
  told_at BIGINT,
  told_through BIGINT NOT NULL,
  returning_count BIGINT NOT NULL,
  held_count BIGINT NOT NULL,
  had_strike BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX withdrawal_letters_by_case ON withdrawal_letters (case_id) WHERE case_id IS NOT NULL;
CREATE UNIQUE INDEX withdrawal_letters_by_notice ON withdrawal_letters (notice_id) WHERE case_id IS NULL;
CREATE INDEX withdrawal_letters_due ON withdrawal_letters (due_at) WHERE due_at IS NOT NULL;
-- Which withdrawal a location was taken back by.
ALTER TABLE locations ADD COLUMN withdrawal_id BIGINT;
