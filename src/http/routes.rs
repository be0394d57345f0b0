//! Every address in one list, with who may use it. The access test walks this list.

use actix_web::web::{self, ServiceConfig};

use super::{assets, customer, health, public, staff};
use crate::domain::access::role::StaffRole;
use crate::domain::access::scope::Scope;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Public,
    /// Whoever holds a private link.
    Link,
    /// Staff with at least this role.
    Staff(StaffRole),
    /// A program with a key that has this scope.
    Key(Scope),
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub who: Who,
}

const VIEWER: Who = Who::Staff(StaffRole::Viewer);
const AGENT: Who = Who::Staff(StaffRole::Agent);
const LEAD: Who = Who::Staff(StaffRole::Lead);
const ADMIN: Who = Who::Staff(StaffRole::Admin);

macro_rules! routes {
    (
        watching { $($watch:literal => $told:path;)+ }
        $($method:ident $path:literal $who:expr => $handler:path;)+
    ) => {
        /// All routes.
        pub const ROUTES: &[Route] = &[
            $(Route { method: "get", path: $watch, who: Who::Public },)+
            $(Route { method: stringify!($method), path: $path, who: $who }),+
        ];

        /// Registers what tells how a process is, for one that answers nothing else.
        pub(super) fn watching(config: &mut ServiceConfig) {
            config$(.route($watch, web::get().to($told)))+;
        }

        /// Registers all routes.
        pub fn configure(config: &mut ServiceConfig) {
            watching(config);
            config$(.route($path, web::$method().to($handler)))+;
        }
    };
}

routes! {
    watching {
        "/healthz" => health::healthz;
        "/readyz" => health::readyz;
        "/metrics" => health::metrics;
    }
    get "/" Who::Public => public::home::show;
    get "/notices/new" Who::Public => public::notices::form::show;
    post "/notices/new" Who::Public => public::notices::form::submit;
    get "/notices/sent/{token}" Who::Link => public::notices::receipt::show;
    get "/n/{token}" Who::Link => public::status::show;
    get "/n/{token}/cure" Who::Link => public::notices::cure::show;
    post "/n/{token}/cure" Who::Link => public::notices::cure::submit;
    post "/n/{token}/withdraw" Who::Link => public::status::steps::withdraw;
    post "/n/{token}/court-action/{counter}" Who::Link => public::status::steps::court_action;
    get "/n/{token}/copy" Who::Link => public::status::copy::copy;
    get "/n/{token}/original" Who::Link => public::status::copy::original;
    get "/n/{token}/files/{id}" Who::Link => public::status::steps::file;
    get "/confirm/{token}" Who::Link => public::status::confirm::show;
    post "/confirm/{token}" Who::Link => public::status::confirm::submit;
    get "/policy" Who::Public => public::policy::show;
    get "/transparency" Who::Public => public::transparency::show;
    get "/transparency.csv" Who::Public => public::transparency::csv;
    post "/respond/new-link" Who::Public => customer::new_link::submit;
    get "/respond/{token}" Who::Link => customer::respond::show;
    post "/respond/{token}" Who::Link => customer::respond::submit;
    get "/respond/{token}/counter-notice" Who::Link => customer::counter_notice::show;
    post "/respond/{token}/counter-notice" Who::Link => customer::counter_notice::submit;
    get "/assets/safeharbor.css" Who::Public => assets::style;
    get "/assets/mark.svg" Who::Public => assets::mark;
    get "/staff/login" Who::Public => staff::access::login::show;
    post "/staff/login" Who::Public => staff::access::login::submit;
    get "/staff" VIEWER => staff::queue::redirect;
    get "/staff/" VIEWER => staff::queue::show;
    post "/staff/logout" VIEWER => staff::access::login::leave;
    post "/staff/login/code" Who::Public => staff::access::second_step::submit;
    post "/staff/clock" ADMIN => staff::clock::confirm;
    get "/staff/account" VIEWER => staff::access::account::show;
    post "/staff/account/{step}" VIEWER => staff::access::account::submit;
    post "/staff/theme" VIEWER => staff::layout::theme::submit;
    get "/staff/bulk" AGENT => staff::queue::bulk::show;
    post "/staff/bulk" AGENT => staff::queue::bulk::submit;
    get "/staff/cases/{reference}" VIEWER => staff::cases::case::show;
    post "/staff/cases/{reference}" AGENT => staff::cases::case::submit;
    get "/staff/cases/{reference}/counter-notice" AGENT => staff::disputes::counter_notice::show;
    post "/staff/cases/{reference}/counter-notice" AGENT => staff::disputes::counter_notice::submit;
    get "/staff/cases/{reference}/court-action/{id}" AGENT => staff::disputes::counter_notice::show_action;
    post "/staff/cases/{reference}/court-action/{id}" AGENT => staff::disputes::counter_notice::submit_action;
    post "/staff/cases/{reference}/evidence" AGENT => staff::cases::evidence::export;
    get "/staff/attachments/{id}" VIEWER => staff::cases::evidence::attachment;
    get "/staff/cases/{reference}/{step}" AGENT => staff::cases::case_step::show;
    post "/staff/cases/{reference}/{step}" AGENT => staff::cases::case_step::submit;
    get "/staff/notices/{reference}" VIEWER => staff::intake::notice::show;
    get "/staff/notices/{reference}/withdraw" AGENT => staff::intake::notice::withdraw_page;
    post "/staff/notices/{reference}/withdraw" AGENT => staff::intake::notice::withdraw;
    get "/staff/senders" VIEWER => staff::senders::show;
    get "/staff/senders.csv" VIEWER => staff::senders::csv;
    get "/staff/senders/{id}" VIEWER => staff::senders::one;
    post "/staff/senders/{id}" LEAD => staff::senders::set;
    get "/staff/submissions/{id}" VIEWER => staff::intake::notice::original;
    get "/staff/repeat-infringers" VIEWER => staff::enforcement::repeat_infringers::show;
    get "/staff/repeat-infringers.csv" VIEWER => staff::enforcement::repeat_infringers::csv;
    get "/staff/customers/{id}" VIEWER => staff::customers::customer::show;
    post "/staff/customers/{id}/decisions" AGENT => staff::enforcement::decide::propose;
    post "/staff/decisions/{id}" LEAD => staff::enforcement::decide::settle;
    post "/staff/strikes/{id}/void" LEAD => staff::enforcement::decide::void;
    get "/staff/outbox" VIEWER => staff::outbox::show;
    get "/staff/letters/{id}" VIEWER => staff::cases::letter::show;
    get "/staff/letters/{id}/html" VIEWER => staff::cases::letter::html_part;
    post "/staff/letters/{id}/retry" AGENT => staff::cases::letter::retry;
    get "/staff/submissions/{id}/read" VIEWER => staff::intake::submission::show;
    post "/staff/submissions/{id}/read" AGENT => staff::intake::submission::complete;
    get "/staff/keys" ADMIN => staff::access::keys::show;
    post "/staff/keys" ADMIN => staff::access::keys::make;
    post "/staff/keys/{id}/revoke" ADMIN => staff::access::keys::revoke;
    get "/staff/staff" ADMIN => staff::access::people::show;
    get "/staff/staff/{id}/{step}" ADMIN => staff::access::people::ask;
    post "/staff/staff/{id}/{step}" ADMIN => staff::access::people::change;
    get "/staff/webhooks" ADMIN => staff::outbox::webhooks::show;
    post "/staff/webhooks" ADMIN => staff::outbox::webhooks::add;
    post "/staff/webhooks/{id}" ADMIN => staff::outbox::webhooks::change;
    post "/staff/deliveries/{id}/replay" ADMIN => staff::outbox::webhooks::replay;
    post "/staff/reviews/{id}/done" AGENT => staff::queue::review_done;
}
