DROP INDEX webhook_deliveries_of_endpoint_due;
ALTER TABLE webhook_endpoints DROP COLUMN paused_until;
ALTER TABLE webhook_endpoints DROP COLUMN failures;
