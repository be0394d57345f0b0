DROP INDEX assets_one_open;
DROP TABLE asset_conflicts;
DROP TABLE renewals;
