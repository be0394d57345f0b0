//! Mail servers that hang, break off, put off, are busy or refuse: letters arrive once, at whom they are for, as soon
//! as the server takes them, and nothing else waits for it.

use std::collections::BTreeSet;
use std::time::Duration;

use safeharbor::config::{Smtp, SmtpSecurity};
use safeharbor::domain::base::moment::Span;
use safeharbor::mail::transport::Transport;

use super::stream::{alone, import, send};
use crate::on_both;
use crate::support::{Manners, Process, Sink, TestSite, wait_until};

fn transport(sink: &Sink) -> Transport {
    let smtp = Smtp {
        host: "127.0.0.1".into(),
        port: sink.port,
        security: SmtpSecurity::None,
        username: String::new(),
        password: String::new(),
        connections: 4,
        patience: Span::seconds(1),
        ca_file: None,
    };
    Transport::smtp(smtp, "n.example")
}

const CUSTOMERS: &str = "account,name,segment,contact_email,asset\n\
    A-1,One,shared,c1@mailbox.example,c1.example\nA-2,Two,shared,c2@mailbox.example,c2.example\n\
    A-3,Three,shared,gone@mailbox.example,c3.example\nA-4,Four,shared,later@mailbox.example,c4.example\n";

/// Receiver and Message-ID of a letter.
fn envelope(message: &str) -> (String, String) {
    let line = |name: &str| message.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    (line("To:"), line("Message-ID:"))
}

/// What arrived: every letter once, and each names the host of its own receiver alone.
fn check(sink: &Sink) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut receivers = BTreeSet::new();
    for message in sink.messages() {
        let (to, id) = envelope(&message);
        assert!(ids.insert(id.clone()), "{id} came twice");
        for n in 1..=4 {
            let own = to.contains(&format!("c{n}@")) || to.contains("holtfinch");
            assert!(own || !message.contains(&format!("https://c{n}.example/")), "{to} is told of c{n}");
        }
        receivers.insert(to);
    }
    receivers
}

on_both! {
    /// Whatever the server did at first: once it behaves, every letter arrives once.
    fn letters_arrive_once_the_server_behaves(site: TestSite) {
        let mut site = site;
        site.customers(CUSTOMERS);
        for (n, manners) in [Manners::Mute, Manners::Hangs, Manners::Drops, Manners::Busy, Manners::Greylists].into_iter().enumerate() {
            let sink = Sink::start(manners);
            site.app.transport = transport(&sink);
            for c in 1..=4 {
                site.report(&format!("https://c{c}.example/{n}.jpg"));
            }
            site.run_due();
            assert!(sink.connections() > 0, "{manners:?}");
            // A second letter to the same receiver is in time for a greylist.
            assert!(manners == Manners::Greylists || sink.messages().is_empty(), "{manners:?}: nothing was taken over");
            if manners != Manners::Greylists {
                sink.behave(Manners::Good);
            }
            site.advance(Span::minutes(2));
            site.advance(Span::minutes(3));
            let receivers = check(&sink);
            assert!(receivers.iter().any(|r| r.contains("c1@")) && receivers.iter().any(|r| r.contains("c2@")), "{manners:?}: {receivers:?}");
            assert!(!receivers.iter().any(|r| r.contains("gone@") || r.contains("later@")), "{receivers:?}");
            // A receipt for each of the four.
            assert_eq!(sink.messages().iter().filter(|m| envelope(m).0.contains("holtfinch")).count(), 4, "{manners:?}");
        }
        let text = site.client().figures().body;
        for outcome in ["accepted", "deferred", "failed"] {
            assert!(text.contains(&format!("safeharbor_letter_attempts_total{{outcome=\"{outcome}\"}}")), "{text}");
        }
    }
}

/// While a mail server says nothing, notices are taken and cases go on; the log and the figures say why letters wait.
#[test]
fn a_silent_mail_server_holds_up_nothing_else() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[]);
    let sink = Sink::start(Manners::Mute);
    let mut environment = sink.settings();
    environment.push(("SAFEHARBOR_MAIL__SMTP_PATIENCE", "5s".to_owned()));
    let environment: Vec<(&str, &str)> = environment.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let process = Process::serve(folder.path(), &environment);
    let client = process.client();
    for n in 0..20 {
        send(&client, n).unwrap();
    }
    let forwarded = || process.figure("safeharbor_events_total{kind=\"case.forwarded\"}").unwrap_or_default();
    wait_until("all cases are forwarded", Duration::from_secs(4), || forwarded() >= 20.0);
    wait_until("a letter is put off", Duration::from_secs(20), || {
        process.figure("safeharbor_letter_attempts_total{outcome=\"deferred\"}").is_some_and(|n| n >= 1.0)
    });
    wait_until("it is said", Duration::from_secs(20), || process.log().contains("did not answer in time"));
    // One connection each tried, the rest was not begun.
    assert!(sink.connections() < 10, "{}", sink.connections());
}
