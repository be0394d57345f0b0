-- How many customers of a segment have so many active strikes, kept with the customers: figures cost what they show, not
-- what they count.
CREATE TABLE strike_counts (
  segment TEXT NOT NULL,
  strikes INTEGER NOT NULL,
  accounts BIGINT NOT NULL,
  PRIMARY KEY (segment, strikes)
) WITHOUT ROWID;
INSERT INTO strike_counts SELECT segment, active_strikes, count(*) FROM customers WHERE active_strikes > 0 GROUP BY segment, active_strikes;
