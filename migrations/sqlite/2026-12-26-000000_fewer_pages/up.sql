-- Fewer pages for each notice.
--
-- What arrived and long descriptions are kept packed where that saves something; 0 is as it came.
ALTER TABLE submissions ADD COLUMN packing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE works ADD COLUMN packed BLOB;
-- Only answered cases are looked for by their answer.
DROP INDEX cases_by_answer;
CREATE INDEX cases_by_answer ON cases (state, answer, sort_at) WHERE answer IS NOT NULL;
-- A case knows which one of its customer it is: the newest one's number is how many there are.
ALTER TABLE cases ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET ordinal = numbered.n FROM (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS n FROM cases) AS numbered WHERE numbered.id = cases.id;
DROP INDEX cases_by_customer;
CREATE INDEX cases_by_customer ON cases (customer_id, id, ordinal);
ALTER TABLE customers DROP COLUMN cases;
-- Cases of a sender are found through its notices: of those so called, the ones who wrote last.
DROP INDEX cases_by_sender;
DROP INDEX cases_by_sender_domain;
ALTER TABLE cases DROP COLUMN sender_key;
ALTER TABLE cases DROP COLUMN sender_domain;
DROP INDEX senders_by_name;
CREATE INDEX senders_by_name ON senders (name_key, last_at);
CREATE INDEX senders_by_domain_and_time ON senders (domain_id, last_at) WHERE domain_id IS NOT NULL;
-- Letters about a notice are found through the notices of their receiver.
DROP INDEX letters_by_address;
CREATE INDEX letters_by_address ON letters (to_address, id) WHERE notice_id IS NULL;
