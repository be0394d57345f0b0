-- Up to which event the feed is settled: no event with a smaller number can appear any more.
CREATE TABLE feed_marks (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  settled BIGINT NOT NULL,
  pending BIGINT NOT NULL,
  pending_xact BIGINT NOT NULL
);
INSERT INTO feed_marks VALUES (1, 0, 0, 0);
