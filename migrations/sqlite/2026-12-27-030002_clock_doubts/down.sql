DROP TABLE clock_doubts;
