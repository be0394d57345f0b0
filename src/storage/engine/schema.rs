//! Tables of both databases. Kept equal to the migrations by `tests/it/migrations.rs`.

diesel::table! {
    installation (id) {
        id -> BigInt,
        secret -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    customers (id) {
        id -> BigInt,
        external_id -> Text,
        name -> Text,
        name_key -> Text,
        segment -> Text,
        standing -> Text,
        standing_since -> BigInt,
        warned -> Bool,
        active_strikes -> Integer,
        total_strikes -> Integer,
        last_strike_at -> Nullable<BigInt>,
        unanswered -> Integer,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    contacts (id) {
        id -> BigInt,
        customer_id -> BigInt,
        role -> Text,
        name -> Text,
        email -> Text,
        phone -> Text,
        failed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    assets (id) {
        id -> BigInt,
        customer_id -> BigInt,
        key -> Text,
        valid_from -> BigInt,
        valid_until -> BigInt,
    }
}

diesel::table! {
    submissions (id) {
        id -> BigInt,
        received_at -> BigInt,
        channel -> Text,
        sender_address -> Text,
        user_agent -> Text,
        content_type -> Text,
        body -> Binary,
        digest -> Binary,
        dedup_key -> Nullable<Binary>,
        problem -> Nullable<Text>,
        facts -> Text,
        api_key_id -> Nullable<BigInt>,
        packing -> Integer,
    }
}

diesel::table! {
    notices (id) {
        id -> BigInt,
        reference -> Text,
        submission_id -> BigInt,
        received_at -> BigInt,
        class -> Text,
        complainant_name -> Text,
        organization -> Text,
        email -> Text,
        phone -> Text,
        address -> Text,
        role -> Text,
        rights_owner -> Text,
        good_faith -> Bool,
        accurate -> Bool,
        authority -> Bool,
        fair_use -> Bool,
        wording -> Integer,
        signature -> Text,
        sender_reference -> Text,
        findings -> Text,
        locations -> Integer,
        hosted -> Integer,
        unreadable -> Integer,
        sender_id -> Nullable<BigInt>,
        content_key -> BigInt,
        body_key -> BigInt,
        works_key -> BigInt,
        cures -> Nullable<BigInt>,
        duplicate_of -> Nullable<BigInt>,
        signals -> Text,
        withdrawn_at -> Nullable<BigInt>,
        proof -> Text,
    }
}

diesel::table! {
    works (id) {
        id -> BigInt,
        notice_id -> BigInt,
        position -> Integer,
        title -> Text,
        description -> Text,
        original -> Text,
        packed -> Nullable<Binary>,
    }
}

diesel::table! {
    strikes (id) {
        id -> BigInt,
        customer_id -> BigInt,
        case_id -> BigInt,
        received_at -> BigInt,
        told_at -> Nullable<BigInt>,
        counted_at -> BigInt,
        expires_at -> BigInt,
        status -> Text,
        policy_version -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_reason -> Text,
    }
}

diesel::table! {
    clock_doubts (id) {
        id -> BigInt,
        off -> BigInt,
        seen_at -> BigInt,
        confirmed_by -> Nullable<Text>,
    }
}

diesel::table! {
    cases (id) {
        id -> BigInt,
        reference -> Text,
        notice_id -> BigInt,
        customer_id -> BigInt,
        state -> Text,
        site -> Text,
        segment -> Text,
        sender -> Text,
        locations -> Integer,
        missing -> Integer,
        received_at -> BigInt,
        forwarded_at -> Nullable<BigInt>,
        deadline -> Nullable<BigInt>,
        extended -> Bool,
        remind_at -> Nullable<BigInt>,
        answer -> Nullable<Text>,
        answered_at -> Nullable<BigInt>,
        outcome -> Nullable<Text>,
        closed_at -> Nullable<BigInt>,
        counts -> Bool,
        strike_id -> Nullable<BigInt>,
        version -> BigInt,
        sort_at -> BigInt,
        confirm_by -> Nullable<BigInt>,
        downstream -> Bool,
        ordinal -> Integer,
        reached_at -> Nullable<BigInt>,
        reached_letter -> Nullable<BigInt>,
        answer_period -> Nullable<BigInt>,
        reach_until -> Nullable<BigInt>,
        clock_stopped -> Bool,
    }
}

diesel::table! {
    locations (id) {
        id -> BigInt,
        notice_id -> BigInt,
        case_id -> Nullable<BigInt>,
        position -> Integer,
        as_written -> Text,
        shown -> Text,
        kind -> Text,
        detail -> Text,
        observed_at -> Nullable<BigInt>,
        state -> Text,
        state_at -> BigInt,
        material -> BigInt,
        state_by -> Text,
        duplicate_of -> Nullable<BigInt>,
        counter_id -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
        probe_at -> Nullable<BigInt>,
        confirm_by -> Nullable<BigInt>,
        withdrawal_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    responses (id) {
        id -> BigInt,
        case_id -> BigInt,
        at -> BigInt,
        kind -> Text,
        note -> Text,
        via -> Text,
    }
}

diesel::table! {
    policies (version) {
        version -> BigInt,
        in_force_from -> BigInt,
        body -> Text,
        published_by -> Text,
        reason -> Text,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        customer_id -> BigInt,
        kind -> Text,
        state -> Text,
        grounds -> Text,
        reasons -> Text,
        proposed_by -> BigInt,
        proposed_at -> BigInt,
        second_by -> Nullable<BigInt>,
        second_at -> Nullable<BigInt>,
        second_note -> Text,
        policy_version -> BigInt,
        active_strikes -> Integer,
    }
}

diesel::table! {
    flags (id) {
        id -> BigInt,
        customer_id -> BigInt,
        raised_at -> BigInt,
        policy_version -> BigInt,
        reasons -> Text,
        decided_at -> Nullable<BigInt>,
        decision_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    letters (id) {
        id -> BigInt,
        message_id -> Text,
        kind -> Text,
        case_id -> Nullable<BigInt>,
        notice_id -> Nullable<BigInt>,
        customer_id -> Nullable<BigInt>,
        to_name -> Text,
        to_address -> Text,
        subject -> Text,
        state -> Text,
        carries_deadline -> Bool,
        created_at -> BigInt,
        attempts -> Integer,
        due_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        answer -> Text,
        bounced_at -> Nullable<BigInt>,
        bounce_answer -> Text,
        complained_at -> Nullable<BigInt>,
        answers_id -> Nullable<BigInt>,
        tokens -> Text,
    }
}

diesel::table! {
    counted_letters (id) {
        id -> BigInt,
        receiver -> Text,
        domain -> Nullable<Text>,
        kind -> Text,
        sent_at -> BigInt,
    }
}

diesel::table! {
    gathered_letters (letter_id) {
        letter_id -> BigInt,
        receiver -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    pending_outcomes (notice_id) {
        notice_id -> BigInt,
        due_at -> BigInt,
    }
}

diesel::table! {
    strike_counts (segment, strikes) {
        segment -> Text,
        strikes -> Integer,
        accounts -> BigInt,
    }
}

diesel::table! {
    letter_data (letter_id) {
        letter_id -> BigInt,
        language -> Text,
        version -> Integer,
        data -> Text,
    }
}

diesel::table! {
    sent_letters (letter_id) {
        letter_id -> BigInt,
        sent_at -> BigInt,
        template_version -> Integer,
        digest -> Binary,
        message -> Binary,
        packing -> Integer,
    }
}

diesel::table! {
    links (id) {
        id -> BigInt,
        token_hash -> Binary,
        purpose -> Text,
        case_id -> Nullable<BigInt>,
        notice_id -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        staff_id -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    second_factors (staff_id) {
        staff_id -> BigInt,
        secret -> Binary,
        last_step -> BigInt,
        since -> BigInt,
    }
}

diesel::table! {
    recovery_codes (staff_id, code_hash) {
        staff_id -> BigInt,
        code_hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        subject -> Text,
        seq -> BigInt,
        at -> BigInt,
        actor -> Text,
        kind -> Text,
        facts -> Text,
        salt -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    event_values (event_id, name) {
        event_id -> BigInt,
        name -> Text,
        commitment -> Binary,
        salt -> Nullable<Binary>,
        value -> Nullable<Text>,
        vault -> Text,
    }
}

diesel::joinable!(event_values -> events (event_id));

diesel::table! {
    heads (subject) {
        subject -> Text,
        seq -> BigInt,
        hash -> Binary,
        changed_at -> BigInt,
    }
}

diesel::table! {
    checkpoints (id) {
        id -> BigInt,
        at -> BigInt,
        digest -> Binary,
    }
}

diesel::table! {
    checkpoint_heads (checkpoint_id, subject) {
        checkpoint_id -> BigInt,
        subject -> Text,
        seq -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    feed_marks (id) {
        id -> BigInt,
        settled -> BigInt,
        pending -> BigInt,
        pending_xact -> BigInt,
    }
}

diesel::table! {
    reviews (id) {
        id -> BigInt,
        kind -> Text,
        case_id -> Nullable<BigInt>,
        notice_id -> Nullable<BigInt>,
        letter_id -> Nullable<BigInt>,
        submission_id -> Nullable<BigInt>,
        note -> Text,
        raised_at -> BigInt,
        done_at -> Nullable<BigInt>,
        done_by -> Text,
    }
}

diesel::table! {
    figures (month, figure) {
        month -> Text,
        figure -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        name -> Text,
        token_hash -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        created_by -> Text,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotent_answers (key_hash) {
        key_hash -> Binary,
        body_digest -> Binary,
        status -> Integer,
        answer -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    webhook_endpoints (id) {
        id -> BigInt,
        url -> Text,
        kinds -> Text,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_until -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Text,
        disabled_at -> Nullable<BigInt>,
        failures -> Integer,
        paused_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> BigInt,
        endpoint_id -> BigInt,
        message_id -> Text,
        kind -> Text,
        body -> Text,
        state -> Text,
        created_at -> BigInt,
        attempts -> Integer,
        due_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        answer -> Text,
    }
}

diesel::table! {
    senders (id) {
        id -> BigInt,
        key -> Text,
        kind -> Text,
        domain_id -> Nullable<BigInt>,
        name -> Text,
        name_key -> Text,
        address -> Text,
        channel -> Text,
        setting -> Text,
        grade -> Text,
        sent -> BigInt,
        names -> Integer,
        first_at -> BigInt,
        last_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        proved -> BigInt,
        proved_names -> Integer,
        name_is_proved -> Bool,
    }
}

diesel::table! {
    sender_names (sender_id, name_key) {
        sender_id -> BigInt,
        name_key -> Text,
        proved -> Bool,
    }
}

diesel::table! {
    sender_tallies (id) {
        id -> BigInt,
        sender_id -> BigInt,
        received_at -> BigInt,
        name -> Text,
        channel -> Text,
        sent -> BigInt,
        complete -> BigInt,
        curable -> BigInt,
        defective -> BigInt,
        withdrawn -> BigInt,
        countered -> BigInt,
        unmatched -> BigInt,
        duplicate -> BigInt,
        proved -> Bool,
    }
}

diesel::table! {
    sender_claims (sender_id, month) {
        sender_id -> BigInt,
        month -> Text,
        sent -> BigInt,
        complete -> BigInt,
        curable -> BigInt,
        defective -> BigInt,
        withdrawn -> BigInt,
        countered -> BigInt,
        unmatched -> BigInt,
        duplicate -> BigInt,
    }
}

diesel::table! {
    sender_months (sender_id, month) {
        sender_id -> BigInt,
        month -> Text,
        sent -> BigInt,
        complete -> BigInt,
        curable -> BigInt,
        defective -> BigInt,
        withdrawn -> BigInt,
        countered -> BigInt,
        unmatched -> BigInt,
        duplicate -> BigInt,
    }
}

diesel::table! {
    counter_notices (id) {
        id -> BigInt,
        case_id -> BigInt,
        submission_id -> BigInt,
        received_at -> BigInt,
        zone -> Text,
        restore_from -> BigInt,
        alarm_at -> BigInt,
        restore_until -> BigInt,
        name -> Text,
        address -> Text,
        phone -> Text,
        jurisdiction -> Text,
        consent -> Text,
        reason -> Text,
        signature -> Text,
        wording -> Integer,
        locations -> Integer,
        state -> Text,
        state_at -> BigInt,
        alarm -> Integer,
        next_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    court_actions (id) {
        id -> BigInt,
        counter_id -> BigInt,
        kind -> Text,
        court -> Text,
        docket -> Text,
        filed_on -> Text,
        received_at -> BigInt,
        in_time -> Bool,
        via -> Text,
    }
}

diesel::table! {
    withdrawals (id) {
        id -> BigInt,
        notice_id -> BigInt,
        at -> BigInt,
        via -> Text,
        reason -> Text,
        locations -> Integer,
        whole -> Bool,
    }
}

diesel::table! {
    withdrawal_letters (id) {
        id -> BigInt,
        notice_id -> BigInt,
        case_id -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        told_at -> Nullable<BigInt>,
        told_through -> BigInt,
        returning_count -> BigInt,
        held_count -> BigInt,
        had_strike -> Bool,
    }
}

diesel::table! {
    attachment_bodies (digest) {
        digest -> Binary,
        size -> BigInt,
        body -> Binary,
    }
}

diesel::table! {
    attachments (id) {
        id -> BigInt,
        case_id -> BigInt,
        response_id -> Nullable<BigInt>,
        counter_id -> Nullable<BigInt>,
        court_id -> Nullable<BigInt>,
        digest -> Binary,
        file_name -> Text,
        media_type -> Text,
        size -> BigInt,
        at -> BigInt,
        via -> Text,
    }
}

diesel::table! {
    probes (id) {
        id -> BigInt,
        location_id -> BigInt,
        case_id -> BigInt,
        at -> BigInt,
        outcome -> Text,
        status -> Nullable<Integer>,
        address -> Text,
        detail -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    installation,
    customers,
    contacts,
    assets,
    submissions,
    notices,
    works,
    strikes,
    cases,
    locations,
    responses,
    policies,
    decisions,
    flags,
    letters,
    letter_data,
    sent_letters,
    strike_counts,
    links,
    staff,
    sessions,
    second_factors,
    recovery_codes,
    events,
    event_values,
    heads,
    checkpoints,
    checkpoint_heads,
    feed_marks,
    reviews,
    figures,
    api_keys,
    idempotent_answers,
    webhook_endpoints,
    webhook_deliveries,
    senders,
    sender_names,
    sender_claims,
    sender_months,
    sender_tallies,
    counted_letters,
    gathered_letters,
    pending_outcomes,
    counter_notices,
    court_actions,
    withdrawals,
    withdrawal_letters,
    attachment_bodies,
    attachments,
    probes
);

diesel::joinable!(cases -> customers (customer_id));
diesel::joinable!(cases -> notices (notice_id));
diesel::joinable!(counter_notices -> submissions (submission_id));
diesel::joinable!(flags -> customers (customer_id));
diesel::joinable!(gathered_letters -> letters (letter_id));
diesel::joinable!(letter_data -> letters (letter_id));
diesel::joinable!(sent_letters -> letters (letter_id));
diesel::joinable!(second_factors -> staff (staff_id));
diesel::joinable!(sessions -> staff (staff_id));
diesel::joinable!(reviews -> cases (case_id));
diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
