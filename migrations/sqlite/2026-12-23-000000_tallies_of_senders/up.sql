-- What notices add to the figures of their senders, until a job has counted it: a sender's row is written once for many
-- of its notices, and two notices of one sender never wait for each other.
CREATE TABLE sender_tallies (
  id INTEGER PRIMARY KEY,
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  received_at BIGINT NOT NULL,
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL,
  duplicate BIGINT NOT NULL
);
