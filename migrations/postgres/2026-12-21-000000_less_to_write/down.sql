-- Nothing here: PostgreSQL keeps rows and numbers in another way.
SELECT 1;
