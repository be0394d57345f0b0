//! The one validator: 17 USC 512(c)(3)(A), the same for every way in.
//!
//! It demands no more than the statute: no registration number, no telephone where there is a mail
//! address, no fair-use statement. Perjury attaches to authority alone.

use super::elements::Class;
use super::finding::{Code, Finding, Weight, missing_elements};
use crate::domain::base::contact::EmailAddress;
use crate::domain::intake::location::{Location, Mend, Place};
use crate::domain::intake::notice::{Complainant, Notice, Role};

/// What the validator says of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Codes of what is missing, in the order of the findings.
    pub fn missing(&self) -> Vec<Code> {
        self.findings.iter().map(|f| f.code).filter(|c| c.weight() == Weight::Missing).collect()
    }
}

/// Checks a notice against the six elements. `read` are the remarks of the reader of a machine format.
pub fn verify(notice: &Notice, read: &[Finding]) -> Verdict {
    let mut findings = Vec::new();
    signature(notice, &mut findings);
    works(notice, &mut findings);
    material(notice, &mut findings);
    contact(&notice.complainant, &mut findings);
    statements(notice, &mut findings);
    findings.extend_from_slice(read);
    Verdict { class: Class::from_missing(&missing_elements(&findings)), findings }
}

/// (i) signature.
fn signature(notice: &Notice, findings: &mut Vec<Finding>) {
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    if notice.signature.is_empty() {
        findings.push(Finding::new(Code::SignatureMissing));
    } else if !notice.complainant.name.is_empty() && !same(&notice.signature, &notice.complainant.name) {
        let evidence = format!("Signed “{}”, sent by “{}”", notice.signature, notice.complainant.name);
        findings.push(Finding::with(Code::SignatureDiffers, evidence));
    }
}

/// (ii) the works.
fn works(notice: &Notice, findings: &mut Vec<Finding>) {
    if notice.works.is_empty() {
        findings.push(Finding::new(Code::WorkMissing));
    }
    let vague = notice.works.iter().filter(|w| w.description.is_empty() && w.original.is_empty()).count();
    if vague > 0 {
        findings.push(Finding::with(Code::WorkVague, format!("{vague} of {}", notice.works.len())));
    }
}

/// (iii) the material and where it is.
fn material(notice: &Notice, findings: &mut Vec<Finding>) {
    let all = &notice.locations;
    let count = |test: fn(&Location) -> bool| all.iter().filter(|l| test(l)).count();
    let unreadable = count(|l| matches!(l.place, Place::Unreadable(_)));
    let mut note = |code, n: usize| findings.push(Finding::with(code, format!("{n} of {}", all.len())));
    if all.is_empty() {
        note(Code::LocationMissing, 0);
        return;
    }
    if unreadable == all.len() {
        note(Code::LocationNoneReadable, unreadable);
    } else if unreadable > 0 {
        note(Code::LocationUnreadable, unreadable);
    }
    for (code, n) in [
        (Code::LocationWholeDomain, count(Location::is_whole_site)),
        (Code::LocationNoTime, count(|l| matches!(&l.place, Place::Network(n) if n.observed_at.is_none()))),
        (
            Code::LocationMended,
            count(|l| matches!(&l.place, Place::Web(w) if w.mended.iter().any(|m| *m != Mend::CredentialsRemoved))),
        ),
        (Code::LocationRepeated, notice.repeated),
    ] {
        if n > 0 {
            note(code, n);
        }
    }
}

/// (iv) contact: a name and at least one way to reach the sender. Mail is not required by the statute.
fn contact(complainant: &Complainant, findings: &mut Vec<Finding>) {
    if complainant.name.is_empty() && complainant.organization.is_empty() {
        findings.push(Finding::new(Code::ContactNoName));
    }
    let by_mail = complainant.email.as_ref().map(EmailAddress::as_str);
    if by_mail.is_none() && complainant.phone.is_empty() && complainant.address.is_empty() {
        findings.push(Finding::new(Code::ContactMissing));
    } else if by_mail.is_none() && !complainant.email_written.is_empty() {
        findings.push(Finding::new(Code::ContactBadEmail));
    }
}

/// (v) and (vi): each statement by itself.
fn statements(notice: &Notice, findings: &mut Vec<Finding>) {
    let made = &notice.statements;
    for (made, code) in [
        (made.good_faith, Code::GoodFaithMissing),
        (made.fair_use_considered, Code::FairUseNotStated),
        (made.accurate, Code::AccuracyMissing),
        (made.authorized_under_penalty_of_perjury, Code::AuthorityMissing),
    ] {
        if !made {
            findings.push(Finding::new(code));
        }
    }
    if notice.complainant.role == Role::Agent && notice.rights_owner.is_empty() {
        findings.push(Finding::new(Code::OwnerNotNamed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::intake::notice::{RawLocation, RawNotice, RawStatements, RawWork};

    /// A notice with all six elements.
    fn complete() -> RawNotice {
        let mut raw = RawNotice::default();
        raw.complainant.name = "Joel Finch".into();
        raw.complainant.email = "rights@holtfinch.example".into();
        raw.works = vec![RawWork {
            title: "Heron at Dawn".into(),
            description: "Photograph, 2019".into(),
            ..RawWork::default()
        }];
        raw.locations =
            vec![RawLocation { url: "https://alder-photo.example/heron.jpg".into(), ..RawLocation::default() }];
        raw.statements = RawStatements {
            good_faith: true,
            accurate: true,
            authorized_under_penalty_of_perjury: true,
            fair_use_considered: true,
        };
        raw.signature = "joel finch".into();
        raw
    }

    fn codes(raw: &RawNotice) -> (Class, Vec<&'static str>) {
        let verdict = verify(&raw.understand(), &[]);
        (verdict.class, verdict.findings.iter().map(|f| f.code.as_str()).collect())
    }

    #[test]
    fn a_complete_notice_has_no_findings() {
        assert_eq!(codes(&complete()), (Class::Complete, vec![]));
    }

    #[test]
    fn every_rule_has_its_code() {
        type Change = fn(&mut RawNotice);
        let table: &[(Change, Class, &str)] = &[
            (|n| n.signature.clear(), Class::Curable, "signature.missing"),
            (|n| n.signature = "Someone Else".into(), Class::Complete, "signature.differs_from_name"),
            (|n| n.works.clear(), Class::Defective, "work.missing"),
            (|n| n.works[0].description.clear(), Class::Complete, "work.vague"),
            (|n| n.locations.clear(), Class::Defective, "location.missing"),
            (|n| n.locations[0].url = "my photo".into(), Class::Defective, "location.none_readable"),
            (
                |n| n.locations.push(RawLocation { url: "my photo".into(), ..Default::default() }),
                Class::Complete,
                "location.unreadable",
            ),
            (|n| n.locations[0].url = "https://alder-photo.example".into(), Class::Complete, "location.whole_domain"),
            (
                |n| n.locations[0] = RawLocation { ip: "192.0.2.1".into(), ..Default::default() },
                Class::Complete,
                "location.time_missing",
            ),
            (|n| n.locations[0].url = "hxxp://alder-photo[.]example/x".into(), Class::Complete, "location.mended"),
            (|n| n.locations.push(n.locations[0].clone()), Class::Complete, "location.repeated"),
            (|n| n.complainant.name.clear(), Class::Defective, "contact.name_missing"),
            (|n| n.complainant.email.clear(), Class::Defective, "contact.missing"),
            (
                |n| {
                    n.complainant.email = "rights@holtfinch".into();
                    n.complainant.phone = "1".into();
                },
                Class::Complete,
                "contact.email_unusable",
            ),
            (|n| n.statements.good_faith = false, Class::Curable, "statement.good_faith_missing"),
            (|n| n.statements.fair_use_considered = false, Class::Complete, "statement.fair_use_not_stated"),
            (|n| n.statements.accurate = false, Class::Curable, "statement.accuracy_missing"),
            (
                |n| n.statements.authorized_under_penalty_of_perjury = false,
                Class::Curable,
                "statement.authority_missing",
            ),
            (|n| n.complainant.role = Role::Agent, Class::Complete, "rights_owner.not_named"),
        ];
        let mut seen: Vec<&str> = Vec::new();
        for (change, class, code) in table {
            let mut raw = complete();
            change(&mut raw);
            let (found, findings) = codes(&raw);
            assert_eq!(found, *class, "{code}: {findings:?}");
            assert!(findings.contains(code), "{code}: {findings:?}");
            seen.push(code);
        }
        for code in Code::ALL.iter().filter(|c| !c.is_of_reader()) {
            assert!(seen.contains(&code.as_str()), "{code:?} has no test");
        }
    }

    #[test]
    fn an_empty_notice_is_defective_and_lists_everything_at_once() {
        let (class, findings) = codes(&RawNotice::default());
        assert_eq!(class, Class::Defective);
        assert!(findings.len() >= 7, "{findings:?}");
    }
}
