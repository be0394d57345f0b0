-- Who is behind a notice, as far as that is proved (src/domain/intake/proof.rs); empty where an address was only typed.
ALTER TABLE notices ADD COLUMN proof TEXT NOT NULL DEFAULT '';
UPDATE notices SET proof = (SELECT 'key:' || s.api_key_id FROM submissions s WHERE s.id = notices.submission_id)
  WHERE submission_id IN (SELECT id FROM submissions WHERE api_key_id IS NOT NULL AND channel = 'api');
