-- Letters that count against what one receiver, and one domain, may be made to get: those that somebody else's word causes.
-- Rows are removed after some days.
CREATE TABLE counted_letters (
  id INTEGER PRIMARY KEY,
  receiver TEXT NOT NULL,
  domain TEXT,
  kind TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX counted_letters_by_receiver ON counted_letters (receiver, sent_at);
CREATE INDEX counted_letters_by_domain ON counted_letters (domain, sent_at) WHERE domain IS NOT NULL;
-- Letters that wait to be gathered into one, by receiver.
CREATE TABLE gathered_letters (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
  receiver TEXT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX gathered_letters_by_receiver ON gathered_letters (receiver, letter_id);
CREATE INDEX gathered_letters_due ON gathered_letters (due_at, receiver);
-- Notices whose complainant is to be told how locations ended, and when.
CREATE TABLE pending_outcomes (
  notice_id INTEGER PRIMARY KEY REFERENCES notices (id),
  due_at BIGINT NOT NULL
);
CREATE INDEX pending_outcomes_due ON pending_outcomes (due_at, notice_id);
-- Two more states of a letter. Only the text of the check changes, not how rows are stored (sqlite.org/lang_altertable.html
-- section 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''failed'', ''bounced'')', '''failed'', ''bounced'', ''withheld'', ''gathered'')') WHERE type = 'table' AND name = 'letters';
PRAGMA writable_schema = RESET;
