//! A whole installation for one test: own database, clock moved by hand, letters in memory, real server.

mod cluster;
mod disputes;
mod page;
mod process;
mod program;
mod sink;
mod site;

pub use cluster::Cluster;
pub use disputes::{COURT, boxes, counter_form};
pub use page::{Client, Page};
pub use process::{Process, wait_until};
pub use program::{Program, Reply};
pub use sink::{Manners, Sink};
pub use site::{Backend, Letter, PASSWORD, TestSite, complete_form, database_url, postgres_url};

use std::io::Write;
use std::sync::Once;

/// Writes past the capture of the test runner: what is left out must be seen.
pub fn say_once(once: &'static Once, words: &str) {
    once.call_once(|| {
        let _ = writeln!(std::io::stderr(), "\n*** {words}\n");
    });
}

/// Makes two tests of one function: SQLite, and PostgreSQL where there is one.
#[macro_export]
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident($site:ident: TestSite) $body:block)+) => {$(
        mod $name {
            use super::*;
            $(#[$doc])*
            fn story($site: TestSite) $body

            #[test]
            fn sqlite() {
                story(TestSite::open($crate::support::Backend::Sqlite));
            }
            #[test]
            fn postgres() {
                if let Some(site) = TestSite::open_postgres() {
                    story(site);
                }
            }
        }
    )+};
}

/// Customers of most stories.
pub const CUSTOMERS: &str = "\
account,name,segment,contact_role,contact_name,contact_email,contact_phone,asset,valid_from,valid_until
NW-1,Alder Photo Studio,shared,Owner,Rowan Alder,owner@alder-photo.example,,alder-photo.example,,
NW-1,,,,,,,*.alder-photo.example,,
NW-2,Brightmoor Wallpapers,vps,Owner,Idris Moor,idris@brightmoor.example,,brightmoor.example,,
NW-2,,,,,,,198.51.100.0/25,2026-01-01,2026-03-05
NW-3,Kim Aldous,shared,Owner,Kim,kim@mailbox.example,,pages.northwind.example/~kim/,,
NW-3,,,,,,,198.51.100.0/24,2026-03-05,
NW-4,Streamvault,reseller,NOC,Streamvault NOC,noc@streamvault.example,,*.streamvault.example,,
NW-4,,,,,,,2001:db8:5a::/48,,
";
