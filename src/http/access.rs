//! Who may do what: the session of a member of staff, and forms that carry its seal.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::error::HttpError;
use super::form::{Form, Sent};
use super::seal;
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::access::token::{PlainToken, TokenHash};
use crate::domain::record::event::Actor;
use crate::storage::access::second_factors;
use crate::storage::access::staff::{self, StaffMember};

/// Name of the session cookie. Behind TLS the prefix makes browsers refuse one that another host of the domain, or a
/// page without TLS, wants to put in its place (RFC 6265bis section 4.1.3.2).
pub(super) fn cookie(app: &App) -> &'static str {
    if app.config().server.is_public_tls() { "__Host-safeharbor_session" } else { "safeharbor_session" }
}

/// What somebody without a second factor may use where everybody needs one.
const SET_UP: [&str; 3] = ["/staff/account", "/staff/logout", "/staff/theme"];

/// A signed-in member of staff.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    pub member: StaffMember,
    pub session: TokenHash,
    /// Seal that forms of this session carry.
    pub csrf: String,
    /// Chosen colors: empty, `light` or `dark`.
    pub theme: &'static str,
}

impl Staff {
    /// Refuses a role with fewer powers.
    pub fn require(&self, role: StaffRole) -> Result<(), HttpError> {
        if self.member.role >= role { Ok(()) } else { Err(HttpError::Forbidden) }
    }
    pub fn may(&self, role: StaffRole) -> bool {
        self.member.role >= role
    }
    /// Who acts, for the record.
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.member.id, self.member.name.clone())
    }
}

/// The seal of a session.
pub(super) fn csrf(app: &App, session: &TokenHash) -> String {
    let hex: String = session.0.iter().map(|b| format!("{b:02x}")).collect();
    seal::seal(&app.secret, "session", &hex)
}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, HttpError>>>>;

impl FromRequest for Staff {
    type Error = HttpError;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let theme = match request.cookie("theme").as_ref().map(|c| c.value().to_owned()).as_deref() {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "",
        };
        let app = request.app_data::<Data<App>>().cloned();
        let name = app.as_ref().map_or("", |app| cookie(app));
        let token = request.cookie(name).and_then(|c| PlainToken::parse(c.value()));
        let sets_up = SET_UP.iter().any(|path| request.path().starts_with(path));
        Box::pin(async move {
            let app = app.ok_or_else(|| HttpError::Internal("no application".to_owned()))?;
            let session = token.ok_or(HttpError::SignIn)?.hash();
            let (hash, now) = (session.clone(), app.clock.now());
            let ask = app.config().staff.second_factor && !sets_up;
            let found = app.read(move |c| {
                let Some(member) = staff::by_session(c, &hash, now)? else { return Ok(None) };
                let lacks = ask && second_factors::since(c, member.id)?.is_none();
                Ok(Some((member, lacks)))
            });
            let (member, lacks) = found.await?.ok_or(HttpError::SignIn)?;
            if lacks {
                return Err(HttpError::SetUp);
            }
            Ok(Self { csrf: csrf(&app, &session), member, session, theme })
        })
    }
}

/// Refuses a form that was not made for this session.
pub(super) fn check_seal(staff: &Staff, form: &Form) -> Result<(), HttpError> {
    let same = bool::from(subtle::ConstantTimeEq::ct_eq(staff.csrf.as_bytes(), form.get("csrf").as_bytes()));
    if same { Ok(()) } else { Err(HttpError::Stale) }
}

/// A form sent by a signed-in member of staff from a page of ours.
pub(super) struct StaffForm {
    pub staff: Staff,
    pub form: Form,
}

impl FromRequest for StaffForm {
    type Error = HttpError;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let staff = Staff::from_request(request, payload);
        let sent = Sent::from_request(request, payload);
        Box::pin(async move {
            let staff = staff.await?;
            let form = sent.await?.form;
            check_seal(&staff, &form)?;
            Ok(Self { staff, form })
        })
    }
}
