-- What became of a letter after a server had taken it over is a fact of its own: the server's answer stays.
ALTER TABLE letters ADD COLUMN bounced_at BIGINT;
ALTER TABLE letters ADD COLUMN bounce_answer TEXT NOT NULL DEFAULT '';
-- Its receiver's provider passed on a complaint about it (RFC 5965).
ALTER TABLE letters ADD COLUMN complained_at BIGINT;
-- The submission that it answers, where that was a mail.
ALTER TABLE letters ADD COLUMN answers_id BIGINT;
-- Of letters that came back before, the one answer that was kept is the bounce's.
UPDATE letters SET bounced_at = settled_at, bounce_answer = answer, answer = '' WHERE state = 'bounced';
