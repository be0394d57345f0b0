use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use safeharbor::domain::base::moment::Span;

use crate::support::{Backend, TestSite, postgres_url};

/// A web server that answers by path: `/200` with 200, `/to/…` with a redirect, and so on.
fn web() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut line = String::new();
            let _ = BufReader::new(stream.try_clone().unwrap()).read_line(&mut line);
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = match path.split('/').nth(1).unwrap_or_default() {
                "to" => format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", &path[3..]),
                "round" => "HTTP/1.1 302 Found\r\nlocation: /round\r\ncontent-length: 0\r\n\r\n".to_owned(),
                "inside" => "HTTP/1.1 302 Found\r\nlocation: ftp://127.0.0.1/x\r\ncontent-length: 0\r\n\r\n".to_owned(),
                status => format!("HTTP/1.1 {status} Words\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"),
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

const HERE: &str = "account,name,segment,contact_email,asset\nNW-1,Alder,shared,owner@alder.example,127.0.0.1\n";

/// What was said to be removed is looked at: gone is evidence, online comes before staff.
#[test]
fn what_should_be_gone_is_looked_at() {
    let story = |backend: Backend| {
        let site = TestSite::open_with(backend, &[("probe.enabled", "true"), ("probe.allow_private", "true")]);
        let port = web();
        site.customers(HERE);
        let paths = ["200", "404", "410", "451", "500", "to/200", "to/404", "round", "inside"];
        let urls: Vec<String> = paths.iter().map(|p| format!("http://127.0.0.1:{port}/{p}")).collect();
        let receipt = site.report(&urls.join("\n"));
        site.run_due();
        let client = site.client();
        let link = site.letter_to("owner@alder.example").link();
        let done = client.post_with_seal(&client.get(&link), &link, &[("answer", "removed"), ("rm", "rm-all")]);
        assert_eq!(done.status, 303, "{}", done.text());
        site.advance(Span::minutes(29));
        let path = format!("/staff/cases/{}", receipt.reference('C'));
        let page = || site.staff("agent").get(&path);
        assert!(!page().text().contains("Since Checked"), "not before the time");
        site.advance(Span::minutes(1));
        let text = page().text();
        for (address, found) in [
            ("/200", "Online, 200"),
            ("/404", "Gone, 404"),
            ("/410", "Gone, 410"),
            ("/451", "Gone, 451"),
            ("/500", "Unclear, 500"),
            ("/to/200", "Online, 200"),
            ("/to/404", "Gone, 404"),
            ("/round", "Unclear, 302"),
            ("/inside", "Not checked"),
        ] {
            let row = text.split(&format!(":{port}{address} Removed")).nth(1).unwrap_or_default();
            assert!(row.chars().take(120).collect::<String>().contains(found), "{address}: {text}");
        }
        assert!(text.contains("Still online after it was said to be gone"), "{text}");
        let agent = site.staff("agent");
        assert_eq!(agent.post_with_seal(&agent.get(&path), &path, &[("do", "look")]).status, 303);
        site.run_due();
        assert!(page().text().contains("A check of 9 URLs was requested"));
    };
    story(Backend::Sqlite);
    if postgres_url().is_some() {
        story(Backend::Postgres);
    }
}

/// Nothing inside a private network is looked at unless that is permitted; and by default nothing is looked at.
#[test]
fn nothing_private_is_looked_at() {
    let site = TestSite::open_with(Backend::Sqlite, &[("probe.enabled", "true")]);
    let port = web();
    site.customers(HERE);
    site.report(&format!("http://127.0.0.1:{port}/200\nhttp://127.0.0.1:{port}/404"));
    site.run_due();
    let link = site.letter_to("owner@alder.example").link();
    client_answers(&site, &link);
    site.advance(Span::hours(1));
    let case = safeharbor::domain::base::ids::CaseId(1);
    let found = site.wait(site.app.read(move |c| safeharbor::storage::material::probes::of_case(c, case))).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|p| p.outcome == "refused" && p.status.is_none() && p.address.is_empty()), "{found:?}");
    let off = TestSite::open(Backend::Sqlite);
    off.customers(HERE);
    let receipt = off.report(&format!("http://127.0.0.1:{port}/200"));
    off.run_due();
    let link = off.letter_to("owner@alder.example").link();
    client_answers(&off, &link);
    off.advance(Span::hours(1));
    let page = off.staff("agent").get(&format!("/staff/cases/{}", receipt.reference('C'))).text();
    assert!(!page.contains("Since Checked") && !page.contains("Check the addresses"), "{page}");
}

fn client_answers(site: &TestSite, link: &str) {
    let client = site.client();
    client.post_with_seal(&client.get(link), link, &[("answer", "removed"), ("rm", "rm-all")]);
}
