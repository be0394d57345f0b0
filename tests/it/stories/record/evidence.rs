use std::io::{Cursor, Read};

use safeharbor::domain::base::moment::Span;
use safeharbor::evidence;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

fn export(site: &TestSite, case: &str) -> Vec<u8> {
    let agent = site.staff("agent");
    let csrf = agent.get("/staff/outbox").field("csrf");
    let reply = agent.post_bytes(&format!("/staff/cases/{case}/evidence"), &[("csrf", &csrf)]);
    assert!(reply.starts_with(b"PK"), "{}", String::from_utf8_lossy(&reply[..reply.len().min(500)]));
    reply
}

fn file(archive: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap_or_else(|e| panic!("{name}: {e}")).read_to_string(&mut text).unwrap();
    text
}

fn names(archive: &[u8]) -> Vec<String> {
    let zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    zip.file_names().map(|n| n.unwrap().into_owned()).collect()
}

/// The archive again with one file changed.
fn forge(archive: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let called = file.name().unwrap().into_owned();
        let mut body = Vec::new();
        file.read_to_end(&mut body).unwrap();
        if called == name {
            let text = String::from_utf8(body).unwrap();
            assert!(text.contains(from), "{text}");
            body = text.replace(from, to).into_bytes();
        }
        out.start_file(called, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&body).unwrap();
    }
    out.finish().unwrap().into_inner()
}

on_both! {
    /// One archive holds everything, checks without a database, and shows every change.
    fn a_case_is_exported_and_checked(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/Grüße.jpg");
        site.run_due();
        let client = site.client();
        let link = site.letter_to("owner@alder-photo.example").link();
        let page = client.get(&link);
        let csrf = page.field("csrf");
        let answer = [("csrf", csrf.as_str()), ("answer", "dispute"), ("dis-why", "I took it myself.")];
        let answered = client.post_files(&link, &answer, &[("files", "license.txt", "Lizenz für Grüße".as_bytes())]);
        assert_eq!(answered.status, 303, "{}", answered.text());
        let case = receipt.reference('C');
        site.disable(&case);
        let counter = site.counter_notice(&case);
        site.sue(&case, counter);
        site.advance(Span::days(1));
        let archive = export(&site, &case);
        let names = names(&archive);
        for wanted in ["manifest.json", "summary.pdf", "notice/as-received.txt", "case.json", "letters/letters.json", "events/case.jsonl", "counter-notices.json"] {
            assert!(names.iter().any(|n| n == wanted), "{wanted}: {names:?}");
        }
        assert!(names.iter().any(|n| n.starts_with("files/") && n.ends_with("-license.txt")), "{names:?}");
        assert!(names.iter().any(|n| n.ends_with("-counter_notice_copy.eml")), "{names:?}");
        assert!(file(&archive, "notice/as-received.txt").contains("works%5B0%5D.title=Heron+at+Dawn"));
        assert!(file(&archive, "letters/letters.json").contains("\"server_answer\""));
        assert!(file(&archive, "counter-notices.json").contains("2:26-cv-00412"));
        let token = link.rsplit('/').next().unwrap();
        for name in names.iter().filter(|n| n.starts_with("letters/")) {
            assert!(!file(&archive, name).contains(token), "{name} holds a private link");
        }
        let checked = evidence::check(Cursor::new(&archive)).unwrap();
        assert!(checked.problems.is_empty() && checked.events > 5 && checked.files == names.len() - 2, "{checked:?}");
        let page = site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("Evidence exported"), "{page}");
        for (name, from, to, words) in [
            ("events/case.jsonl", "\"actor\":\"staff:", "\"actor\":\"staff:9", "changed after it was written"),
            ("events/case.jsonl", "\"value\":\"NW-1\"", "\"value\":\"NW-2\"", "the private value \"customer\" was changed"),
            ("answers.json", "I took it myself.", "I stole it.", "answers.json: changed"),
            ("letters/letters.json", "accepted", "bounced", "letters/letters.json: changed"),
        ] {
            let forged = evidence::check(Cursor::new(forge(&archive, name, from, to))).unwrap();
            assert!(forged.problems.iter().any(|p| p.contains(words)), "{name}: {:?}", forged.problems);
        }
        assert!(evidence::check(Cursor::new(b"no archive")).is_err());
    }
}
