DROP TABLE sender_claims;
ALTER TABLE sender_tallies DROP COLUMN proved;
ALTER TABLE sender_names DROP COLUMN proved;
ALTER TABLE senders DROP COLUMN name_is_proved;
ALTER TABLE senders DROP COLUMN proved_names;
ALTER TABLE senders DROP COLUMN proved;
