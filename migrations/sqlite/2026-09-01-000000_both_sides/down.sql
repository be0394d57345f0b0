DROP TABLE probes;
DROP INDEX reviews_by_notice;
DROP TABLE attachments;
DROP TABLE attachment_bodies;
DROP TABLE withdrawals;
DROP TABLE court_actions;
DROP TABLE counter_notices;
DROP INDEX links_by_case;
ALTER TABLE links RENAME TO links_after;
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
INSERT INTO links SELECT id, token_hash, purpose, case_id, notice_id, created_at, expires_at, revoked_at
FROM links_after WHERE purpose <> 'confirm';
DROP TABLE links_after;
CREATE INDEX links_by_case ON links (case_id) WHERE case_id IS NOT NULL;
DROP INDEX locations_to_confirm;
DROP INDEX locations_to_probe;
DROP INDEX locations_by_repeated;
DROP INDEX locations_by_counter;
DROP INDEX locations_by_material;
DROP INDEX locations_by_case;
DROP INDEX locations_by_notice;
ALTER TABLE locations RENAME TO locations_after;
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
INSERT INTO locations
SELECT id, notice_id, case_id, position, as_written, shown, kind, detail, observed_at,
  CASE WHEN state IN ('reported', 'not_hosted', 'unreadable', 'removed', 'disabled') THEN state ELSE 'reported' END,
  state_at, material FROM locations_after;
DROP TABLE locations_after;
CREATE INDEX locations_by_notice ON locations (notice_id, position);
CREATE INDEX locations_by_case ON locations (case_id, position) WHERE case_id IS NOT NULL;
CREATE INDEX locations_by_material ON locations (material) WHERE case_id IS NOT NULL;
DROP INDEX customers_by_strikes;
CREATE INDEX customers_by_strikes ON customers (active_strikes DESC, id);
DROP INDEX cases_to_confirm;
ALTER TABLE cases DROP COLUMN downstream;
ALTER TABLE cases DROP COLUMN confirm_by;
DROP INDEX notices_by_cured;
DROP INDEX notices_by_body;
DROP INDEX notices_by_content;
DROP INDEX notices_by_sender;
ALTER TABLE notices DROP COLUMN withdrawn_at;
ALTER TABLE notices DROP COLUMN signals;
ALTER TABLE notices DROP COLUMN duplicate_of;
ALTER TABLE notices DROP COLUMN cures;
ALTER TABLE notices DROP COLUMN works_key;
ALTER TABLE notices DROP COLUMN body_key;
ALTER TABLE notices DROP COLUMN content_key;
ALTER TABLE notices DROP COLUMN sender_id;
DROP TABLE sender_months;
DROP TABLE sender_names;
DROP TABLE senders;
