use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::notice;
use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

on_both! {
    /// A result a line, in order; a bad line stops nobody; sending it again does nothing again.
    fn each_line_has_its_own_result(site: TestSite) {
        site.customers(CUSTOMERS);
        let whole = notice(&["https://alder-photo.example/a.jpg"]).to_string();
        let body = format!("{whole}\n\n{{\"nme\":1}}\nnot json\n{}\n{}", json!({}), notice(&["https://brightmoor.example/b"]));
        let program = site.program("notices:write").with("Idempotency-Key", "night-1");
        let sent = program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", body.as_bytes());
        assert_eq!((sent.status, sent.header("content-type")), (200, "application/x-ndjson"));
        let results = lines(&sent.text);
        let shown: Vec<(i64, i64)> = results.iter().map(|r| (r["line"].as_i64().unwrap(), r["status"].as_i64().unwrap())).collect();
        assert_eq!(shown, [(1, 201), (3, 422), (4, 422), (5, 201), (6, 201)]);
        assert_eq!(results[1]["problem"]["errors"][0]["pointer"], "/nme");
        assert_eq!(results[3]["receipt"]["class"], "defective");
        let again = program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", body.as_bytes());
        assert_eq!(lines(&again.text)[0]["receipt"], results[0]["receipt"]);
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert_eq!(program.ask("POST", "/api/v1/notices:batch", "application/json", b"{}").status, 415);
    }

    /// Receipts are put into words before the write: they say what those say that are not, and where the write finds that
    /// something was reported before, that.
    fn receipts_say_what_is_so(site: TestSite) {
        site.customers(CUSTOMERS);
        let urls = ["https://alder-photo.example/a.jpg", "https://brightmoor.example/b", "https://elsewhere.example/c", "no address"];
        let first = notice(&urls);
        let mut other = notice(&urls[..1]);
        other["complainant"]["email"] = json!("desk@other.example");
        // The last one after the others: lines of one request are taken side by side.
        let program = site.program("notices:write,notices:read");
        let send = |body: String| lines(&program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", body.as_bytes()).text);
        let mut results = send(format!("{first}\n{first}\n"));
        results.sort_by_key(|r| r["receipt"]["cases"].as_array().unwrap().is_empty());
        results.extend(send(other.to_string()));
        let mut by_file = first.clone();
        by_file["complainant"]["email"] = json!("file@holtfinch.example");
        by_file["works"][0]["title"] = json!("Heron at Dusk");
        site.advance(safeharbor::domain::base::moment::Span::days(40));
        let unprepared = site.intake(&by_file.to_string());
        site.run_due();
        let told = site.letters_to("rights@holtfinch.example");
        let (one, again): (Vec<_>, Vec<_>) = told.into_iter().partition(|l| !l.subject.contains("repeats"));
        let receipt = &results[0]["receipt"];
        for said in [&receipt["reference"], &receipt["status_url"]] {
            assert!(one[0].text.contains(said.as_str().unwrap()), "{said}: {}", one[0].text);
        }
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let again = flat(&again[0].text);
        assert!(again.contains(results[1]["receipt"]["reference"].as_str().unwrap()) && again.contains("REPORTED BEFORE"), "{again}");
        assert!(again.contains(&format!("repeats your notice {}", receipt["reference"].as_str().unwrap())), "{again}");
        let overlap = flat(&site.letter_to("desk@other.example").text);
        assert!(overlap.contains("Someone else had already reported 1 of these addresses"), "{overlap}");
        // Word for word the same, but for what is its own.
        let plain = |text: &str| {
            let own = |word: &str| ["N-", "C-"].iter().any(|k| word.starts_with(k)) || word.len() == 8 || word.contains("/n/");
            let words = text.split_whitespace().filter(|w| !own(w.trim_matches(['[', ']']))).map(str::to_owned);
            words.take_while(|w| w != "reported").collect::<Vec<_>>()
        };
        let by_file = site.letter_to("file@holtfinch.example").text;
        assert!(by_file.contains(unprepared.reference.as_str()));
        let received = |text: &str| text.lines().filter(|l| !l.starts_with("Received")).collect::<Vec<_>>().join("\n");
        let (a, b) = (plain(&received(&one[0].text)), plain(&received(&by_file.replace("file@", "rights@").replace("Dusk", "Dawn"))));
        assert!(a.len() > 100, "{a:?}");
        assert_eq!(a.iter().filter(|w| !b.contains(w)).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    /// Identical notices, sent at the same moment: one is new, and the others repeat it.
    fn of_identical_notices_one_is_new(site: TestSite) {
        site.customers(CUSTOMERS);
        let same = notice(&["https://alder-photo.example/a.jpg", "https://brightmoor.example/b"]);
        let eight = format!("{same}\n").repeat(8);
        let program = site.program("notices:write");
        let results = std::thread::scope(|scope| {
            let send = || program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", eight.as_bytes()).text;
            let senders: Vec<_> = (0..3).map(|_| scope.spawn(send)).collect();
            senders.into_iter().flat_map(|s| lines(&s.join().unwrap())).collect::<Vec<_>>()
        });
        let (first, repeats): (Vec<_>, Vec<_>) =
            results.iter().partition(|r| r["receipt"]["locations"][0]["state"] == "hosted");
        assert_eq!((results.len(), first.len()), (24, 1), "{results:?}");
        for repeat in repeats {
            assert_eq!(repeat["receipt"]["locations"][1]["state"], "duplicate", "{repeat}");
            assert_eq!(repeat["receipt"]["cases"], json!([]), "{repeat}");
        }
    }

    /// Assets by the line: good ones are kept, bad ones are told by number, again is nothing new.
    fn assets_are_imported_by_the_line(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("customers:write");
        let body = "{\"external_id\":\"NW-1\",\"asset\":\"new.example\"}\n{\"external_id\":\"NW-9\",\"asset\":\"x.example\"}\n{\"external_id\":\"NW-2\",\"asset\":\"*.com\"}\n{\"external_id\":\"NW-2\",\"asset\":\"203.0.113.0/24\",\"valid_from\":\"2026-01-01T00:00:00Z\"}\n";
        let sent = program.ask("POST", "/api/v1/assets:import", "application/x-ndjson", body.as_bytes()).json();
        assert_eq!((sent["lines"].as_i64(), sent["changed"].as_i64(), sent["bad"].as_i64()), (Some(4), Some(2), Some(2)), "{sent}");
        let told: Vec<i64> = sent["errors"].as_array().unwrap().iter().map(|e| e["line"].as_i64().unwrap()).collect();
        assert_eq!({ let mut t = told; t.sort_unstable(); t }, [2, 3]);
        let again = program.ask("POST", "/api/v1/assets:import", "application/x-ndjson", body.as_bytes()).json();
        assert_eq!(again["changed"], 0);
        assert_eq!(site.stranger().post("/api/v1/notices", &notice(&["https://new.example/1"])).json()["locations"][0]["state"], "hosted");
    }
}

/// Results come while the request is still being sent, and a line that never ends is cut.
#[test]
fn a_batch_streams_both_ways() {
    let site = TestSite::open(Backend::Sqlite);
    let program = site.program("notices:write");
    let address = site.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "POST /api/v1/notices:batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
        program.secret.as_ref().unwrap()
    )
    .unwrap();
    let mut send = |text: &str| write!(socket, "{:x}\r\n{text}\r\n", text.len()).unwrap();
    send("{}\n");
    send("{}\n{}\n");
    let long = format!("{}\n{{}}\n", "x".repeat(1_100_000));
    send(&long);
    write!(socket, "0\r\n\r\n").unwrap();
    let mut statuses = Vec::new();
    for line in BufReader::new(socket).lines() {
        let line = line.unwrap();
        if line.starts_with('{') {
            statuses.push(serde_json::from_str::<Value>(&line).unwrap()["status"].as_i64().unwrap());
        }
        if line == "0" {
            break;
        }
    }
    assert_eq!(statuses, [201, 201, 201, 413, 201]);
}

/// The first result is there before the second line is sent.
#[test]
fn a_result_does_not_wait_for_the_end() {
    let site = TestSite::open(Backend::Sqlite);
    let program = site.program("notices:write");
    let socket = TcpStream::connect(site.base.trim_start_matches("http://")).unwrap();
    let mut out = socket.try_clone().unwrap();
    write!(
        out,
        "POST /api/v1/notices:batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/x-ndjson\r\nAccept-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{{}}\n\r\n",
        program.secret.as_ref().unwrap()
    )
    .unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    let mut lines = BufReader::new(socket).lines();
    let first = lines.find(|l| l.as_ref().unwrap().starts_with('{')).unwrap().unwrap();
    assert!(first.contains("\"line\":1,\"status\":201"), "{first}");
    write!(out, "3\r\n{{}}\n\r\n0\r\n\r\n").unwrap();
    let second = lines.find(|l| l.as_ref().unwrap().starts_with('{')).unwrap().unwrap();
    assert!(second.contains("\"line\":2,\"status\":201"), "{second}");
}
