//! The copy of a notice for who sent it: everything as we have it. 17 USC 512(c)(3) lists what a notice says.

use serde::{Deserialize, Serialize};

use crate::domain::base::contact::one_line;
use crate::domain::intake::notice::{Notice, RawStatements, Role};
use crate::mail::blocks::LetterBody;
use crate::mail::letters::listing::LISTED;

/// Works in the copy; the page behind the link has all.
const WORKS: usize = 20;
/// Lines of a work, and letters of a line.
const LINES: usize = 10;
const LETTERS: usize = 300;

/// A notice as it was sent.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeCopy {
    /// Label and value: name, organization, address, telephone, rights owner, the sender's number.
    pub contact: Vec<(String, String)>,
    /// The lines of each work.
    pub works: Vec<Vec<String>>,
    pub more_works: usize,
    /// The locations as they were written.
    pub locations: Vec<String>,
    pub more_locations: usize,
    pub statements: RawStatements,
    pub signature: String,
}

impl NoticeCopy {
    /// The copy of a notice.
    pub fn of(notice: &Notice) -> Self {
        let c = &notice.complainant;
        let role = match c.role {
            Role::Agent => "agent",
            Role::Owner => "",
        };
        let contact = [
            ("Name", one_line(&c.name, LETTERS)),
            ("Organization", one_line(&c.organization, LETTERS)),
            ("Email address", one_line(&c.email_written, LETTERS)),
            ("Telephone", one_line(&c.phone, LETTERS)),
            ("Postal address", one_line(&c.address.replace('\n', ", "), LETTERS)),
            ("Acting as", role.to_owned()),
            ("Rights owner", one_line(&notice.rights_owner, LETTERS)),
            ("Your number", one_line(&notice.sender_reference, LETTERS)),
        ];
        let works = notice.works.iter().take(WORKS).map(|work| {
            let all = [&work.title, &work.description, &work.original].into_iter().flat_map(|text| text.lines());
            all.map(|line| one_line(line, LETTERS)).filter(|line| !line.is_empty()).take(LINES).collect()
        });
        let written = notice.locations.iter().take(LISTED);
        Self {
            contact: contact
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(label, value)| (label.to_owned(), value))
                .collect(),
            works: works.collect(),
            more_works: notice.works.len().saturating_sub(WORKS),
            locations: written.map(|l| one_line(&l.as_written, 2000)).collect(),
            more_locations: notice.locations.len().saturating_sub(LISTED),
            statements: notice.statements,
            signature: one_line(&notice.signature, LETTERS),
        }
    }

    /// Writes the copy.
    pub(in crate::mail::letters) fn write(&self, body: &mut LetterBody) {
        body.section("Your notice as we have it");
        for (label, value) in &self.contact {
            body.fact(label, value);
        }
        for (work, n) in self.works.iter().zip(1..) {
            body.paragraph(format!("Work {n}:")).items(work);
        }
        if self.more_works > 0 {
            body.paragraph(format!("and {} more works.", self.more_works));
        }
        body.paragraph("The material is at:").addresses(&self.locations);
        if self.more_locations > 0 {
            body.paragraph(format!("and {} more addresses.", self.more_locations));
        }
        let statements = self.statements.told();
        if !statements.is_empty() {
            body.paragraph("The notice states:").items(statements);
        }
        body.fact("Signature", if self.signature.is_empty() { "none" } else { &self.signature });
        body.paragraph("You can download all of it on your status page.");
    }
}
