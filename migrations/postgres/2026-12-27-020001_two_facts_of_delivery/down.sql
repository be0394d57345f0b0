UPDATE letters SET answer = bounce_answer WHERE state = 'bounced';
ALTER TABLE letters DROP COLUMN answers_id;
ALTER TABLE letters DROP COLUMN complained_at;
ALTER TABLE letters DROP COLUMN bounce_answer;
ALTER TABLE letters DROP COLUMN bounced_at;
