-- The schema of Safeharbor.
--
-- Instants are BIGINT microseconds since the epoch (UTC), codes are TEXT, row numbers are BIGINT.
-- A foreign key refuses to delete what is referred to; CASCADE stands only where a row is a part of another and is never
-- read without it. State machines of the program are repeated as CHECKs, so that no other program can leave a row in a state
-- that the program cannot read. A CHECK whose name ends in _codes lists the codes of an enum.
-- AUTOINCREMENT: the number of a row that names a chain, a page or a place in a list is never given to another row.
-- A partial index serves a query only where its condition stands in the query itself (IS NULL, IS NOT NULL): values
-- are bound, and SQLite does not see through a bound value.

-- Access ---------------------------------------------------------------------------------------------------------------

-- The installation itself; one row.
CREATE TABLE installation (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  secret BLOB NOT NULL, -- key of CSRF tokens and sealed forms, shared by all nodes
  created_at BIGINT NOT NULL
);

-- Staff. Somebody who was removed stays as a row: the record names people by its number.
CREATE TABLE staff (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE, -- lower case
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL, -- argon2id, as a PHC string
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  removed_at BIGINT,
  CONSTRAINT staff_role_codes CHECK (role IN ('viewer', 'agent', 'lead', 'admin')),
  CONSTRAINT staff_removed CHECK (removed_at IS NULL OR disabled_at IS NOT NULL)
);

-- Sessions of staff; deleted when they end.
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY, -- SHA-256 of the token
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_staff ON sessions (staff_id);

-- Second factors of staff: codes of an authenticator app (RFC 6238).
CREATE TABLE second_factors (
  staff_id BIGINT PRIMARY KEY REFERENCES staff (id),
  secret BLOB NOT NULL, -- shared with the app
  last_step BIGINT NOT NULL, -- the last time step a code was accepted for; each is accepted once (RFC 6238 section 5.2)
  since BIGINT NOT NULL
);

-- Codes for whoever lost the app; each works once.
CREATE TABLE recovery_codes (
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  code_hash BLOB NOT NULL, -- SHA-256
  used_at BIGINT,
  PRIMARY KEY (staff_id, code_hash)
);

-- Keys of the API.
CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE, -- SHA-256 of the secret
  scopes TEXT NOT NULL, -- codes, separated by spaces
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT, -- to the minute
  revoked_at BIGINT
);

-- Answers of the API by the Idempotency-Key of the request; deleted after a day.
CREATE TABLE idempotent_answers (
  key_hash BLOB PRIMARY KEY, -- SHA-256 of the API key and the client's key
  body_digest BLOB NOT NULL, -- SHA-256 of the request
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT idempotent_answers_status CHECK (status BETWEEN 100 AND 599)
);
CREATE INDEX idempotent_answers_by_time ON idempotent_answers (created_at);

-- A clock that is not believed; at most one row.
CREATE TABLE clock_doubts (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  off BIGINT NOT NULL, -- microseconds that it is ahead
  seen_at BIGINT NOT NULL,
  confirmed_by TEXT -- who says that it is right
);

-- Customers ------------------------------------------------------------------------------------------------------------

-- Accounts at the host.
CREATE TABLE customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  external_id TEXT NOT NULL UNIQUE, -- account number at the host
  name TEXT NOT NULL,
  name_key TEXT NOT NULL, -- the name in lower case, for searches
  segment TEXT NOT NULL, -- name of a segment of the policy
  standing TEXT NOT NULL,
  standing_since BIGINT NOT NULL,
  warned BOOLEAN NOT NULL, -- by a decision at any time
  active_strikes INTEGER NOT NULL,
  total_strikes INTEGER NOT NULL,
  last_strike_at BIGINT,
  unanswered INTEGER NOT NULL, -- cases whose deadline passed without an answer
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL, -- counts changes; an update names the version it was made from
  CONSTRAINT customers_standing_codes CHECK (standing IN ('good', 'warned', 'flagged', 'suspended', 'terminated')),
  CONSTRAINT customers_counters CHECK (active_strikes >= 0 AND total_strikes >= active_strikes AND unanswered >= 0
    AND version >= 0)
);
CREATE INDEX customers_by_strikes ON customers (active_strikes DESC, id, segment);
CREATE INDEX customers_by_standing ON customers (standing, id);
CREATE INDEX customers_by_name ON customers (name_key, id);

-- Where letters about a customer go. A part of the customer; the host may remove it.
CREATE TABLE contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  role TEXT NOT NULL, -- in the host's own words
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  failed_at BIGINT, -- since when the address refuses letters
  UNIQUE (customer_id, email)
);
CREATE INDEX contacts_by_address ON contacts (lower(email), id);

-- What ties a location to a customer, and when it was the customer's. At most one open period for each key.
CREATE TABLE assets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  key TEXT NOT NULL, -- a lookup is an equality on the candidate keys of a location (domain/asset.rs)
  valid_from BIGINT NOT NULL,
  valid_until BIGINT NOT NULL, -- 9223372036854775807 while it lasts
  UNIQUE (key, customer_id, valid_from)
);
CREATE INDEX assets_by_customer ON assets (customer_id, id);
-- Triggers instead of a second index over all keys, which every import would pay for.
CREATE TRIGGER assets_one_open_insert BEFORE INSERT ON assets
WHEN NEW.valid_until = 9223372036854775807
  AND EXISTS (SELECT 1 FROM assets WHERE key = NEW.key AND valid_until = 9223372036854775807)
BEGIN
  SELECT RAISE(ABORT, 'another account has this asset without end');
END;
CREATE TRIGGER assets_one_open_update BEFORE UPDATE OF key, valid_until ON assets
WHEN NEW.valid_until = 9223372036854775807
  AND EXISTS (SELECT 1 FROM assets WHERE key = NEW.key AND valid_until = 9223372036854775807 AND id <> NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'another account has this asset without end');
END;

-- Senders --------------------------------------------------------------------------------------------------------------

-- Who sends notices: a row for each complainant (by mail address) and for each sending domain. What is proved to come from
-- a sender and what others may have written in its name are counted separately.
CREATE TABLE senders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE, -- kind and normalized address, name or domain
  kind TEXT NOT NULL,
  domain_id BIGINT REFERENCES senders (id), -- of an address
  name TEXT NOT NULL, -- organization or name, as written last
  name_key TEXT NOT NULL, -- the name in lower case, for searches
  address TEXT NOT NULL, -- mail address or domain; empty where there is none
  channel TEXT NOT NULL, -- of the last notice
  setting TEXT NOT NULL, -- by staff
  grade TEXT NOT NULL, -- computed from the figures and the setting
  sent BIGINT NOT NULL,
  names INTEGER NOT NULL, -- different names used
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  confirmed_at BIGINT, -- when the address was confirmed
  proved BIGINT NOT NULL DEFAULT 0, -- of the notices sent, those that are proved to be the sender's
  proved_names INTEGER NOT NULL DEFAULT 0,
  name_is_proved BOOLEAN NOT NULL DEFAULT FALSE,
  CONSTRAINT senders_kind_codes CHECK (kind IN ('address', 'domain')),
  CONSTRAINT senders_channel_codes CHECK (channel IN ('form', 'api', 'mail', 'cli', 'counter_notice', 'counter_notice_on_paper')),
  CONSTRAINT senders_setting_codes CHECK (setting IN ('automatic', 'trusted', 'restricted')),
  CONSTRAINT senders_grade_codes CHECK (grade IN ('trusted', 'good', 'watch', 'restricted', 'first')),
  CONSTRAINT senders_domain CHECK (kind = 'address' OR domain_id IS NULL),
  CONSTRAINT senders_counters CHECK (sent >= proved AND proved >= 0 AND names >= proved_names AND proved_names >= 0)
);
CREATE INDEX senders_by_volume ON senders (kind, sent DESC, id);
CREATE INDEX senders_by_grade ON senders (grade, kind, sent DESC, id);
CREATE INDEX senders_by_name ON senders (name_key, id);
CREATE INDEX senders_by_address ON senders (address);
CREATE INDEX senders_by_domain ON senders (domain_id, sent DESC, id) WHERE domain_id IS NOT NULL;
CREATE INDEX senders_of_domain ON senders (domain_id, id) WHERE domain_id IS NOT NULL;

-- Names a sender has used. A part of the sender.
CREATE TABLE sender_names (
  sender_id BIGINT NOT NULL REFERENCES senders (id) ON DELETE CASCADE,
  name_key TEXT NOT NULL,
  proved BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (sender_id, name_key)
) WITHOUT ROWID;

-- Figures of a sender by the month in which the notice was received: proved notices. A part of the sender.
CREATE TABLE sender_months (
  sender_id BIGINT NOT NULL REFERENCES senders (id) ON DELETE CASCADE,
  month TEXT NOT NULL, -- 2026-11
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL, -- complete, about nothing that an account has
  duplicate BIGINT NOT NULL,
  PRIMARY KEY (sender_id, month),
  CONSTRAINT sender_months_counters CHECK (sent >= 0 AND complete >= 0 AND curable >= 0 AND defective >= 0 AND withdrawn >= 0
    AND countered >= 0 AND unmatched >= 0 AND duplicate >= 0)
);

-- As sender_months, for notices whose address was only typed.
CREATE TABLE sender_claims (
  sender_id BIGINT NOT NULL REFERENCES senders (id) ON DELETE CASCADE,
  month TEXT NOT NULL,
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  PRIMARY KEY (sender_id, month),
  CONSTRAINT sender_claims_counters CHECK (sent >= 0 AND complete >= 0 AND curable >= 0 AND defective >= 0 AND withdrawn >= 0
    AND countered >= 0 AND unmatched >= 0 AND duplicate >= 0)
);

-- What notices add to the figures of their senders, or take back, until a job has counted it, which deletes the row: a
-- sender's row is written once for many notices, and two notices of one sender never wait for each other.
CREATE TABLE sender_tallies (
  id INTEGER PRIMARY KEY,
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  received_at BIGINT NOT NULL,
  name TEXT NOT NULL, -- empty where no notice came
  channel TEXT NOT NULL, -- empty where no notice came
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  proved BOOLEAN NOT NULL DEFAULT FALSE
);

-- Intake ---------------------------------------------------------------------------------------------------------------

-- What arrived, byte for byte, whether or not it could be understood. Never changed.
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at BIGINT NOT NULL,
  channel TEXT NOT NULL,
  sender_address TEXT NOT NULL, -- network address
  user_agent TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL, -- as `packing` says
  digest BLOB NOT NULL, -- SHA-256 of the body as it came
  dedup_key BLOB UNIQUE, -- the same key is accepted once
  problem TEXT, -- why nothing was understood
  facts TEXT NOT NULL DEFAULT '{}', -- JSON: envelope, kind of mail, authentication results
  api_key_id BIGINT REFERENCES api_keys (id),
  packing INTEGER NOT NULL DEFAULT 0, -- 0: as it came; 1: four bytes of length (little endian) and an LZ4 block
  CONSTRAINT submissions_channel_codes CHECK (channel IN ('form', 'api', 'mail', 'cli', 'counter_notice', 'counter_notice_on_paper')),
  CONSTRAINT submissions_packing CHECK (packing IN (0, 1)),
  CONSTRAINT submissions_digest CHECK (length(digest) = 32)
);

-- Notices as understood; one submission can hold several.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE,
  submission_id BIGINT NOT NULL REFERENCES submissions (id),
  received_at BIGINT NOT NULL,
  class TEXT NOT NULL,
  complainant_name TEXT NOT NULL,
  organization TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  role TEXT NOT NULL, -- of the complainant
  rights_owner TEXT NOT NULL, -- empty where it is the complainant
  good_faith BOOLEAN NOT NULL, -- 17 USC 512(c)(3)(A)(v)
  accurate BOOLEAN NOT NULL, -- 17 USC 512(c)(3)(A)(vi)
  authority BOOLEAN NOT NULL, -- under penalty of perjury, 17 USC 512(c)(3)(A)(vi)
  fair_use BOOLEAN NOT NULL, -- fair use was considered
  wording INTEGER NOT NULL, -- version of the statements
  signature TEXT NOT NULL,
  sender_reference TEXT NOT NULL, -- the sender's own number
  findings TEXT NOT NULL, -- JSON: coded remarks of the validator
  locations INTEGER NOT NULL,
  hosted INTEGER NOT NULL, -- of the locations, those that an account has
  unreadable INTEGER NOT NULL,
  sender_id BIGINT REFERENCES senders (id),
  content_key BIGINT NOT NULL DEFAULT 0, -- keys of similar notices (domain/likeness.rs)
  body_key BIGINT NOT NULL DEFAULT 0,
  works_key BIGINT NOT NULL DEFAULT 0,
  cures BIGINT REFERENCES notices (id), -- the earlier notice that it completes
  duplicate_of BIGINT REFERENCES notices (id), -- the earlier notice that it repeats
  signals TEXT NOT NULL DEFAULT '[]', -- JSON: why a person should look; staff only
  withdrawn_at BIGINT, -- as a whole
  proof TEXT NOT NULL DEFAULT '', -- who is proved to be behind it (domain/proof.rs); empty where an address was only typed
  CONSTRAINT notices_class_codes CHECK (class IN ('complete', 'curable', 'defective')),
  CONSTRAINT notices_role_codes CHECK (role IN ('owner', 'agent')),
  CONSTRAINT notices_proof CHECK (proof IN ('', 'mail', 'confirmed', 'host') OR proof LIKE 'key:%'),
  CONSTRAINT notices_counters CHECK (hosted >= 0 AND unreadable >= 0 AND locations >= hosted + unreadable),
  CONSTRAINT notices_not_itself CHECK ((cures IS NULL OR cures <> id) AND (duplicate_of IS NULL OR duplicate_of <> id))
);
CREATE INDEX notices_by_submission ON notices (submission_id, id);
CREATE INDEX notices_by_time ON notices (received_at, id);
CREATE INDEX notices_by_sender ON notices (sender_id, received_at, id);
CREATE INDEX notices_by_sender_reference ON notices (sender_reference, id);
CREATE INDEX notices_by_keys ON notices (sender_id, body_key, content_key, id);
CREATE INDEX notices_by_cured ON notices (cures) WHERE cures IS NOT NULL;
-- About something that no account has: staff see whether the import lacks it.
CREATE INDEX notices_without_owner ON notices (id)
    WHERE hosted = 0 AND locations > unreadable AND class <> 'defective' AND withdrawn_at IS NULL AND duplicate_of IS NULL;
-- Notices of which some addresses are an account's and others are nobody's: staff look whether the import lacks them.
CREATE INDEX notices_in_part_without_owner ON notices (id)
    WHERE hosted > 0 AND locations > hosted + unreadable AND class <> 'defective' AND withdrawn_at IS NULL;
-- Notices that say another one again: they stand for themselves once that is withdrawn.
CREATE INDEX notices_by_repeated ON notices (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Works that a notice says were infringed. A part of the notice.
CREATE TABLE works (
  id INTEGER PRIMARY KEY,
  notice_id BIGINT NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL, -- empty where it is packed
  original TEXT NOT NULL, -- addresses of the original
  packed BLOB, -- a long description, packed as submissions.packing 1
  CONSTRAINT works_position CHECK (position >= 1),
  CONSTRAINT works_description CHECK (packed IS NULL OR description = '')
);
CREATE INDEX works_by_notice ON works (notice_id, position);

-- Cases ----------------------------------------------------------------------------------------------------------------

-- One notice against one customer. The clock runs from when the customer was reached: a server accepted a letter, or a
-- person recorded another way. Only an expired deadline makes a case unanswered.
CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  state TEXT NOT NULL,
  site TEXT NOT NULL, -- host name or address; the first where there are several
  segment TEXT NOT NULL, -- of the customer when it was opened
  sender TEXT NOT NULL, -- who complained, for lists
  locations INTEGER NOT NULL,
  missing INTEGER NOT NULL, -- how many of the six elements of 17 USC 512(c)(3)(A)
  received_at BIGINT NOT NULL,
  forwarded_at BIGINT, -- when the letters were written
  deadline BIGINT,
  extended BOOLEAN NOT NULL, -- the customer has used the one extension
  remind_at BIGINT,
  answer TEXT, -- the answer that stands
  answered_at BIGINT,
  outcome TEXT,
  closed_at BIGINT,
  counts BOOLEAN NOT NULL, -- false keeps it from counting as a strike
  strike_id BIGINT REFERENCES strikes (id),
  version BIGINT NOT NULL, -- counts changes of state
  sort_at BIGINT NOT NULL, -- place in lists: deadline, end of the time to answer, closing or receipt
  confirm_by BIGINT, -- until when the sender can confirm the mail address before a person looks
  downstream BOOLEAN NOT NULL DEFAULT FALSE, -- the customer is a downstream provider
  ordinal INTEGER NOT NULL DEFAULT 0, -- which of the customer's cases it is, from 1: that of the newest is their number
  reached_at BIGINT, -- when the customer was reached
  reached_letter BIGINT REFERENCES letters (id), -- by which letter; empty where it was another way
  answer_period BIGINT, -- microseconds from reached_at to the deadline
  reach_until BIGINT, -- after this a person looks why nobody was reached
  clock_stopped BOOLEAN NOT NULL DEFAULT FALSE, -- a clock ran and was stopped: what had reached the customer came back
  CONSTRAINT cases_state_codes CHECK (state IN (
    'received', 'review', 'forwarded', 'awaiting', 'answered', 'unanswered', 'closed')),
  CONSTRAINT cases_answer_codes CHECK (answer IN ('removed', 'removed_some', 'resolved', 'disputed', 'not_mine', 'more_time')),
  CONSTRAINT cases_outcome_codes CHECK (outcome IN ('removed', 'disabled', 'resolved', 'no_action', 'restored', 'withdrawn')),
  CONSTRAINT cases_clock CHECK (CASE
    WHEN state IN ('received', 'review') THEN forwarded_at IS NULL AND reached_at IS NULL AND deadline IS NULL
    WHEN state = 'forwarded' THEN forwarded_at IS NOT NULL AND answer_period IS NOT NULL
      AND reached_at IS NULL AND deadline IS NULL AND NOT extended
    WHEN state IN ('awaiting', 'answered', 'unanswered') THEN forwarded_at IS NOT NULL AND answer_period IS NOT NULL
      AND reached_at IS NOT NULL AND deadline IS NOT NULL
    ELSE TRUE END),
  CONSTRAINT cases_reached_by CHECK (reached_letter IS NULL OR reached_at IS NOT NULL),
  CONSTRAINT cases_answered CHECK ((answer IS NULL) = (answered_at IS NULL)
    AND (state <> 'answered' OR answer IS NOT NULL)
    AND (answer IS NULL OR state IN ('answered', 'closed'))),
  CONSTRAINT cases_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (state = 'closed') = (outcome IS NOT NULL)),
  CONSTRAINT cases_timers CHECK ((remind_at IS NULL OR state = 'awaiting') AND (confirm_by IS NULL OR state = 'received')
    AND (reach_until IS NULL OR state = 'forwarded')),
  CONSTRAINT cases_counters CHECK (locations >= 0 AND missing BETWEEN 0 AND 6 AND ordinal >= 0 AND version >= 0
    AND (answer_period IS NULL OR answer_period >= 0))
);
CREATE INDEX cases_by_state ON cases (state, sort_at, id);
CREATE INDEX cases_by_segment ON cases (state, segment, sort_at, id);
CREATE INDEX cases_by_answer ON cases (state, answer, sort_at) WHERE answer IS NOT NULL;
CREATE INDEX cases_by_customer ON cases (customer_id, id, ordinal);
CREATE INDEX cases_by_notice ON cases (notice_id, id);
CREATE INDEX cases_by_site ON cases (site, id);
CREATE INDEX cases_by_strike ON cases (strike_id) WHERE strike_id IS NOT NULL;
CREATE INDEX cases_by_time ON cases (received_at, id);
CREATE INDEX cases_to_remind ON cases (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX cases_to_confirm ON cases (confirm_by) WHERE confirm_by IS NOT NULL;
CREATE INDEX cases_to_reach ON cases (reach_until) WHERE reach_until IS NOT NULL;
CREATE INDEX cases_not_reached ON cases (customer_id, id) WHERE state = 'forwarded';

-- Answers of customers, every one of them. Never changed.
CREATE TABLE responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  via TEXT NOT NULL, -- `link`, or who recorded it
  CONSTRAINT responses_kind_codes CHECK (kind IN ('removed', 'removed_some', 'resolved', 'disputed', 'not_mine', 'more_time'))
);
CREATE INDEX responses_by_case ON responses (case_id, id);

-- What a person should look at, beside the states of cases.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  letter_id BIGINT REFERENCES letters (id),
  submission_id BIGINT REFERENCES submissions (id),
  note TEXT NOT NULL,
  raised_at BIGINT NOT NULL,
  done_at BIGINT,
  done_by TEXT NOT NULL, -- empty while it is open
  CONSTRAINT reviews_kind_codes CHECK (kind IN (
    'letter_refused', 'no_contact', 'removed_some', 'disputed', 'resolved', 'not_mine', 'whole_site', 'unreadable',
    'letter_bounced', 'bounce_claimed', 'letter_complaint', 'mail_reply', 'mail_draft', 'mail_other', 'retraction',
    'signals', 'unconfirmed', 'unproved', 'many_customers', 'restore', 'put_back_alarm', 'put_back_missed',
    'reported_again', 'still_online', 'late_court_action', 'copy_by_post', 'not_confirmed', 'not_reached')),
  CONSTRAINT reviews_about_something CHECK (coalesce(case_id, notice_id, letter_id, submission_id) IS NOT NULL),
  CONSTRAINT reviews_done CHECK ((done_at IS NULL) = (done_by = ''))
);
CREATE INDEX reviews_open ON reviews (raised_at, id) WHERE done_at IS NULL;
CREATE INDEX reviews_by_letter ON reviews (letter_id) WHERE done_at IS NULL;
CREATE INDEX reviews_by_case ON reviews (case_id) WHERE done_at IS NULL;
CREATE INDEX reviews_by_notice ON reviews (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX reviews_by_submission ON reviews (submission_id) WHERE submission_id IS NOT NULL;

-- Material -------------------------------------------------------------------------------------------------------------

-- Reported locations and where each stands. The same material can be named by several notices; each has a row of its own.
CREATE TABLE locations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  case_id BIGINT REFERENCES cases (id), -- empty where no case was opened about it
  position INTEGER NOT NULL, -- in the notice, from 1
  as_written TEXT NOT NULL,
  shown TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL, -- of a network address: what was seen there
  observed_at BIGINT, -- of a network address: when
  state TEXT NOT NULL,
  state_at BIGINT NOT NULL,
  material BIGINT NOT NULL, -- key of the customer's material (domain/likeness.rs); 0 where no account has it
  state_by TEXT NOT NULL DEFAULT '', -- who put it there; empty where it was matched
  duplicate_of BIGINT REFERENCES locations (id), -- the earlier location that it repeats
  counter_id BIGINT REFERENCES counter_notices (id), -- the counter-notice that disputes it
  withdrawn_at BIGINT, -- when the sender took it back
  probe_at BIGINT, -- when the address is to be probed
  confirm_by BIGINT, -- until when the host's systems should confirm what they were asked to do
  withdrawal_id BIGINT REFERENCES withdrawals (id),
  CONSTRAINT locations_kind_codes CHECK (kind IN ('web', 'network', 'unreadable')),
  CONSTRAINT locations_state_codes CHECK (state IN (
    'reported', 'not_hosted', 'unreadable', 'duplicate', 'removed', 'disable_requested', 'disabled',
    'restore_requested', 'restored', 'released', 'withdrawn')),
  CONSTRAINT locations_unreadable CHECK ((kind = 'unreadable') = (state = 'unreadable')),
  CONSTRAINT locations_of_case CHECK (CASE
    WHEN state IN ('not_hosted', 'unreadable') THEN case_id IS NULL
    WHEN state IN ('removed', 'disable_requested', 'disabled', 'restore_requested', 'restored', 'released') THEN case_id IS NOT NULL
    ELSE TRUE END),
  CONSTRAINT locations_repeated CHECK ((state <> 'duplicate' OR duplicate_of IS NOT NULL) AND (duplicate_of IS NULL OR state IN (
    'duplicate', 'withdrawn')) AND (duplicate_of IS NULL OR duplicate_of <> id)),
  CONSTRAINT locations_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawal_id IS NULL)
    AND (state <> 'withdrawn' OR withdrawn_at IS NOT NULL)),
  CONSTRAINT locations_timers CHECK ((confirm_by IS NULL OR state IN (
    'disable_requested', 'restore_requested')) AND (probe_at IS NULL OR kind = 'web')),
  CONSTRAINT locations_disputed CHECK (counter_id IS NULL OR case_id IS NOT NULL),
  CONSTRAINT locations_position CHECK (position >= 1)
);
CREATE INDEX locations_by_notice ON locations (notice_id, position);
CREATE INDEX locations_by_case ON locations (case_id, position) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_material ON locations (material) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_repeated ON locations (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX locations_by_counter ON locations (counter_id) WHERE counter_id IS NOT NULL;
CREATE INDEX locations_to_confirm ON locations (confirm_by) WHERE confirm_by IS NOT NULL;
CREATE INDEX locations_to_probe ON locations (probe_at) WHERE probe_at IS NOT NULL;
-- Cases with something that was asked of the host's systems and is not confirmed: a list that staff read.
CREATE INDEX locations_requested ON locations (case_id)
    WHERE state IN ('disable_requested', 'restore_requested');

-- What probes of locations found. Never changed.
CREATE TABLE probes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  location_id BIGINT NOT NULL REFERENCES locations (id),
  case_id BIGINT NOT NULL REFERENCES cases (id),
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER, -- HTTP
  address TEXT NOT NULL, -- network address that answered
  detail TEXT NOT NULL,
  CONSTRAINT probes_outcome_codes CHECK (outcome IN ('online', 'gone', 'unclear', 'refused'))
);
CREATE INDEX probes_by_location ON probes (location_id, id);
CREATE INDEX probes_by_case ON probes (case_id, id);

-- Enforcement ----------------------------------------------------------------------------------------------------------

-- Versions of the repeat-infringer policy. Never changed.
CREATE TABLE policies (
  version BIGINT PRIMARY KEY,
  in_force_from BIGINT NOT NULL,
  body TEXT NOT NULL, -- JSON
  published_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT policies_version CHECK (version >= 1)
);

-- Incidents counted against a customer. A strike that ended stays.
CREATE TABLE strikes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  case_id BIGINT NOT NULL REFERENCES cases (id), -- one case of the incident
  received_at BIGINT NOT NULL, -- of the incident's first notice
  told_at BIGINT, -- when the customer was reached first
  counted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  policy_version BIGINT NOT NULL REFERENCES policies (version),
  ended_at BIGINT,
  ended_reason TEXT NOT NULL,
  CONSTRAINT strikes_status_codes CHECK (status IN ('active', 'expired', 'voided')),
  CONSTRAINT strikes_ended CHECK ((status = 'active') = (ended_at IS NULL) AND (status <> 'active' OR ended_reason = ''))
);
CREATE INDEX strikes_by_customer ON strikes (customer_id, received_at);
CREATE INDEX strikes_by_expiry ON strikes (customer_id, status, expires_at);
CREATE INDEX strikes_to_expire ON strikes (status, expires_at);

-- How many customers of a segment have how many active strikes, updated with the customers.
CREATE TABLE strike_counts (
  segment TEXT NOT NULL,
  strikes INTEGER NOT NULL,
  accounts BIGINT NOT NULL,
  PRIMARY KEY (segment, strikes),
  CONSTRAINT strike_counts_counters CHECK (strikes >= 1 AND accounts >= 0)
) WITHOUT ROWID;

-- Decisions of staff about accounts, proposed or in force. The second person is never the first.
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  grounds TEXT NOT NULL, -- one a line
  reasons TEXT NOT NULL,
  proposed_by BIGINT NOT NULL REFERENCES staff (id),
  proposed_at BIGINT NOT NULL,
  second_by BIGINT REFERENCES staff (id), -- empty where the policy asks for no second person
  second_at BIGINT, -- when it took effect or was rejected
  second_note TEXT NOT NULL,
  policy_version BIGINT NOT NULL REFERENCES policies (version),
  active_strikes INTEGER NOT NULL, -- of the account when it was proposed
  CONSTRAINT decisions_kind_codes CHECK (kind IN ('no_action', 'warn', 'suspend', 'terminate', 'lift')),
  CONSTRAINT decisions_state_codes CHECK (state IN ('pending', 'effective', 'rejected')),
  CONSTRAINT decisions_second CHECK (CASE state
    WHEN 'pending' THEN second_by IS NULL AND second_at IS NULL
    WHEN 'rejected' THEN second_by IS NOT NULL AND second_at IS NOT NULL
    ELSE second_at IS NOT NULL END),
  CONSTRAINT decisions_two_people CHECK (second_by IS NULL OR second_by <> proposed_by),
  CONSTRAINT decisions_counters CHECK (active_strikes >= 0)
);
CREATE INDEX decisions_by_customer ON decisions (customer_id, id);
CREATE UNIQUE INDEX decisions_pending ON decisions (customer_id) WHERE state = 'pending';
CREATE INDEX decisions_by_state ON decisions (state, id);
CREATE INDEX decisions_by_time ON decisions (kind, second_at);

-- Accounts over the threshold, before staff; at most one open flag for each.
CREATE TABLE flags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  raised_at BIGINT NOT NULL,
  policy_version BIGINT NOT NULL REFERENCES policies (version),
  reasons TEXT NOT NULL, -- JSON
  decided_at BIGINT, -- when it was closed
  decision_id BIGINT REFERENCES decisions (id), -- empty where it was closed without a decision
  CONSTRAINT flags_decided CHECK (decision_id IS NULL OR decided_at IS NOT NULL)
);
CREATE UNIQUE INDEX flags_open ON flags (customer_id) WHERE decided_at IS NULL;
CREATE INDEX flags_by_time ON flags (raised_at, id) WHERE decided_at IS NULL;

-- Disputes -------------------------------------------------------------------------------------------------------------

-- Counter-notices and their clocks, 17 USC 512(g)(2) and (3).
CREATE TABLE counter_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  submission_id BIGINT NOT NULL REFERENCES submissions (id),
  received_at BIGINT NOT NULL,
  zone TEXT NOT NULL, -- time zone of the agent at receipt: its business days count
  restore_from BIGINT NOT NULL, -- after the 10th business day
  alarm_at BIGINT NOT NULL, -- the 13th begins
  restore_until BIGINT NOT NULL, -- the 14th is over
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  consent TEXT NOT NULL, -- as it was signed
  reason TEXT NOT NULL,
  signature TEXT NOT NULL,
  wording INTEGER NOT NULL, -- version of the statements
  locations INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_at BIGINT NOT NULL,
  alarm INTEGER NOT NULL, -- 0: none; 1: the 13th business day has begun; 2: the 14th is over
  next_at BIGINT, -- when the clock is due
  version BIGINT NOT NULL, -- counts changes
  CONSTRAINT counter_notices_jurisdiction_codes CHECK (jurisdiction IN ('us', 'outside')),
  CONSTRAINT counter_notices_state_codes CHECK (state IN ('running', 'stopped', 'due', 'restored', 'moot')),
  CONSTRAINT counter_notices_clock CHECK ((state <> 'running' OR next_at IS NOT NULL) AND (next_at IS NULL OR state IN (
    'running', 'due'))),
  CONSTRAINT counter_notices_window CHECK (restore_from <= alarm_at AND alarm_at <= restore_until),
  CONSTRAINT counter_notices_counters CHECK (locations >= 0 AND alarm BETWEEN 0 AND 2 AND version >= 0)
);
CREATE INDEX counter_notices_by_case ON counter_notices (case_id, id);
CREATE INDEX counter_notices_by_state ON counter_notices (state, restore_from, id);
CREATE INDEX counter_notices_by_time ON counter_notices (received_at);
CREATE INDEX counter_notices_due ON counter_notices (next_at) WHERE next_at IS NOT NULL;

-- Court actions and claims before the Copyright Claims Board, 17 USC 512(g)(2)(C) and 1507(d). Never changed.
CREATE TABLE court_actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  counter_id BIGINT NOT NULL REFERENCES counter_notices (id),
  kind TEXT NOT NULL,
  court TEXT NOT NULL,
  docket TEXT NOT NULL,
  filed_on TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  in_time BOOLEAN NOT NULL, -- before access was restored
  via TEXT NOT NULL,
  CONSTRAINT court_actions_kind_codes CHECK (kind IN ('court', 'ccb')),
  CONSTRAINT court_actions_via_codes CHECK (via IN ('link', 'staff'))
);
CREATE INDEX court_actions_by_counter ON court_actions (counter_id, id);

-- What complainants took back. Never changed.
CREATE TABLE withdrawals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  at BIGINT NOT NULL,
  via TEXT NOT NULL,
  reason TEXT NOT NULL,
  locations INTEGER NOT NULL,
  whole BOOLEAN NOT NULL,
  CONSTRAINT withdrawals_via_codes CHECK (via IN ('link', 'api', 'acns', 'staff')),
  CONSTRAINT withdrawals_counters CHECK (locations >= 0)
);
CREATE INDEX withdrawals_by_notice ON withdrawals (notice_id, id);
CREATE INDEX withdrawals_by_time ON withdrawals (at);

-- Withdrawals that are told together: a row for each case that something of was taken back, for its customer, and one for
-- each notice (without a case), for the complainant.
CREATE TABLE withdrawal_letters (
  id INTEGER PRIMARY KEY,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  case_id BIGINT REFERENCES cases (id),
  due_at BIGINT, -- when the letter is to be written; empty where nothing is left
  told_at BIGINT, -- when one was written last
  told_through BIGINT NOT NULL, -- number of the last withdrawal in a letter
  returning_count BIGINT NOT NULL, -- addresses to which access returns
  held_count BIGINT NOT NULL, -- addresses that another notice keeps disabled
  had_strike BOOLEAN NOT NULL,
  CONSTRAINT withdrawal_letters_counters CHECK (told_through >= 0 AND returning_count >= 0 AND held_count >= 0)
);
CREATE UNIQUE INDEX withdrawal_letters_by_case ON withdrawal_letters (case_id) WHERE case_id IS NOT NULL;
CREATE UNIQUE INDEX withdrawal_letters_by_notice ON withdrawal_letters (notice_id) WHERE case_id IS NULL;
CREATE INDEX withdrawal_letters_due ON withdrawal_letters (due_at) WHERE due_at IS NOT NULL;

-- Bytes of files, once for each content. Never changed.
CREATE TABLE attachment_bodies (
  digest BLOB PRIMARY KEY, -- SHA-256
  size BIGINT NOT NULL,
  body BLOB NOT NULL,
  CONSTRAINT attachment_bodies_digest CHECK (length(digest) = 32),
  CONSTRAINT attachment_bodies_size CHECK (size = length(body))
);

-- Files sent with an answer, a counter-notice or a court action. Never changed.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  response_id BIGINT REFERENCES responses (id),
  counter_id BIGINT REFERENCES counter_notices (id),
  court_id BIGINT REFERENCES court_actions (id),
  digest BLOB NOT NULL REFERENCES attachment_bodies (digest),
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL, -- found in the content, not as it was declared
  size BIGINT NOT NULL,
  at BIGINT NOT NULL,
  via TEXT NOT NULL, -- `link`, or who recorded it
  CONSTRAINT attachments_of_one CHECK (CASE
    WHEN response_id IS NOT NULL THEN counter_id IS NULL AND court_id IS NULL
    WHEN counter_id IS NOT NULL THEN court_id IS NULL
    ELSE court_id IS NOT NULL END),
  CONSTRAINT attachments_size CHECK (size >= 0)
);
CREATE INDEX attachments_by_case ON attachments (case_id, id);

-- Outbox ---------------------------------------------------------------------------------------------------------------

-- Letters and what became of them; written with the event that causes them, sent by a job.
CREATE TABLE letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE, -- with angle brackets
  kind TEXT NOT NULL,
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  customer_id BIGINT REFERENCES customers (id), -- the receiver, where it is one
  to_name TEXT NOT NULL,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL, -- as sent
  state TEXT NOT NULL,
  carries_deadline BOOLEAN NOT NULL, -- a deadline runs whether or not it arrives
  created_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL, -- when it is to be sent; while it is being sent, the end of the lease
  settled_at BIGINT,
  answer TEXT NOT NULL, -- of the server that accepted or refused it
  bounced_at BIGINT, -- when it came back after that
  bounce_answer TEXT NOT NULL DEFAULT '',
  complained_at BIGINT, -- when a complaint came from the receiver's provider (RFC 5965)
  answers_id BIGINT REFERENCES submissions (id), -- the mail that it answers
  tokens TEXT NOT NULL DEFAULT '', -- tokens of its private links by name, until it is settled; nothing else of a letter is secret
  CONSTRAINT letters_kind_codes CHECK (kind IN (
    'access_disabled', 'access_restored', 'acknowledgement', 'answer_copy', 'case_outcome', 'confirm_address',
    'confirm_resolution', 'counter_notice_copy', 'counter_notice_received', 'court_action_received', 'deadline_moved',
    'decision', 'gathered', 'mail_received', 'missing_elements', 'new_link', 'notice_to_customer', 'record_digest',
    'reminder', 'withdrawal')),
  CONSTRAINT letters_state_codes CHECK (state IN (
    'queued', 'sending', 'accepted', 'deferred', 'failed', 'bounced', 'withheld', 'gathered')),
  CONSTRAINT letters_settled CHECK ((state IN ('queued', 'sending', 'deferred')) = (settled_at IS NULL)),
  CONSTRAINT letters_no_tokens CHECK (settled_at IS NULL OR tokens = ''),
  CONSTRAINT letters_bounced CHECK ((state = 'bounced') = (bounced_at IS NOT NULL)
    AND (bounced_at IS NOT NULL OR bounce_answer = '')),
  CONSTRAINT letters_counters CHECK (attempts >= 0)
);
CREATE INDEX letters_due ON letters (state, due_at, id) WHERE settled_at IS NULL;
CREATE INDEX letters_by_state ON letters (state, id);
CREATE INDEX letters_by_address ON letters (to_address, id);
CREATE INDEX letters_by_case ON letters (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX letters_by_notice ON letters (notice_id, id) WHERE notice_id IS NOT NULL;

-- The typed values from which a letter is rendered when it is sent, written once. A part of the letter, in a row of its own
-- so that a change of state does not write it again.
CREATE TABLE letter_data (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  version INTEGER NOT NULL, -- of the fields
  data TEXT NOT NULL, -- JSON, without tokens
  CONSTRAINT letter_data_language_codes CHECK (language IN ('en')),
  CONSTRAINT letter_data_version CHECK (version >= 1)
);

-- What a server accepted: the message as sent but for its tokens, which are blanked out. Never changed.
CREATE TABLE sent_letters (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
  sent_at BIGINT NOT NULL, -- when the attempt began
  template_version INTEGER NOT NULL, -- of the wording
  digest BLOB NOT NULL, -- SHA-256 of the bytes that were sent
  message BLOB NOT NULL, -- RFC 5322, as `packing` says
  packing INTEGER NOT NULL, -- as submissions.packing
  CONSTRAINT sent_letters_packing CHECK (packing IN (0, 1)),
  CONSTRAINT sent_letters_digest CHECK (length(digest) = 32),
  CONSTRAINT sent_letters_template CHECK (template_version >= 1)
);

-- Letters that count against the limits of one receiver and one domain; deleted after some days.
CREATE TABLE counted_letters (
  id INTEGER PRIMARY KEY,
  receiver TEXT NOT NULL, -- address without its + extension
  domain TEXT, -- where the domain has a limit
  kind TEXT NOT NULL, -- as letters.kind
  sent_at BIGINT NOT NULL
);
CREATE INDEX counted_letters_by_receiver ON counted_letters (receiver, sent_at);
CREATE INDEX counted_letters_by_domain ON counted_letters (domain, sent_at) WHERE domain IS NOT NULL;

-- Letters that wait to be gathered into one; deleted when that is written.
CREATE TABLE gathered_letters (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id) ON DELETE CASCADE,
  receiver TEXT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX gathered_letters_by_receiver ON gathered_letters (receiver, letter_id);
CREATE INDEX gathered_letters_due ON gathered_letters (due_at, receiver);

-- Notices whose complainant is to be told how locations ended, and when; deleted when that is written.
CREATE TABLE pending_outcomes (
  notice_id INTEGER PRIMARY KEY REFERENCES notices (id) ON DELETE CASCADE,
  due_at BIGINT NOT NULL
);
CREATE INDEX pending_outcomes_due ON pending_outcomes (due_at, notice_id);

-- Private links. Each opens one case or one notice.
CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE, -- the time of the token, then its SHA-256
  purpose TEXT NOT NULL,
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  CONSTRAINT links_purpose_codes CHECK (purpose IN ('respond', 'status', 'confirm')),
  CONSTRAINT links_one_target CHECK ((case_id IS NULL) <> (notice_id IS NULL) AND (purpose = 'respond') = (case_id IS NOT NULL))
);
CREATE INDEX links_by_case ON links (case_id) WHERE case_id IS NOT NULL;

-- Where webhooks go.
CREATE TABLE webhook_endpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL,
  kinds TEXT NOT NULL, -- codes, separated by spaces
  secret TEXT NOT NULL,
  previous_secret TEXT, -- signs too until previous_until
  previous_until BIGINT,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  disabled_at BIGINT,
  failures INTEGER NOT NULL DEFAULT 0, -- rounds in a row that failed
  paused_until BIGINT, -- it failed too often
  CONSTRAINT webhook_endpoints_previous CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
  CONSTRAINT webhook_endpoints_counters CHECK (failures >= 0)
);

-- Messages to webhook endpoints and what became of them.
CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  endpoint_id BIGINT NOT NULL REFERENCES webhook_endpoints (id),
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL, -- JSON, as sent
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL, -- when it is to be sent; while it is being sent, the end of the lease
  settled_at BIGINT,
  answer TEXT NOT NULL,
  CONSTRAINT webhook_deliveries_kind_codes CHECK (kind IN (
    'notice.received', 'case.opened', 'case.answered', 'case.unanswered', 'case.closed', 'account.flagged',
    'decision.made', 'notice.withdrawn', 'location.disable_requested', 'location.restore_requested',
    'counter_notice.received', 'court_action.received', 'location.restored')),
  CONSTRAINT webhook_deliveries_state_codes CHECK (state IN ('queued', 'sending', 'deferred', 'delivered', 'failed')),
  CONSTRAINT webhook_deliveries_settled CHECK ((state IN ('delivered', 'failed')) = (settled_at IS NOT NULL)),
  CONSTRAINT webhook_deliveries_counters CHECK (attempts >= 0)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_of_endpoint_due ON webhook_deliveries (endpoint_id, state, due_at, id);

-- Record ---------------------------------------------------------------------------------------------------------------

-- Where each chain of events ends. Moves forward only.
CREATE TABLE heads (
  subject TEXT PRIMARY KEY NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  changed_at BIGINT NOT NULL,
  CONSTRAINT heads_seq CHECK (seq >= 0)
) WITHOUT ROWID;
CREATE INDEX heads_by_change ON heads (changed_at);

-- Daily checkpoints over the heads that moved; a chain of digests. Never changed.
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- place in the chain, given by the program
  at BIGINT NOT NULL,
  digest BLOB NOT NULL
);

-- The heads that a checkpoint names. Never changed.
CREATE TABLE checkpoint_heads (
  checkpoint_id BIGINT NOT NULL REFERENCES checkpoints (id),
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (checkpoint_id, subject)
) WITHOUT ROWID;
CREATE INDEX checkpoint_heads_by_subject ON checkpoint_heads (subject, checkpoint_id);

-- Up to which event the feed is settled: no event with a smaller number can appear any more. One row.
CREATE TABLE feed_marks (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  settled BIGINT NOT NULL,
  pending BIGINT NOT NULL, -- settled once no transaction before pending_xact is open
  pending_xact BIGINT NOT NULL,
  CONSTRAINT feed_marks_counters CHECK (settled >= 0 AND pending >= 0 AND pending_xact >= 0)
);
INSERT INTO feed_marks VALUES (1, 0, 0, 0);

-- Monthly figures of the transparency report, rebuilt by a job.
CREATE TABLE figures (
  month TEXT NOT NULL, -- 2026-11; empty for the time of the last rebuild
  figure TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (month, figure),
  CONSTRAINT figures_counters CHECK (value >= 0)
);

-- What is never changed ------------------------------------------------------------------------------------------------

-- The database itself refuses to change or delete what was received, sent and recorded.
CREATE TRIGGER submissions_no_update BEFORE UPDATE ON submissions BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER submissions_no_delete BEFORE DELETE ON submissions BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER responses_no_update BEFORE UPDATE ON responses BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER responses_no_delete BEFORE DELETE ON responses BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER probes_no_update BEFORE UPDATE ON probes BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER probes_no_delete BEFORE DELETE ON probes BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER court_actions_no_update BEFORE UPDATE ON court_actions BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER court_actions_no_delete BEFORE DELETE ON court_actions BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER attachment_bodies_no_update BEFORE UPDATE ON attachment_bodies BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER attachment_bodies_no_delete BEFORE DELETE ON attachment_bodies BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER attachments_no_update BEFORE UPDATE ON attachments BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER attachments_no_delete BEFORE DELETE ON attachments BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER sent_letters_no_update BEFORE UPDATE ON sent_letters BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER sent_letters_no_delete BEFORE DELETE ON sent_letters BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoint_heads_no_update BEFORE UPDATE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER checkpoint_heads_no_delete BEFORE DELETE ON checkpoint_heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER heads_no_update BEFORE UPDATE ON heads
WHEN NEW.subject <> OLD.subject OR NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)
BEGIN
  SELECT RAISE(ABORT, 'the record is only appended to');
END;
CREATE TRIGGER heads_no_delete BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;

-- Views for analysts ---------------------------------------------------------------------------------------------------

-- Times as timestamps, codes as they are, no tokens and no secrets. Stable names; docs/schema.md documents them.
CREATE VIEW v_notices AS
SELECT
  n.id, n.reference, strftime('%Y-%m-%dT%H:%M:%fZ', n.received_at / 1000000.0, 'unixepoch') AS received_at, s.channel,
  n.class, n.complainant_name, n.organization, n.email,
  n.role, n.rights_owner, n.sender_reference, n.sender_id, n.proof, n.locations, n.hosted, n.unreadable,
  c.reference AS cures, d.reference AS duplicate_of,
  strftime('%Y-%m-%dT%H:%M:%fZ', n.withdrawn_at / 1000000.0, 'unixepoch') AS withdrawn_at, n.findings, n.signals
FROM notices n
JOIN submissions s ON s.id = n.submission_id
LEFT JOIN notices c ON c.id = n.cures
LEFT JOIN notices d ON d.id = n.duplicate_of;

CREATE VIEW v_cases AS
SELECT c.id, c.reference, n.reference AS notice, u.external_id AS account, c.segment, c.downstream, c.state, c.site, c.sender,
  c.locations, c.missing, strftime('%Y-%m-%dT%H:%M:%fZ', c.received_at / 1000000.0, 'unixepoch') AS received_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.forwarded_at / 1000000.0, 'unixepoch') AS forwarded_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.reached_at / 1000000.0, 'unixepoch') AS reached_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.deadline / 1000000.0, 'unixepoch') AS deadline, c.extended, c.answer,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.answered_at / 1000000.0, 'unixepoch') AS answered_at,
  c.outcome, strftime('%Y-%m-%dT%H:%M:%fZ', c.closed_at / 1000000.0, 'unixepoch') AS closed_at, c.counts, c.strike_id
FROM cases c
JOIN notices n ON n.id = c.notice_id
JOIN customers u ON u.id = c.customer_id;

CREATE VIEW v_locations AS
SELECT l.id, n.reference AS notice, c.reference AS case_reference, l.position, l.kind, l.as_written, l.shown, l.detail,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.observed_at / 1000000.0, 'unixepoch') AS observed_at, l.state,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.state_at / 1000000.0, 'unixepoch') AS state_at, l.state_by, l.duplicate_of, l.counter_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.withdrawn_at / 1000000.0, 'unixepoch') AS withdrawn_at
FROM locations l
JOIN notices n ON n.id = l.notice_id
LEFT JOIN cases c ON c.id = l.case_id;

CREATE VIEW v_strikes AS
SELECT
  s.id, u.external_id AS account, u.segment, c.reference AS case_reference,
  strftime('%Y-%m-%dT%H:%M:%fZ', s.received_at / 1000000.0, 'unixepoch') AS received_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', s.told_at / 1000000.0, 'unixepoch') AS reached_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', s.counted_at / 1000000.0, 'unixepoch') AS counted_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', s.expires_at / 1000000.0, 'unixepoch') AS expires_at, s.status,
  s.policy_version, strftime('%Y-%m-%dT%H:%M:%fZ', s.ended_at / 1000000.0, 'unixepoch') AS ended_at, s.ended_reason
FROM strikes s
JOIN customers u ON u.id = s.customer_id
JOIN cases c ON c.id = s.case_id;

-- A message that is stored packed (LZ4) cannot be read in SQL: `message` is empty then.
CREATE VIEW v_letters AS
SELECT l.id, l.message_id, l.kind, c.reference AS case_reference, n.reference AS notice, u.external_id AS account, l.to_name,
  l.to_address, l.subject, d.language, l.state,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.created_at / 1000000.0, 'unixepoch') AS created_at, l.attempts,
  strftime('%Y-%m-%dT%H:%M:%fZ', s.sent_at / 1000000.0, 'unixepoch') AS sent_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.settled_at / 1000000.0, 'unixepoch') AS settled_at, l.answer,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.bounced_at / 1000000.0, 'unixepoch') AS bounced_at, l.bounce_answer,
  strftime('%Y-%m-%dT%H:%M:%fZ', l.complained_at / 1000000.0, 'unixepoch') AS complained_at, d.data,
  CASE WHEN s.packing = 0 THEN CAST(s.message AS TEXT) END AS message
FROM letters l
LEFT JOIN letter_data d ON d.letter_id = l.id
LEFT JOIN sent_letters s ON s.letter_id = l.id
LEFT JOIN cases c ON c.id = l.case_id
LEFT JOIN notices n ON n.id = l.notice_id
LEFT JOIN customers u ON u.id = l.customer_id;


-- The record: what happened, in one chain for each subject. Never changed.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL, -- such as `case:7`
  seq BIGINT NOT NULL, -- place in the chain, from 1
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  facts TEXT NOT NULL, -- JSON
  salt BLOB NOT NULL, -- of the event's own commitment
  hash BLOB NOT NULL, -- over the event, the commitments of its values and the hash before it
  UNIQUE (subject, seq),
  CONSTRAINT events_seq CHECK (seq >= 1),
  CONSTRAINT events_salt CHECK (length(salt) = 32)
);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;

-- Private values of events. The commitment is part of the chain and stays; salt and value can be emptied, once and
-- together, and the chain still verifies.
CREATE TABLE event_values (
  event_id BIGINT NOT NULL REFERENCES events (id),
  name TEXT NOT NULL,
  commitment BLOB NOT NULL,
  salt BLOB,
  value TEXT, -- empty where it was forgotten
  vault TEXT NOT NULL, -- whose values are forgotten together
  PRIMARY KEY (event_id, name),
  CONSTRAINT event_values_forgotten CHECK ((salt IS NULL) = (value IS NULL))
);
CREATE INDEX event_values_by_vault ON event_values (vault);
CREATE TRIGGER event_values_no_update BEFORE UPDATE ON event_values
WHEN NEW.salt IS NOT NULL OR NEW.value IS NOT NULL OR NEW.event_id IS NOT OLD.event_id OR NEW.name IS NOT OLD.name
  OR NEW.commitment IS NOT OLD.commitment OR NEW.vault IS NOT OLD.vault
BEGIN
  SELECT RAISE(ABORT, 'private values of the record are only forgotten');
END;
CREATE TRIGGER event_values_no_delete BEFORE DELETE ON event_values
BEGIN
  SELECT RAISE(ABORT, 'private values of the record are only forgotten');
END;

-- A forgotten value is empty, and `forgotten` is true.
CREATE VIEW v_events AS
SELECT
  e.id, e.subject, e.seq, strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000000.0, 'unixepoch') AS at, e.actor, e.kind, e.facts,
  v.name AS value_name, v.value,
  v.event_id IS NOT NULL AND v.value IS NULL AS forgotten
FROM events e
LEFT JOIN event_values v ON v.event_id = e.id;

