-- Cases with something that was asked of the host's systems and is not confirmed: a list that staff read.
CREATE INDEX IF NOT EXISTS locations_requested ON locations (case_id)
    WHERE state IN ('disable_requested', 'restore_requested');
-- Notices of which some addresses are an account's and others are nobody's: staff look whether the import lacks them.
CREATE INDEX IF NOT EXISTS notices_in_part_without_owner ON notices (id)
    WHERE hosted > 0 AND locations > hosted + unreadable AND class <> 'defective' AND withdrawn_at IS NULL;
-- Notices that say another one again: they stand for themselves once that is withdrawn.
CREATE INDEX IF NOT EXISTS notices_by_repeated ON notices (duplicate_of) WHERE duplicate_of IS NOT NULL;
-- A `?` with nothing behind it is no part of the spelling of a place any more: keys of material are made anew.
INSERT INTO renewals (name, after) VALUES ('material', 0) ON CONFLICT (name) DO UPDATE SET after = 0;
