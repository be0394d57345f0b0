//! Two nodes on one PostgreSQL database send each letter once.

use std::time::Duration;

use safeharbor::app::App;
use safeharbor::clock::Clock;
use safeharbor::domain::base::moment::Span;
use safeharbor::entropy::Entropy;
use safeharbor::jobs;
use safeharbor::mail::transport::Transport;
use safeharbor::storage::outbox::letters;

use crate::support::{Backend, CUSTOMERS, TestSite, wait_until};

#[test]
fn two_nodes_send_each_letter_once() {
    let Some(site) = TestSite::open_postgres() else { return };
    site.customers(CUSTOMERS);
    let other = Transport::memory();
    let clock: Clock = site.clock.clone();
    let second = site.wait(App::start_with(site.config.clone(), clock, Entropy::from_os(), other.clone())).unwrap();
    for n in 0..30 {
        site.report_as(
            "J F",
            &format!("j{n}@x.example"),
            &format!("https://alder-photo.example/{n}\nhttps://brightmoor.example/{n}"),
        );
    }
    site.wait(async {
        let one = tokio::spawn({
            let app = site.app.clone();
            async move { jobs::run_due(&app).await }
        });
        let two = tokio::spawn(async move { jobs::run_due(&second).await });
        one.await.unwrap();
        two.await.unwrap();
    });
    site.run_due();
    let mut ids: Vec<String> = site.letters().iter().map(|l| message_id(&l.raw)).collect();
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
    let site = TestSite::open(Backend::Sqlite);
    site.report("https://elsewhere.example/a");
    let claim = site.app.write(|tx| Ok(letters::claim(tx.conn, tx.now, (Span::minutes(5), true), 10)?));
    assert_eq!(site.wait(claim).unwrap().len(), 1);
    site.run_due();
    assert!(site.letters().is_empty(), "the process that claimed it may be sending it");
    let jobs = site.runtime.spawn(jobs::run_until_stopped(site.app.clone()));
    wait_until("the letter", Duration::from_secs(10), || site.letters().len() == 1);
    site.app.stop();
    site.wait(jobs).unwrap();
}
