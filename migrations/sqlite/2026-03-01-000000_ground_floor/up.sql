-- Instants are BIGINT microseconds since the epoch (UTC); codes are TEXT; identifiers BIGINT.
-- A partial index is used only where its condition stands in the query itself (IS NULL, IS NOT NULL): values
-- are bound, and SQLite does not see through a bound value.
CREATE TABLE installation (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  secret BLOB NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  external_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  segment TEXT NOT NULL,
  standing TEXT NOT NULL CHECK (standing IN ('good', 'warned', 'flagged', 'suspended', 'terminated')),
  standing_since BIGINT NOT NULL,
  warned BOOLEAN NOT NULL,
  active_strikes INTEGER NOT NULL,
  total_strikes INTEGER NOT NULL,
  last_strike_at BIGINT,
  cases INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX customers_by_strikes ON customers (active_strikes DESC, id);
CREATE INDEX customers_by_standing ON customers (standing, id);
CREATE INDEX customers_by_name ON customers (name_key);

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  failed_at BIGINT,
  UNIQUE (customer_id, email)
);

-- One key per asset; a look-up is an equality on the candidate keys of a location (domain/customers/asset.rs).
CREATE TABLE assets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  UNIQUE (key, customer_id, valid_from)
);
CREATE INDEX assets_by_customer ON assets (customer_id, id);

-- What arrived, byte for byte, whether or not it could be understood.
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at BIGINT NOT NULL,
  channel TEXT NOT NULL,
  sender_address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  digest BLOB NOT NULL,
  dedup_key BLOB UNIQUE,
  problem TEXT
);

CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE,
  submission_id BIGINT NOT NULL REFERENCES submissions (id),
  received_at BIGINT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('complete', 'curable', 'defective')),
  complainant_name TEXT NOT NULL,
  organization TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  role TEXT NOT NULL,
  rights_owner TEXT NOT NULL,
  good_faith BOOLEAN NOT NULL,
  accurate BOOLEAN NOT NULL,
  authority BOOLEAN NOT NULL,
  fair_use BOOLEAN NOT NULL,
  wording INTEGER NOT NULL,
  signature TEXT NOT NULL,
  sender_reference TEXT NOT NULL,
  findings TEXT NOT NULL,
  locations INTEGER NOT NULL,
  hosted INTEGER NOT NULL,
  unreadable INTEGER NOT NULL
);
CREATE UNIQUE INDEX notices_by_submission ON notices (submission_id);
CREATE INDEX notices_by_time ON notices (received_at, id);

CREATE TABLE works (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  original TEXT NOT NULL
);
CREATE INDEX works_by_notice ON works (notice_id, position);

CREATE TABLE strikes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  case_id BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  told_at BIGINT,
  counted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'expired', 'voided')),
  policy_version BIGINT NOT NULL,
  ended_at BIGINT,
  ended_reason TEXT NOT NULL
);
CREATE INDEX strikes_by_customer ON strikes (customer_id, received_at);
CREATE INDEX strikes_to_expire ON strikes (status, expires_at);

CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  state TEXT NOT NULL CHECK (state IN ('received', 'review', 'awaiting', 'answered', 'unanswered', 'closed')),
  site TEXT NOT NULL,
  segment TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_key TEXT NOT NULL,
  sender_domain TEXT NOT NULL,
  locations INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  received_at BIGINT NOT NULL,
  forwarded_at BIGINT,
  deadline BIGINT,
  extended BOOLEAN NOT NULL,
  remind_at BIGINT,
  answer TEXT,
  answered_at BIGINT,
  outcome TEXT,
  closed_at BIGINT,
  counts BOOLEAN NOT NULL,
  strike_id BIGINT REFERENCES strikes (id),
  version BIGINT NOT NULL,
  sort_at BIGINT NOT NULL
);
CREATE INDEX cases_by_state ON cases (state, sort_at, id);
CREATE INDEX cases_by_answer ON cases (state, answer, sort_at);
CREATE INDEX cases_by_segment ON cases (state, segment, sort_at, id);
CREATE INDEX cases_to_remind ON cases (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX cases_by_customer ON cases (customer_id, id);
CREATE INDEX cases_by_notice ON cases (notice_id, id);
CREATE INDEX cases_by_site ON cases (site, id);
CREATE INDEX cases_by_sender ON cases (sender_key, id);
CREATE INDEX cases_by_sender_domain ON cases (sender_domain, id);
CREATE INDEX cases_by_strike ON cases (strike_id) WHERE strike_id IS NOT NULL;
CREATE INDEX cases_by_time ON cases (received_at, id);

CREATE TABLE locations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  case_id BIGINT REFERENCES cases (id),
  position INTEGER NOT NULL,
  as_written TEXT NOT NULL,
  shown TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('web', 'network', 'unreadable')),
  detail TEXT NOT NULL,
  observed_at BIGINT,
  state TEXT NOT NULL CHECK (state IN ('reported', 'not_hosted', 'unreadable', 'removed', 'disabled')),
  state_at BIGINT NOT NULL,
  material BIGINT NOT NULL
);
CREATE INDEX locations_by_notice ON locations (notice_id, position);
CREATE INDEX locations_by_case ON locations (case_id, position) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_material ON locations (material) WHERE case_id IS NOT NULL;

CREATE TABLE responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  via TEXT NOT NULL
);
CREATE INDEX responses_by_case ON responses (case_id, id);

CREATE TABLE policies (
  version BIGINT PRIMARY KEY,
  in_force_from BIGINT NOT NULL,
  body TEXT NOT NULL,
  published_by TEXT NOT NULL,
  reason TEXT NOT NULL
);

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'effective', 'rejected')),
  grounds TEXT NOT NULL,
  reasons TEXT NOT NULL,
  proposed_by BIGINT NOT NULL,
  proposed_at BIGINT NOT NULL,
  second_by BIGINT,
  second_at BIGINT,
  second_note TEXT NOT NULL,
  policy_version BIGINT NOT NULL,
  active_strikes INTEGER NOT NULL,
  CHECK (second_by IS NULL OR second_by <> proposed_by)
);
CREATE INDEX decisions_by_customer ON decisions (customer_id, id);
CREATE UNIQUE INDEX decisions_pending ON decisions (customer_id) WHERE state = 'pending';
CREATE INDEX decisions_by_state ON decisions (state, id);
CREATE INDEX decisions_by_time ON decisions (kind, second_at);

CREATE TABLE flags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  raised_at BIGINT NOT NULL,
  policy_version BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  decided_at BIGINT,
  decision_id BIGINT REFERENCES decisions (id)
);
CREATE UNIQUE INDEX flags_open ON flags (customer_id) WHERE decided_at IS NULL;
CREATE INDEX flags_by_time ON flags (raised_at, id) WHERE decided_at IS NULL;

CREATE TABLE letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  customer_id BIGINT REFERENCES customers (id),
  to_name TEXT NOT NULL,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  text_part TEXT NOT NULL,
  html_part TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'deferred', 'failed', 'bounced')),
  carries_deadline BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  settled_at BIGINT,
  answer TEXT NOT NULL
);
CREATE INDEX letters_due ON letters (state, due_at, id);
CREATE INDEX letters_by_state ON letters (state, id);
CREATE INDEX letters_by_case ON letters (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX letters_by_notice ON letters (notice_id, id) WHERE notice_id IS NOT NULL;
CREATE INDEX letters_by_address ON letters (to_address, id);

CREATE TABLE links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  purpose TEXT NOT NULL CHECK (purpose IN ('respond', 'status')),
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX links_by_case ON links (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE staff (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'lead', 'admin')),
  password_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT
);

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- The append-only record. No code path updates or deletes a row here.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  facts TEXT NOT NULL,
  reason TEXT NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (subject, seq)
);

CREATE TABLE heads (
  subject TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX heads_by_change ON heads (changed_at);

CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  digest BLOB NOT NULL
);

CREATE TABLE checkpoint_heads (
  checkpoint_id BIGINT NOT NULL REFERENCES checkpoints (id),
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (checkpoint_id, subject)
);

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
  done_by TEXT NOT NULL
);
CREATE INDEX reviews_open ON reviews (raised_at, id) WHERE done_at IS NULL;
CREATE INDEX reviews_by_letter ON reviews (letter_id) WHERE done_at IS NULL;
CREATE INDEX reviews_by_case ON reviews (case_id) WHERE done_at IS NULL;

CREATE TABLE figures (
  month TEXT NOT NULL,
  figure TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (month, figure)
);
