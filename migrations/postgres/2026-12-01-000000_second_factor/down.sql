DROP INDEX strikes_by_expiry;
DROP INDEX sessions_by_staff;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
