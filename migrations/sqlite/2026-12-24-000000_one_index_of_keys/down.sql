DROP INDEX notices_by_keys;
CREATE INDEX notices_by_content ON notices (content_key);
CREATE INDEX notices_by_body ON notices (sender_id, body_key);
