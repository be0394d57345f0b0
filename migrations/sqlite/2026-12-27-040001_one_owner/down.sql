DROP TRIGGER assets_one_open_update;
DROP TRIGGER assets_one_open_insert;
DROP TABLE asset_conflicts;
DROP TABLE renewals;
