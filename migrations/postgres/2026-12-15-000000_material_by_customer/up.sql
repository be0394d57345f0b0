-- Keys of material begin with 20 bits of the customer's row number, so that the index keeps what is theirs together;
-- the 43 bits behind stay as they are.
UPDATE locations
SET material = (SELECT c.customer_id % 1048576 FROM cases c WHERE c.id = locations.case_id) * 8796093022208 + material % 8796093022208
WHERE case_id IS NOT NULL;
