-- Notices about something that no account has: staff look whether the import lacks it.
CREATE INDEX notices_without_owner ON notices (id)
    WHERE hosted = 0 AND locations > unreadable AND class <> 'defective' AND withdrawn_at IS NULL AND duplicate_of IS NULL;
