DROP INDEX notices_by_repeated;
DROP INDEX notices_in_part_without_owner;
DROP INDEX locations_requested;
