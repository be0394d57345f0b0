//! Private links: a fresh token for one letter, stored as its digest alone.

use crate::actions::context::{ActionError, Tx};
use crate::domain::access::private_link::{LinkPage, PrivateLink};
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::base::moment::{Moment, Span};
use crate::storage::access::links::{self, Target};
use crate::storage::outbox::letters::LetterRow;

/// A status link only reads, and outlives its cases: a year.
pub(in crate::actions) const STATUS_LIFETIME: Span = Span::days(365);

/// A link that confirms an email address works so much longer than cases wait for it: confirming late still helps, where a
/// person has not looked yet.
const CONFIRM_LONGER: Span = Span::days(29);

/// A fresh link to the page on which a case is answered.
pub(in crate::actions) fn fresh_link(tx: &mut Tx<'_>, case: CaseId) -> Result<PrivateLink, ActionError> {
    make(tx, LinkPage::Respond, Target::Case(case))
}

/// A fresh link to the page of the counter-notice; it lives longer, as the statute sets no limit.
pub(in crate::actions) fn counter_link(tx: &mut Tx<'_>, case: CaseId) -> Result<PrivateLink, ActionError> {
    make(tx, LinkPage::CounterNotice, Target::Case(case))
}

/// A fresh link to the status page of a notice.
pub(in crate::actions) fn status_link(tx: &mut Tx<'_>, notice: NoticeId) -> Result<PrivateLink, ActionError> {
    make(tx, LinkPage::Status, Target::Notice(notice))
}

/// A fresh link that confirms the email address of a notice, for which cases wait until a time.
pub(in crate::actions) fn confirm_link(
    tx: &mut Tx<'_>,
    notice: NoticeId,
    by: Moment,
) -> Result<PrivateLink, ActionError> {
    let token = tx.context.entropy.link(tx.now);
    links::insert(tx.conn, &token, Target::Confirm(notice), by + CONFIRM_LONGER, tx.now)?;
    Ok(PrivateLink::new(LinkPage::Confirm, token))
}

/// A fresh token for a page of a stored letter; none where the letter is about nothing that the page could show.
pub(in crate::actions) fn token_for(
    tx: &mut Tx<'_>,
    page: LinkPage,
    letter: &LetterRow,
) -> Result<Option<PlainToken>, ActionError> {
    let target = match page.purpose() {
        Purpose::Respond => letter.case_id.map(|id| Target::Case(CaseId(id))),
        Purpose::Status => letter.notice_id.map(|id| Target::Notice(NoticeId(id))),
        Purpose::Confirm => letter.notice_id.map(|id| Target::Confirm(NoticeId(id))),
    };
    target.map(|target| token(tx, page, target)).transpose()
}

fn make(tx: &mut Tx<'_>, page: LinkPage, target: Target) -> Result<PrivateLink, ActionError> {
    Ok(PrivateLink::new(page, token(tx, page, target)?))
}

fn token(tx: &mut Tx<'_>, page: LinkPage, target: Target) -> Result<PlainToken, ActionError> {
    let mail = &tx.context.config.mail;
    let lifetime = match page {
        LinkPage::Respond => mail.link_lifetime,
        LinkPage::CounterNotice => mail.counter_link_lifetime,
        LinkPage::Status | LinkPage::Cure => STATUS_LIFETIME,
        LinkPage::Confirm => CONFIRM_LONGER,
    };
    let token = tx.context.entropy.link(tx.now);
    links::insert(tx.conn, &token, target, tx.now + lifetime, tx.now)?;
    Ok(token)
}
