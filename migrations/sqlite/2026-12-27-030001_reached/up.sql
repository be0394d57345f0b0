-- The clock of a case runs from when the customer was reached: a server took a letter over, or a person recorded
-- another way. `forwarded`: letters are on their way, no clock runs.
ALTER TABLE cases ADD COLUMN reached_at BIGINT;
ALTER TABLE cases ADD COLUMN reached_letter BIGINT;
ALTER TABLE cases ADD COLUMN answer_period BIGINT;
ALTER TABLE cases ADD COLUMN reach_until BIGINT;
ALTER TABLE cases ADD COLUMN clock_stopped BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE cases SET reached_at = forwarded_at, answer_period = deadline - forwarded_at WHERE forwarded_at IS NOT NULL AND deadline IS NOT NULL;
UPDATE cases SET reached_at = first.at, reached_letter = first.id
  FROM (SELECT case_id, id, settled_at AS at, row_number() OVER (PARTITION BY case_id ORDER BY settled_at, id) AS n FROM letters WHERE kind = 'notice_to_customer' AND state = 'accepted') AS first
  WHERE first.case_id = cases.id AND first.n = 1 AND cases.state IN ('awaiting', 'unanswered');
-- Only the text of a constraint changes, not how rows are stored (sqlite.org/lang_altertable.html section 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state IN (''received'', ''review'', ''awaiting'', ''answered'', ''unanswered'', ''closed''))', 'CHECK (state IN (''received'', ''review'', ''forwarded'', ''awaiting'', ''answered'', ''unanswered'', ''closed'')) CHECK (state NOT IN (''awaiting'', ''answered'', ''unanswered'') OR (reached_at IS NOT NULL AND deadline IS NOT NULL)) CHECK (state <> ''forwarded'' OR (forwarded_at IS NOT NULL AND answer_period IS NOT NULL AND reached_at IS NULL AND deadline IS NULL))') WHERE type = 'table' AND name = 'cases';
PRAGMA writable_schema = RESET;
UPDATE cases SET state = 'forwarded', reached_at = NULL, deadline = NULL, remind_at = NULL, extended = FALSE, sort_at = forwarded_at + answer_period, reach_until = forwarded_at + answer_period
  WHERE state = 'awaiting' AND reached_letter IS NULL AND NOT extended;
CREATE INDEX cases_to_reach ON cases (reach_until) WHERE reach_until IS NOT NULL;
CREATE INDEX cases_not_reached ON cases (customer_id, id) WHERE state = 'forwarded';
