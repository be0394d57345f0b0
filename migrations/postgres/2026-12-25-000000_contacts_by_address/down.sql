DROP INDEX contacts_by_address;
