-- A second factor of staff: codes of an authenticator app (RFC 6238). The secret is shared with the app, so it is kept as it is.
-- last_step: the last time step a code was taken for; each is taken once (RFC 6238 section 5.2).
CREATE TABLE second_factors (
  staff_id BIGINT PRIMARY KEY REFERENCES staff (id),
  secret BLOB NOT NULL,
  last_step BIGINT NOT NULL,
  since BIGINT NOT NULL
);

-- What to use when the app is lost: each works once, only its SHA-256 is kept.
CREATE TABLE recovery_codes (
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  code_hash BLOB NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (staff_id, code_hash)
);

-- Where somebody is signed in can be ended at once.
CREATE INDEX sessions_by_staff ON sessions (staff_id);

-- When the next strike of an account stops counting: without it every active strike of the house was looked at.
CREATE INDEX strikes_by_expiry ON strikes (customer_id, status, expires_at);
