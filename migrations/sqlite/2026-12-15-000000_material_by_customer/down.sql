-- The digest's upper 20 bits are gone. The keys keep working among themselves; material named before is not found again
-- by a version that makes the longer ones.
SELECT 1;
