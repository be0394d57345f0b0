ALTER TABLE staff DROP COLUMN removed_at;
