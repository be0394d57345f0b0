-- An asset has one owner at a time. Two accounts that had the same one without end: as before, the one with the later
-- start has it, and what the other had ends there. Both are noted, so that the host can say which is right.
CREATE TABLE asset_conflicts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  ended_customer BIGINT NOT NULL REFERENCES customers (id),
  kept_customer BIGINT NOT NULL REFERENCES customers (id),
  at BIGINT NOT NULL,
  found_at BIGINT NOT NULL
);
CREATE INDEX asset_conflicts_by_key ON asset_conflicts (key);

INSERT INTO asset_conflicts (key, ended_customer, kept_customer, at, found_at)
SELECT key, customer_id, next_customer, next_from, CAST(strftime('%s', 'now') AS INTEGER) * 1000
FROM (
  SELECT key, customer_id,
    LEAD(customer_id) OVER (PARTITION BY key ORDER BY valid_from, id) AS next_customer,
    LEAD(valid_from) OVER (PARTITION BY key ORDER BY valid_from, id) AS next_from
  FROM assets
  WHERE valid_until = 9223372036854775807
) AS open
WHERE next_customer IS NOT NULL AND next_customer <> customer_id;

UPDATE assets
SET valid_until = open.next_from
FROM (
  SELECT id, LEAD(valid_from) OVER (PARTITION BY key ORDER BY valid_from, id) AS next_from
  FROM assets
  WHERE valid_until = 9223372036854775807
) AS open
WHERE open.id = assets.id AND open.next_from IS NOT NULL;

-- A second index over all keys would cost every import; the one writer looks into the one that is there.
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

-- What the program itself brings up to date, row after row, before it starts: how far each has come. Places have one
-- spelling (RFC 3986 section 6.2.2); keys that were made before it was so are made anew.
CREATE TABLE renewals (
  name TEXT PRIMARY KEY,
  after BIGINT NOT NULL
);
INSERT INTO renewals (name, after) VALUES ('assets', 0), ('material', 0);
