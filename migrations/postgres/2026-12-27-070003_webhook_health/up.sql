-- How calls to an endpoint go: rounds that failed in a row, and until when it is left alone.
ALTER TABLE webhook_endpoints ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN paused_until BIGINT;
-- Each endpoint has a queue of its own.
CREATE INDEX webhook_deliveries_of_endpoint_due ON webhook_deliveries (endpoint_id, state, due_at, id);
