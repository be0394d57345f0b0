-- Somebody who was removed stays as a row: the record names people by its number.
ALTER TABLE staff ADD COLUMN removed_at BIGINT;
