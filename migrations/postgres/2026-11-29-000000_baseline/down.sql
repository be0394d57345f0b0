DROP VIEW v_events;
DROP VIEW v_letters;
DROP VIEW v_strikes;
DROP VIEW v_locations;
DROP VIEW v_cases;
DROP VIEW v_notices;
DROP TABLE event_values, events, figures, feed_marks, checkpoint_heads, checkpoints, heads, webhook_deliveries, webhook_endpoints, links, pending_outcomes, gathered_letters, counted_letters, sent_letters, letter_data, letters, attachments, attachment_bodies, withdrawal_letters, withdrawals, court_actions, counter_notices, flags, decisions, strike_counts, strikes, policies, probes, locations, reviews, responses, cases, works, notices, submissions, sender_tallies, sender_claims, sender_months, sender_names, senders, assets, contacts, customers, clock_doubts, idempotent_answers, api_keys, recovery_codes, second_factors, sessions, staff, installation CASCADE;
DROP FUNCTION record_is_appended_to();
DROP FUNCTION values_are_only_forgotten();
