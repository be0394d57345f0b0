DROP TABLE pending_outcomes;
DROP TABLE gathered_letters;
DROP TABLE counted_letters;
UPDATE letters SET state = 'failed' WHERE state IN ('withheld', 'gathered');
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ', ''withheld'', ''gathered'')', ')') WHERE type = 'table' AND name = 'letters';
PRAGMA writable_schema = RESET;
