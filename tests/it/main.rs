//! Stories and checks of the whole program. Every story runs on SQLite, and on PostgreSQL where
//! `SAFEHARBOR_TEST_POSTGRES` names a server (`make test` starts one).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop there")]

mod access;
mod api;
mod backup;
mod command_line;
mod customer_files;
mod data_folder;
mod database;
mod docs;
mod faults;
mod hostile;
mod layers;
mod mail_server;
mod metrics;
mod migrations;
mod nodes;
mod operating;
mod proofs;
mod record;
mod samples;
mod schema;
mod schema_refuses;
mod search;
mod second_factor;
mod storage;
mod stories;
mod support;
