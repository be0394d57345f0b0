//! The words of the status page: its heading, and what needs attention.

use super::loaded::Loaded;
use crate::domain::base::moment::plural;
use crate::domain::regimes::us_512::elements::Class;

/// Something the sender should look at.
pub(in crate::http::public) struct Attention {
    /// Section of the page.
    pub anchor: String,
    pub words: String,
}

/// What is open now, the most urgent first.
pub(super) fn attention(l: &Loaded, missing: usize) -> Vec<Attention> {
    let mut open: Vec<Attention> = l
        .disputes
        .iter()
        .filter(|d| d.counter.state.is_open())
        .map(|d| Attention {
            anchor: format!("counter-{}", d.counter.id),
            words: format!("Answer a counter-notice before {}", d.counter.put_back().notice_by()),
        })
        .collect();
    let notice = &l.sent.notice;
    if notice.class != Class::Complete && l.cured_by.is_none() && notice.withdrawn_at.is_none() {
        let n = i64::try_from(missing).unwrap_or(1);
        open.push(Attention { anchor: "cure".to_owned(), words: format!("Add {}", plural(n, "missing detail")) });
    }
    open
}

/// Heading of the page.
pub(in crate::http::public) fn title(attention: usize, withdrawn: bool, missing: Option<usize>) -> String {
    match (attention, missing) {
        _ if withdrawn => "Your notice is withdrawn".to_owned(),
        (0, _) => "Where your notice stands".to_owned(),
        (1, Some(1)) => "One detail is missing".to_owned(),
        (1, Some(n)) => format!("{n} details are missing"),
        (1, None) => "One thing needs your attention".to_owned(),
        (2, _) => "Two things need your attention".to_owned(),
        (n, _) => format!("{n} things need your attention"),
    }
}
