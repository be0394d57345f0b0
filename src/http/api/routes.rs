//! Every address of the API, with the scope it needs. An address that is asked in another way answers 405.

use actix_web::web::{self, PayloadConfig, ServiceConfig};

use super::problem::ApiError;
use super::{assets, batch, cases, customers, docs, events, mail, notices, openapi, withdraw};
use crate::domain::access::scope::Scope;
use crate::http::routes::{Route, Who};

macro_rules! routes {
    ($($path:literal { $($method:ident $who:expr => $handler:path;)+ })+) => {
        /// All routes of the API.
        pub const ROUTES: &[Route] = &[$($(Route { method: stringify!($method), path: $path, who: $who }),+),+];

        /// Registers them.
        pub fn configure(config: &mut ServiceConfig, max_message: usize) {
            $({
                let resource = web::resource($path)$(.route(web::$method().to($handler)))+;
                let resource = if $path == MAIL { resource.app_data(PayloadConfig::new(max_message)) } else { resource };
                let allowed = [$(stringify!($method)),+].join(", ").to_uppercase();
                let other = move || { let allowed = allowed.clone(); async { Err::<&str, _>(ApiError::Method(allowed)) } };
                config.service(resource.default_service(web::to(other)));
            })+
        }
    };
}

/// A mail can be larger than a notice.
const MAIL: &str = "/api/v1/intake/mail";

const fn key(scope: Scope) -> Who {
    Who::Key(scope)
}

routes! {
    "/api/v1/notices" {
        post Who::Public => notices::create;
        get key(Scope::NoticesRead) => notices::list;
    }
    "/api/v1/notices:batch" { post key(Scope::NoticesWrite) => batch::batch; }
    "/api/v1/notices/{reference}/withdraw" { post key(Scope::NoticesWrite) => withdraw::create; }
    "/api/v1/notices/{reference}" { get key(Scope::NoticesRead) => notices::get; }
    "/api/v1/cases" { get key(Scope::CasesRead) => cases::list; }
    "/api/v1/cases/{reference}" { get key(Scope::CasesRead) => cases::get; }
    "/api/v1/cases/{reference}/actions" { post key(Scope::CasesWrite) => cases::actions; }
    "/api/v1/customers" { get key(Scope::CustomersRead) => customers::list; }
    "/api/v1/customers/{external_id}" {
        get key(Scope::CustomersRead) => customers::get;
        put key(Scope::CustomersWrite) => customers::put;
    }
    "/api/v1/customers/{external_id}/assets" {
        get key(Scope::CustomersRead) => assets::list;
        put key(Scope::CustomersWrite) => assets::put;
        delete key(Scope::CustomersWrite) => assets::delete;
    }
    "/api/v1/assets:import" { post key(Scope::CustomersWrite) => assets::import; }
    "/api/v1/events" { get key(Scope::EventsRead) => events::list; }
    "/api/v1/intake/mail" { post key(Scope::MailWrite) => mail::create; }
    "/api/v1/openapi.json" { get Who::Public => openapi::json; }
    "/api/v1/docs" { get Who::Public => docs::show; }
}
