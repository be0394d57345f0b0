//! Two nodes on one PostgreSQL database send each letter once.

use std::time::Duration;

use safeharbor::app::App;
use safeharbor::clock::Clock;
use safeharbor::domain::base::moment::Span;
use safeharbor::entropy::Entropy;
use safeharbor::jobs;
use safeharbor::mail::transport::Transport;
use safeharbor::storage::outbox::letters;

use crate::support::{Backend, CUSTOMERS, House, wait_until};

#[test]
fn two_nodes_send_each_letter_once() {
    let Some(house) = House::open_postgres() else { return };
    house.customers(CUSTOMERS);
    let other = Transport::memory();
    let clock: Clock = house.clock.clone();
    let second = house.wait(App::start_with(house.config.clone(), clock, Entropy::from_os(), other.clone())).unwrap();
    for n in 0..30 {
        house.report_as(
            "J F",
            &format!("j{n}@x.example"),
            &format!("https://alder-photo.example/{n}\nhttps://brightmoor.example/{n}"),
        );
    }
    house.wait(async {
        let one = tokio::spawn({
            let app = house.app.clone();
            async move { jobs::run_due(&app).await }
        });
        let two = tokio::spawn(async move { jobs::run_due(&second).await });
        one.await.unwrap();
        two.await.unwrap();
    });
    house.run_due();
    let mut ids: Vec<String> = house.letters().iter().map(|l| message_id(&l.raw)).collect();
    ids.extend(
        other
            .with_memory(|m| m.sent.iter().map(|k| message_id(&String::from_utf8_lossy(&k.bytes))).collect::<Vec<_>>())
            .unwrap(),
    );
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (90, 90), "30 receipts and 60 notices, each once");
}

fn message_id(raw: &str) -> String {
    raw.lines().find(|l| l.starts_with("Message-ID:")).unwrap().to_owned()
}

/// What a killed process had claimed is sent when the next one starts, not when the lease runs out.
#[test]
fn a_restart_sends_what_was_claimed() {
    let house = House::open(Backend::Sqlite);
    house.report("https://elsewhere.example/a");
    let claim = house.app.write(|tx| Ok(letters::claim(tx.conn, tx.now, (Span::minutes(5), true), 10)?));
    assert_eq!(house.wait(claim).unwrap().len(), 1);
    house.run_due();
    assert!(house.letters().is_empty(), "the process that claimed it may be sending it");
    let jobs = house.runtime.spawn(jobs::run_until_stopped(house.app.clone()));
    wait_until("the letter", Duration::from_secs(10), || house.letters().len() == 1);
    house.app.stop();
    house.wait(jobs).unwrap();
}
