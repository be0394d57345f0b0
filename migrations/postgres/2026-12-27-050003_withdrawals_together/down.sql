ALTER TABLE locations DROP COLUMN withdrawal_id;
DROP TABLE withdrawal_letters;
