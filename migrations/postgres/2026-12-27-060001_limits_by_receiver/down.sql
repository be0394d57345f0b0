DROP TABLE pending_outcomes;
DROP TABLE gathered_letters;
DROP TABLE counted_letters;
UPDATE letters SET state = 'failed' WHERE state IN ('withheld', 'gathered');
ALTER TABLE letters DROP CONSTRAINT letters_state_check;
ALTER TABLE letters ADD CONSTRAINT letters_state_check CHECK (state IN ('queued', 'sending', 'accepted', 'deferred', 'failed', 'bounced'));
