-- One submission can hold several notices: a machine-written document, a digest by mail.
DROP INDEX notices_by_submission;
CREATE INDEX notices_by_submission ON notices (submission_id, id);
CREATE INDEX notices_by_sender_reference ON notices (sender_reference, id);

-- Facts about how it came in: envelope, what kind of mail, authentication results. JSON.
ALTER TABLE submissions ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE submissions ADD COLUMN api_key_id BIGINT;

CREATE INDEX reviews_by_submission ON reviews (submission_id) WHERE submission_id IS NOT NULL;

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  revoked_at BIGINT
);

-- Answers kept for a day, so that a repeat with the same Idempotency-Key does nothing again.
CREATE TABLE idempotent_answers (
  key_hash BLOB PRIMARY KEY,
  body_digest BLOB NOT NULL,
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX idempotent_answers_by_time ON idempotent_answers (created_at);

CREATE TABLE webhook_endpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL,
  kinds TEXT NOT NULL,
  secret TEXT NOT NULL,
  previous_secret TEXT,
  previous_until BIGINT,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  disabled_at BIGINT
);

CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  endpoint_id BIGINT NOT NULL REFERENCES webhook_endpoints (id),
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'delivered', 'failed')),
  created_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  settled_at BIGINT,
  answer TEXT NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
