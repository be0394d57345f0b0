//! Every address in one list, with who may use it. The access test walks this list.

use actix_web::web::{self, ServiceConfig};

use super::{assets, customer, health, public, staff};
use crate::domain::role::StaffRole;
use crate::domain::scope::Scope;

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
    get "/notices/new" Who::Public => public::notice_form::show;
    post "/notices/new" Who::Public => public::notice_form::submit;
    get "/notices/sent/{token}" Who::Link => public::receipt::show;
    get "/n/{token}" Who::Link => public::status::show;
    get "/n/{token}/cure" Who::Link => public::cure::show;
    post "/n/{token}/cure" Who::Link => public::cure::submit;
    post "/n/{token}/withdraw" Who::Link => public::status_steps::withdraw;
    post "/n/{token}/court-action/{counter}" Who::Link => public::status_steps::court_action;
    get "/n/{token}/copy" Who::Link => public::copy::copy;
    get "/n/{token}/original" Who::Link => public::copy::original;
    get "/n/{token}/files/{id}" Who::Link => public::status_steps::file;
    get "/confirm/{token}" Who::Link => public::confirm::show;
    post "/confirm/{token}" Who::Link => public::confirm::submit;
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
    get "/staff/login" Who::Public => staff::login::show;
    post "/staff/login" Who::Public => staff::login::submit;
    get "/staff" VIEWER => staff::queue::redirect;
    get "/staff/" VIEWER => staff::queue::show;
    post "/staff/logout" VIEWER => staff::login::leave;
    post "/staff/login/code" Who::Public => staff::second_step::submit;
    post "/staff/clock" ADMIN => staff::clock::confirm;
    get "/staff/account" VIEWER => staff::account::show;
    post "/staff/account/{step}" VIEWER => staff::account::submit;
    post "/staff/theme" VIEWER => staff::theme::submit;
    get "/staff/bulk" AGENT => staff::bulk::show;
    post "/staff/bulk" AGENT => staff::bulk::submit;
    get "/staff/cases/{reference}" VIEWER => staff::case::show;
    post "/staff/cases/{reference}" AGENT => staff::case::submit;
    get "/staff/cases/{reference}/counter-notice" AGENT => staff::counter_notice::show;
    post "/staff/cases/{reference}/counter-notice" AGENT => staff::counter_notice::submit;
    get "/staff/cases/{reference}/court-action/{id}" AGENT => staff::counter_notice::show_action;
    post "/staff/cases/{reference}/court-action/{id}" AGENT => staff::counter_notice::submit_action;
    post "/staff/cases/{reference}/evidence" AGENT => staff::evidence::export;
    get "/staff/attachments/{id}" VIEWER => staff::evidence::attachment;
    get "/staff/cases/{reference}/{step}" AGENT => staff::case_step::show;
    post "/staff/cases/{reference}/{step}" AGENT => staff::case_step::submit;
    get "/staff/notices/{reference}" VIEWER => staff::notice::show;
    get "/staff/notices/{reference}/withdraw" AGENT => staff::notice::withdraw_page;
    post "/staff/notices/{reference}/withdraw" AGENT => staff::notice::withdraw;
    get "/staff/senders" VIEWER => staff::senders::show;
    get "/staff/senders.csv" VIEWER => staff::senders::csv;
    get "/staff/senders/{id}" VIEWER => staff::senders::one;
    post "/staff/senders/{id}" LEAD => staff::senders::set;
    get "/staff/submissions/{id}" VIEWER => staff::notice::original;
    get "/staff/repeat-infringers" VIEWER => staff::repeat_infringers::show;
    get "/staff/repeat-infringers.csv" VIEWER => staff::repeat_infringers::csv;
    get "/staff/customers/{id}" VIEWER => staff::customer::show;
    post "/staff/customers/{id}/decisions" AGENT => staff::decide::propose;
    post "/staff/decisions/{id}" LEAD => staff::decide::settle;
    post "/staff/strikes/{id}/void" LEAD => staff::decide::void;
    get "/staff/outbox" VIEWER => staff::outbox::show;
    get "/staff/letters/{id}" VIEWER => staff::letter::show;
    get "/staff/letters/{id}/html" VIEWER => staff::letter::html_part;
    post "/staff/letters/{id}/retry" AGENT => staff::letter::retry;
    get "/staff/submissions/{id}/read" VIEWER => staff::submission::show;
    post "/staff/submissions/{id}/read" AGENT => staff::submission::complete;
    get "/staff/keys" ADMIN => staff::keys::show;
    post "/staff/keys" ADMIN => staff::keys::make;
    post "/staff/keys/{id}/revoke" ADMIN => staff::keys::revoke;
    get "/staff/webhooks" ADMIN => staff::webhooks::show;
    post "/staff/webhooks" ADMIN => staff::webhooks::add;
    post "/staff/webhooks/{id}" ADMIN => staff::webhooks::change;
    post "/staff/deliveries/{id}/replay" ADMIN => staff::webhooks::replay;
    post "/staff/reviews/{id}/done" AGENT => staff::queue::review_done;
}
