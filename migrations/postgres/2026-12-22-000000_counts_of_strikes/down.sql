DROP TABLE strike_counts;
