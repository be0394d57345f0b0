use super::*;

fn states() -> Vec<CaseState> {
    let f = Forwarded { at: Moment(10), by: None, deadline: Moment(100), extended: false };
    let mut all = vec![
        CaseState::Received,
        CaseState::InReview,
        CaseState::Undelivered(Undelivered { at: Moment(5), period: Span(90), stopped: false }),
        CaseState::Awaiting(f),
        CaseState::Unanswered(f),
        CaseState::Unconfirmed(Moment(100)),
        CaseState::Closed(Outcome::NoAction, Moment(50)),
        CaseState::Closed(Outcome::Disabled, Moment(50)),
        CaseState::Closed(Outcome::Withdrawn, Moment(50)),
    ];
    all.extend(AnswerKind::ALL.map(|kind| CaseState::Answered(f, Answered { kind, at: Moment(20) })));
    all
}

#[test]
fn every_state_allows_exactly_these_steps() {
    for state in states() {
        let code = state.code();
        let may = |next: Next| next.is_ok();
        assert_eq!(may(state.forward(Moment(1), Span(2))), ["received", "review"].contains(&code), "{code}");
        assert_eq!(may(state.reach(Moment(1), None)), code == "forwarded", "{code}");
        let clock = ["awaiting", "unanswered"].contains(&code);
        assert_eq!(may(state.stop_clock(Moment(5), Span(90))), clock, "{code}");
        assert_eq!(may(state.reached_by_another(Moment(5), LetterId(2), Span(90), Moment(7))), clock, "{code}");
        let answerable = ["awaiting", "answered", "unanswered"].contains(&code);
        assert_eq!(may(state.answer(AnswerKind::Removed, Moment(50))), answerable, "{code}");
        let late = ["awaiting", "unanswered"].contains(&code);
        assert_eq!(may(state.answer(AnswerKind::Removed, Moment(101))), late, "{code}");
        assert_eq!(may(state.extend(Moment(50), Moment(200))), ["awaiting", "answered"].contains(&code), "{code}");
        assert!(!may(state.extend(Moment(101), Moment(200))), "{code}");
        assert_eq!(may(state.close(Outcome::Disabled, Moment(50))), code != "closed", "{code}");
        assert!(!may(state.pass_deadline(Moment(99))), "{code}");
        let unconfirmed = matches!(state, CaseState::Unconfirmed(_));
        assert_eq!(may(state.confirm()), unconfirmed, "{code}");
        assert_eq!(may(state.give_up_waiting(Moment(100))), unconfirmed, "{code}");
        assert!(!may(state.give_up_waiting(Moment(99))), "{code}");
        let withdrawn = matches!(state, CaseState::Closed(Outcome::Withdrawn, _));
        assert_eq!(may(state.withdraw(Moment(99))), !withdrawn, "{code}");
        let disabled = matches!(state, CaseState::Closed(Outcome::Disabled, _));
        assert_eq!(may(state.restore(Moment(99))), disabled, "{code}");
    }
}

#[test]
fn the_extension_is_given_once() {
    let f = Forwarded { at: Moment(10), by: None, deadline: Moment(100), extended: false };
    let extended = CaseState::Awaiting(f).extend(Moment(50), Moment(200)).unwrap();
    assert!(extended.extend(Moment(150), Moment(300)).is_err());
}

#[test]
fn the_deadline_turns_silence_into_unanswered_and_a_removal_into_closed() {
    let f = Forwarded { at: Moment(10), by: None, deadline: Moment(100), extended: false };
    assert_eq!(CaseState::Awaiting(f).pass_deadline(Moment(100)), Ok(CaseState::Unanswered(f)));
    let removed = CaseState::Answered(f, Answered { kind: AnswerKind::Removed, at: Moment(20) });
    assert_eq!(removed.pass_deadline(Moment(100)), Ok(CaseState::Closed(Outcome::Removed, Moment(100))));
    let disputed = CaseState::Answered(f, Answered { kind: AnswerKind::Disputed, at: Moment(20) });
    assert!(disputed.pass_deadline(Moment(100)).is_err());
}

#[test]
fn the_clock_runs_from_the_first_acceptance_and_stops_when_it_comes_back() {
    let forwarded = CaseState::Received.forward(Moment(5), Span(90)).unwrap();
    assert_eq!(forwarded.forwarded(), None);
    assert!(forwarded.pass_deadline(Moment(i64::MAX)).is_err());
    let awaiting = forwarded.reach(Moment(20), Some(LetterId(1))).unwrap();
    assert_eq!(awaiting.forwarded().unwrap().deadline, Moment(110));
    let stopped = awaiting.stop_clock(Moment(5), Span(90)).unwrap();
    assert!(stopped.pass_deadline(Moment(i64::MAX)).is_err());
    assert_eq!(stopped.reach(Moment(300), Some(LetterId(2))).unwrap().forwarded().unwrap().deadline, Moment(390));
}

#[test]
fn another_letter_carries_the_clock_on_no_earlier_than_from_itself() {
    let f = Forwarded { at: Moment(10), by: Some(LetterId(1)), deadline: Moment(100), extended: false };
    let goes_on = CaseState::Awaiting(f).reached_by_another(Moment(50), LetterId(2), Span(90), Moment(60)).unwrap();
    assert_eq!(goes_on.forwarded().unwrap().deadline, Moment(140));
    let ended = CaseState::Unanswered(f);
    let again = ended.reached_by_another(Moment(50), LetterId(2), Span(90), Moment(120)).unwrap();
    assert_eq!(again.code(), "awaiting");
    let still = ended.reached_by_another(Moment(50), LetterId(2), Span(90), Moment(140)).unwrap();
    assert_eq!(still.code(), "unanswered");
}
