-- What waits to be counted is lost with the table; let the jobs run once before.
DROP TABLE sender_tallies;
