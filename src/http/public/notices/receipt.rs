//! `GET /notices/sent/{token}`: the receipt.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::app::App;
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::CaseState;
use crate::domain::intake::notice::Work;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Tag, ok};
use crate::storage::access::links::{self, Target};
use crate::storage::cases::{self, Case};
use crate::storage::enforcement::policies;
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::submissions::{self, SubmissionRow};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::{Conn, StorageError};

/// Rows shown on one page; the totals say how many there are.
const SHOWN: i64 = 200;

/// Cases on one page: more than any notice of the default limits is likely to open.
const CASES: i64 = 2000;

/// What the private pages of a complainant show. Nothing about the customer: cases are for the code alone, not for the
/// page.
pub(in crate::http::public) struct Sent {
    pub notice: NoticeRecord,
    pub works: String,
    pub cases: Vec<Case>,
    pub left_out: Vec<LocationRow>,
    pub fingerprint: String,
    /// What was received held other notices too.
    pub several: bool,
    /// What was received can be shown: this is the only notice in it, and nobody else wrote it.
    pub own_words: bool,
}

impl Sent {
    /// Until when the sender can confirm the email address, where forwarding waits for that.
    pub fn confirm_by(&self) -> Option<Moment> {
        let by = |case: &Case| if let CaseState::Unconfirmed(by) = case.state { Some(by) } else { None };
        self.cases.iter().find_map(by)
    }
}

/// Opens a private link: the notice it belongs to, or nothing. Also says when it ends.
pub(in crate::http::public) fn open(
    conn: &mut Conn,
    token: &PlainToken,
    now: Moment,
) -> Result<Option<Sent>, StorageError> {
    let Some(Target::Notice(id)) = links::find_open(conn, token, Purpose::Status, now)? else { return Ok(None) };
    let notice = notices::get(conn, id)?;
    let works = Work::list(&works::of_notice(conn, id)?, 20);
    let submission = submissions::get(conn, notice.submission_id)?;
    let several = notices::count_in(conn, notice.submission_id, 2)? > 1;
    Ok(Some(Sent {
        works: works.join("; "),
        cases: cases::of_notice(conn, id, CASES)?,
        left_out: locations::left_out(conn, id, SHOWN)?,
        fingerprint: hex_groups(&submission.digest),
        several,
        own_words: !several && wrote_it(&notice, &submission),
        notice,
    }))
}

/// Whether what was received is the sender's own: a form, a request, or a mail from the address in the notice. Staff may
/// have forwarded a mail with words of their own.
fn wrote_it(notice: &NoticeRecord, submission: &SubmissionRow) -> bool {
    if !submission.content_type.starts_with("message/") {
        return matches!(submission.channel.as_str(), "form" | "api");
    }
    let facts = submission.facts();
    let from = facts.get("from").and_then(|from| EmailAddress::parse(from.as_str()?));
    from.zip(notice.complainant.email.as_ref()).is_some_and(|(from, given)| from.plain() == given.plain())
}

fn hex_groups(digest: &[u8]) -> String {
    let groups: Vec<String> = digest.chunks(4).map(|c| c.iter().map(|b| format!("{b:02x}")).collect()).collect();
    groups.join(" ")
}

#[derive(Template)]
#[template(path = "public/receipt.html")]
struct Receipt {
    frame: Frame,
    sent: Sent,
    token: String,
    deadline: String,
}

impl Receipt {
    /// Addresses that an earlier notice already covers.
    fn repeated(&self) -> Vec<&LocationRow> {
        self.sent.left_out.iter().filter(|l| l.is_repeat()).collect()
    }
    /// Addresses that we cannot act on.
    fn elsewhere(&self) -> Vec<&LocationRow> {
        self.sent.left_out.iter().filter(|l| !l.is_repeat()).collect()
    }
    /// Until when the sender can confirm the email address, where forwarding waits for that.
    fn confirm_by(&self) -> Option<Moment> {
        self.sent.confirm_by()
    }
    /// A person looks before it is forwarded.
    fn staff_first(&self) -> bool {
        self.sent.cases.iter().all(|case| case.state == CaseState::InReview)
    }
    /// Addresses we cannot act on that are not listed.
    fn unlisted(&self) -> usize {
        let all = self.sent.notice.not_hosted() + self.sent.notice.unreadable;
        usize::try_from(all).unwrap_or(0).saturating_sub(self.elsewhere().len())
    }
}

/// Shows the receipt.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    let (reveal, now) = (token.reveal().to_owned(), app.clock.now());
    let found = app
        .read(move |c| {
            let policy = policies::in_force(c, now)?;
            Ok(open(c, &token, now)?.map(|sent| (sent, policy)))
        })
        .await?;
    let (sent, published) = found.ok_or(HttpError::LinkShut)?;
    let deadline = published.policy.segments.values().map(|s| s.deadline).max().unwrap_or_default().as_period();
    ok(&Receipt { frame: Frame::new(&app, Tag::Private("Private page".to_owned())), sent, token: reveal, deadline })
}
