-- Who sends notices: one row for each complainant (by mail address) and for each sending domain.
CREATE TABLE senders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('address', 'domain')),
  domain_id BIGINT REFERENCES senders (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  address TEXT NOT NULL,
  channel TEXT NOT NULL,
  setting TEXT NOT NULL CHECK (setting IN ('automatic', 'trusted', 'restricted')),
  grade TEXT NOT NULL CHECK (grade IN ('trusted', 'good', 'watch', 'restricted', 'first')),
  sent BIGINT NOT NULL,
  names INTEGER NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  confirmed_at BIGINT
);
CREATE INDEX senders_by_volume ON senders (kind, sent DESC, id);
CREATE INDEX senders_by_grade ON senders (grade, kind, sent DESC, id);
CREATE INDEX senders_by_name ON senders (name_key);
CREATE INDEX senders_by_address ON senders (address);
CREATE INDEX senders_by_domain ON senders (domain_id, sent DESC, id) WHERE domain_id IS NOT NULL;

CREATE TABLE sender_names (
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  name_key TEXT NOT NULL,
  PRIMARY KEY (sender_id, name_key)
);

-- Figures by the month in which the notice was received.
CREATE TABLE sender_months (
  sender_id BIGINT NOT NULL REFERENCES senders (id),
  month TEXT NOT NULL,
  sent BIGINT NOT NULL,
  complete BIGINT NOT NULL,
  curable BIGINT NOT NULL,
  defective BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  countered BIGINT NOT NULL,
  unmatched BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  PRIMARY KEY (sender_id, month)
);

ALTER TABLE notices ADD COLUMN sender_id BIGINT REFERENCES senders (id);
ALTER TABLE notices ADD COLUMN content_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN body_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN works_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN cures BIGINT REFERENCES notices (id);
ALTER TABLE notices ADD COLUMN duplicate_of BIGINT REFERENCES notices (id);
ALTER TABLE notices ADD COLUMN signals TEXT NOT NULL DEFAULT '[]';
ALTER TABLE notices ADD COLUMN withdrawn_at BIGINT;
CREATE INDEX notices_by_sender ON notices (sender_id, received_at, id);
CREATE INDEX notices_by_content ON notices (content_key);
CREATE INDEX notices_by_body ON notices (sender_id, body_key);
CREATE INDEX notices_by_cured ON notices (cures) WHERE cures IS NOT NULL;

-- Until when the sender can confirm the mail address before a person looks; nothing once that is settled.
ALTER TABLE cases ADD COLUMN confirm_by BIGINT;
ALTER TABLE cases ADD COLUMN downstream BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX cases_to_confirm ON cases (confirm_by) WHERE confirm_by IS NOT NULL;

-- Strikes are shown apart for segments of downstream providers.
DROP INDEX customers_by_strikes;
CREATE INDEX customers_by_strikes ON customers (active_strikes DESC, id, segment);

-- Locations have more states, and say who put them there.
DROP INDEX locations_by_notice;
DROP INDEX locations_by_case;
DROP INDEX locations_by_material;
ALTER TABLE locations RENAME TO locations_before;
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
  state TEXT NOT NULL CHECK (state IN ('reported', 'not_hosted', 'unreadable', 'duplicate', 'removed',
    'disable_requested', 'disabled', 'restore_requested', 'restored', 'released', 'withdrawn')),
  state_at BIGINT NOT NULL,
  material BIGINT NOT NULL,
  state_by TEXT NOT NULL,
  duplicate_of BIGINT,
  counter_id BIGINT,
  withdrawn_at BIGINT,
  probe_at BIGINT,
  confirm_by BIGINT
);
INSERT INTO locations
SELECT id, notice_id, case_id, position, as_written, shown, kind, detail, observed_at, state, state_at, material, '',
  NULL, NULL, NULL, NULL, NULL FROM locations_before;
DROP TABLE locations_before;
CREATE INDEX locations_by_notice ON locations (notice_id, position);
CREATE INDEX locations_by_case ON locations (case_id, position) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_material ON locations (material) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_repeated ON locations (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX locations_by_counter ON locations (counter_id) WHERE counter_id IS NOT NULL;
CREATE INDEX locations_to_confirm ON locations (confirm_by) WHERE confirm_by IS NOT NULL;
CREATE INDEX locations_to_probe ON locations (probe_at) WHERE probe_at IS NOT NULL;

-- Links have one more purpose: confirming a mail address.
DROP INDEX links_by_case;
ALTER TABLE links RENAME TO links_before;
CREATE TABLE links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  purpose TEXT NOT NULL CHECK (purpose IN ('respond', 'status', 'confirm')),
  case_id BIGINT REFERENCES cases (id),
  notice_id BIGINT REFERENCES notices (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
INSERT INTO links SELECT id, token_hash, purpose, case_id, notice_id, created_at, expires_at, revoked_at
FROM links_before;
DROP TABLE links_before;
CREATE INDEX links_by_case ON links (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE counter_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  submission_id BIGINT NOT NULL REFERENCES submissions (id),
  received_at BIGINT NOT NULL,
  zone TEXT NOT NULL,
  restore_from BIGINT NOT NULL,
  alarm_at BIGINT NOT NULL,
  restore_until BIGINT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  jurisdiction TEXT NOT NULL CHECK (jurisdiction IN ('us', 'outside')),
  consent TEXT NOT NULL,
  reason TEXT NOT NULL,
  signature TEXT NOT NULL,
  wording INTEGER NOT NULL,
  locations INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'due', 'restored', 'moot')),
  state_at BIGINT NOT NULL,
  alarm INTEGER NOT NULL,
  next_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX counter_notices_by_case ON counter_notices (case_id, id);
CREATE INDEX counter_notices_by_state ON counter_notices (state, restore_from, id);
CREATE INDEX counter_notices_due ON counter_notices (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX counter_notices_by_time ON counter_notices (received_at);

CREATE TABLE court_actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  counter_id BIGINT NOT NULL REFERENCES counter_notices (id),
  kind TEXT NOT NULL CHECK (kind IN ('court', 'ccb')),
  court TEXT NOT NULL,
  docket TEXT NOT NULL,
  filed_on TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  in_time BOOLEAN NOT NULL,
  via TEXT NOT NULL
);
CREATE INDEX court_actions_by_counter ON court_actions (counter_id, id);

CREATE TABLE withdrawals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  notice_id BIGINT NOT NULL REFERENCES notices (id),
  at BIGINT NOT NULL,
  via TEXT NOT NULL,
  reason TEXT NOT NULL,
  locations INTEGER NOT NULL,
  whole BOOLEAN NOT NULL
);
CREATE INDEX withdrawals_by_notice ON withdrawals (notice_id, id);
CREATE INDEX withdrawals_by_time ON withdrawals (at);

-- Files people sent, once for each content, and who sent them for what.
CREATE TABLE attachment_bodies (
  digest BLOB PRIMARY KEY,
  size BIGINT NOT NULL,
  body BLOB NOT NULL
);

CREATE TABLE attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  response_id BIGINT REFERENCES responses (id),
  counter_id BIGINT REFERENCES counter_notices (id),
  court_id BIGINT REFERENCES court_actions (id),
  digest BLOB NOT NULL REFERENCES attachment_bodies (digest),
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL,
  via TEXT NOT NULL
);
CREATE INDEX attachments_by_case ON attachments (case_id, id);

CREATE INDEX reviews_by_notice ON reviews (notice_id) WHERE notice_id IS NOT NULL;

-- What a look at a location found: evidence, never overwritten.
CREATE TABLE probes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  location_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('online', 'gone', 'unclear', 'refused')),
  status INTEGER,
  address TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX probes_by_location ON probes (location_id, id);
CREATE INDEX probes_by_case ON probes (case_id, id);
