//! Real processes pulled apart. For each: nothing acknowledged is lost, nothing goes to a wrong person, it goes on
//! without a hand, and a log line and a figure say what happened. `docs/reliability.md` has the table.

mod clients;
mod clock;
mod database;
mod disk;
mod kill;
mod mail;
mod readers;
mod stream;
