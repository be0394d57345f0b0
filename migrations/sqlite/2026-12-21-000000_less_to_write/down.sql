-- Nothing to take back: the tables hold the same rows.
SELECT 1;
