-- Repeats and the same words for other works are looked for among the notices of one sender: one index finds both, and a
-- notice writes one page fewer that it meets by chance.
DROP INDEX notices_by_content;
DROP INDEX notices_by_body;
CREATE INDEX notices_by_keys ON notices (sender_id, body_key, content_key, id);
