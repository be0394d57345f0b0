//! The figures for monitoring: what they count, and who may read them.

use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

/// The value of one line.
fn value(text: &str, line: &str) -> Option<f64> {
    let found = text.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(' '));
    found.and_then(|v| v.parse().ok())
}

fn read(site: &TestSite) -> String {
    let page = site.client().figures();
    assert_eq!(page.status, 200);
    page.body
}

on_both! {
    fn what_happens_is_counted(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        let text = read(&site);
        assert_eq!(value(&text, "safeharbor_notices_total{channel=\"form\",class=\"complete\"}"), Some(1.0), "{text}");
        assert_eq!(value(&text, "safeharbor_cases{state=\"received\"}"), Some(1.0), "{text}");
        assert_eq!(value(&text, "safeharbor_letters{state=\"queued\"}"), Some(1.0), "{text}");
        site.clock.advance(Span::minutes(2));
        let text = read(&site);
        assert_eq!(value(&text, "safeharbor_letters_oldest_seconds{state=\"queued\"}"), Some(120.0), "{text}");
        assert_eq!(value(&text, "safeharbor_letters_late_seconds{state=\"queued\"}"), Some(120.0), "{text}");
        site.run_due();
        let text = read(&site);
        assert_eq!(value(&text, "safeharbor_cases{state=\"awaiting\"}"), Some(1.0), "{text}");
        assert_eq!(value(&text, "safeharbor_letters{state=\"queued\"}"), Some(0.0), "{text}");
        assert_eq!(value(&text, "safeharbor_events_total{kind=\"case.forwarded\"}"), Some(1.0), "{text}");
        assert_eq!(value(&text, "safeharbor_writes_waiting"), Some(0.0), "{text}");
        assert!(value(&text, "safeharbor_commit_seconds_count").is_some_and(|n| n >= 3.0), "{text}");
        let route = "safeharbor_http_seconds_count{method=\"GET\",route=\"/metrics\",status=\"200\"}";
        assert_eq!(value(&text, route), Some(2.0), "{text}");
        for private in ["alder", "holtfinch", "N-", "C-", "/notices/sent/0"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }
}

/// Where the world comes in, the token reads them and nothing else: a proxy on this machine need not say that it is one.
#[test]
fn only_this_machine_or_the_token_reads_them() {
    let settings = [("server.behind_proxy", "true"), ("server.metrics_token", "a long token")];
    let site = TestSite::open_with(Backend::Sqlite, &settings);
    let ask = |headers: &[(&str, &str)]| site.client().get_with("/metrics", headers).status;
    assert_eq!(ask(&[]), 404, "as a proxy asks that adds nothing");
    assert_eq!(ask(&[("host", "127.0.0.1:8080")]), 404, "as nginx does unless it is told otherwise");
    let elsewhere = ("x-forwarded-for", "198.51.100.7");
    assert_eq!(ask(&[elsewhere, ("authorization", "Bearer wrong")]), 404);
    assert_eq!(ask(&[elsewhere, ("authorization", "Bearer a long token")]), 200);
    assert_eq!(ask(&[("authorization", "Bearer a long token")]), 200);
    let none = TestSite::open_with(Backend::Sqlite, &[("server.metrics_token", "")]);
    let ask = |headers: &[(&str, &str)]| none.client().get_with("/metrics", headers).status;
    assert_eq!((ask(&[]), ask(&[("authorization", "Bearer ")])), (404, 404), "no token opens nothing");
    let trial = [("server.metrics_token", ""), ("server.public_url", "http://127.0.0.1:8080")];
    let trial = TestSite::open_with(Backend::Sqlite, &trial);
    let ask = |headers: &[(&str, &str)]| trial.client().get_with("/metrics", headers).status;
    assert_eq!(ask(&[]), 200, "this machine");
    let made_up = ("x-forwarded-for", "127.0.0.1");
    assert_eq!((ask(&[made_up]), ask(&[made_up, elsewhere])), (404, 404), "whatever a proxy says, it is not direct");
}
