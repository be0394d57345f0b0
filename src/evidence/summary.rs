//! What the summary says, in the order in which counsel asks: what was known, what was sent, what was done, and when.

use super::collect::Collected;
use super::made::Made;
use super::pdf::Block;
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::Work;
use crate::domain::regimes::us_512::counter_notice::{PERJURY, SERVICE};
use crate::storage::cases::Case;

/// Locations that are listed; all of them stand in `case.json`.
const LISTED: usize = 200;

/// The blocks of the summary.
pub(super) fn blocks(all: &Collected, case: &Case, made: &Made<'_>) -> Vec<Block> {
    let mut out = vec![
        Block::Title(format!("Case {}", case.reference)),
        Block::Line(format!(
            "Summary of the record of {}, made on {} by {}. The exact texts stand in the other files of this archive; their digests in manifest.json.",
            made.host,
            made.at.full(),
            made.by
        )),
    ];
    known(all, case, &mut out);
    locations(all, &mut out);
    sent(all, &mut out);
    said(all, &mut out);
    disputes(all, &mut out);
    files(all, &mut out);
    out
}

fn fact(out: &mut Vec<Block>, label: &str, value: impl Into<String>) {
    let value = value.into();
    if !value.is_empty() {
        out.push(Block::Fact(label.to_owned(), value));
    }
}

fn known(all: &Collected, case: &Case, out: &mut Vec<Block>) {
    let n = &all.notice;
    out.push(Block::Heading("The notice".to_owned()));
    fact(out, "Reference", n.reference.to_string());
    fact(out, "Received", n.received_at.full());
    fact(out, "By", all.submission.channel.clone());
    fact(out, "From", n.reported_by());
    fact(out, "Contact", format!("{} {}", n.complainant.email_written, n.complainant.phone));
    fact(out, "Works", Work::list(&all.works, 20).join("; "));
    fact(out, "Class", n.class.code());
    fact(out, "Signature", n.signature.clone());
    for statement in n.statements.made() {
        fact(out, "Statement", statement);
    }
    fact(out, "SHA-256 as received", all.digest());
    out.push(Block::Heading("The case".to_owned()));
    fact(out, "Customer", format!("{} ({}), segment {}", all.customer.name, all.customer.external_id, case.segment));
    fact(out, "Downstream provider", if case.downstream { "yes: the material is of a customer of theirs" } else { "" });
    fact(out, "Forwarded", case.forwarded_at.map(Moment::full).unwrap_or_default());
    fact(out, "Customer reached", case.reached_at.map(Moment::full).unwrap_or_default());
    fact(out, "State", case.state.label().1);
    fact(out, "Closed", case.closed_at.map(Moment::full).unwrap_or_default());
    let strike = all.strike.as_ref().map(|s| {
        format!(
            "{}, policy version {}, until {}. {}",
            s.status.label().1,
            s.policy.0,
            s.expires_at.day(),
            s.ended_reason
        )
    });
    fact(out, "Strike", strike.unwrap_or_else(|| "none counts".to_owned()));
    for w in &all.withdrawals {
        let what = if w.whole { "the whole notice".to_owned() } else { format!("{} addresses", w.locations) };
        fact(out, "Withdrawn", format!("{}: {what}, by {}. {}", w.when(), w.via, w.reason));
    }
}

fn locations(all: &Collected, out: &mut Vec<Block>) {
    out.push(Block::Heading(format!("Locations ({})", all.locations.len())));
    for l in all.locations.iter().take(LISTED) {
        let by = if l.state_by.is_empty() { String::new() } else { format!(", by {}", l.state_by) };
        fact(out, l.label().1, format!("{} ({}{by})", l.told(), Moment(l.state_at).long()));
    }
    if all.locations.len() > LISTED {
        out.push(Block::Line(format!("and {} more in case.json", all.locations.len() - LISTED)));
    }
    for p in &all.probes {
        let status = p.status.map_or_else(String::new, |s| format!(", status {s}"));
        fact(
            out,
            "Checked",
            format!("location {}: {}{status} on {} {}", p.location_id, p.label().1, Moment(p.at).full(), p.detail),
        );
    }
}

fn sent(all: &Collected, out: &mut Vec<Block>) {
    out.push(Block::Heading(format!("Letters ({})", all.letters.len())));
    for l in &all.letters {
        let settled = l.settled_at.map_or_else(String::new, |at| format!(" on {}", Moment(at).full()));
        let answer = if l.answer.is_empty() { String::new() } else { format!(": {}", l.answer) };
        let back = l
            .bounced_at
            .map_or_else(String::new, |at| format!("; came back on {}: {}", Moment(at).full(), l.bounce_answer));
        let words = format!("{} to {}. {}{settled}{answer}{back}", l.subject, l.to_address, l.state);
        fact(out, &Moment(l.created_at).iso(), words);
    }
}

fn said(all: &Collected, out: &mut Vec<Block>) {
    if all.answers.is_empty() {
        return;
    }
    out.push(Block::Heading("Answers of the customer".to_owned()));
    for a in all.answers.iter().rev() {
        fact(out, &a.at.iso(), format!("{}, by {}\n{}", a.kind.label(), a.via, a.note));
    }
}

fn disputes(all: &Collected, out: &mut Vec<Block>) {
    for (c, received) in &all.counters {
        let window = c.put_back();
        out.push(Block::Heading(format!("Counter-notice {}", c.id)));
        fact(out, "Received", c.received());
        fact(
            out,
            "How it came",
            if c.on_paper { "by mail, email, or fax; entered by staff" } else { "through the customer’s link" },
        );
        fact(out, "From", format!("{}\n{}\n{}", c.name, c.address, c.phone));
        fact(out, "Locations", c.locations.to_string());
        fact(out, "Reason", c.reason.clone());
        for statement in [PERJURY, &c.consent, SERVICE] {
            fact(out, "Statement", statement);
        }
        fact(out, c.signed(), c.signature.clone());
        fact(out, "Access returns", window.between());
        fact(out, "State", format!("{} since {}", c.state.label().1, c.state_at.full()));
        fact(out, "SHA-256 as received", super::manifest::hex(&received.digest));
        for f in all.filed.iter().filter(|f| f.counter == c.id) {
            let when = if f.in_time { "before access returned" } else { "after access had returned" };
            let words = format!(
                "{}: {}, {}, filed {}, reported on {}, {when}",
                f.action.kind.label(),
                f.action.court,
                f.action.docket,
                f.action.filed_on,
                f.received_at.full()
            );
            fact(out, "Court action", words);
        }
    }
}

fn files(all: &Collected, out: &mut Vec<Block>) {
    if all.files.is_empty() {
        return;
    }
    out.push(Block::Heading("Files people sent".to_owned()));
    for f in &all.files {
        fact(out, f.sent_with(), format!("{}, {}, SHA-256 {}", f.file_name, f.size_shown(), f.sha256()));
    }
}
