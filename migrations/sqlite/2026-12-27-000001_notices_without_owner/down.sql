DROP INDEX notices_without_owner;
