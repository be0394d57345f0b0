use safeharbor::storage::cases::reviews;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

const LETTER: &str = "We have a good faith belief that the use is not authorized by the owner, its agent or the law. The information is accurate. Under penalty of perjury, we are authorized to act.\n\nRegards,\nJoel Finch\n";

pub fn acns(case: &str, ip: &str, extra: &str) -> String {
    format!(
        "<Infringement xmlns=\"http://www.acns.net/ACNS\"><Case><ID>{case}</ID></Case><Complainant><Entity>Holt</Entity><Contact>Joel Finch</Contact><Email>rights@holtfinch.example</Email></Complainant><Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>{ip}</IP_Address><Port>51413</Port></Source><Content><Item><Title>Heron at Dawn</Title><FileName>heron.zip</FileName></Item></Content>{extra}<TextNotice><![CDATA[{LETTER}]]></TextNotice></Infringement>"
    )
}

on_both! {
    /// ACNS and XARF reach the same action and the same validator.
    fn machine_formats_are_taken(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        let sent = program.ask("POST", "/api/v1/notices", "application/xml", acns("H-1", "198.51.100.7", "").as_bytes());
        assert_eq!(sent.status, 201, "{}", sent.text);
        let json = sent.json();
        assert_eq!((json["class"].as_str(), json["locations"][0]["state"].as_str()), (Some("complete"), Some("hosted")));
        site.run_due();
        assert!(site.letter_to("idris@brightmoor.example").text.contains("198.51.100.7:51413"), "who had the address then");
        let several = format!("{}{}", acns("H-2", "198.51.100.8", ""), acns("H-3", "198.51.100.9", ""));
        let sent = program.ask("POST", "/api/v1/notices", "text/xml", several.as_bytes()).json();
        assert_eq!(sent["further"].as_array().unwrap().len(), 1);
        let xarf = r#"{"xarf_version":"4.2.0","report_id":"2acc5d8c-15ba-4432-8ee1-08c657711c63","timestamp":"2026-02-01T10:30:00Z","reporter":{"org":"M","contact":"r@monitor.example","domain":"monitor.example"},"sender":{"org":"M","contact":"r@monitor.example","domain":"monitor.example"},"source_identifier":"alder-photo.example","category":"copyright","type":"copyright","infringing_url":"https://alder-photo.example/x","work_title":"Heron"}"#;
        for kind in ["application/json", "application/xarf+json"] {
            let sent = program.ask("POST", "/api/v1/notices", kind, xarf.as_bytes());
            assert_eq!((sent.status, sent.json()["class"].as_str().unwrap().to_owned()), (201, "curable".to_owned()), "{}", sent.text);
        }
        let staff = site.staff("viewer");
        let page = staff.get(&format!("/staff/notices/{}", json["reference"].as_str().unwrap()));
        assert!(page.text().contains("application/xml"), "{}", page.text());
        let shown = staff.get(&page.link("/staff/submissions/"));
        assert!(shown.text().contains("<ID>H-1</ID>"), "{}", shown.text());
    }

    /// Documents that name the same customers, or come from the same new senders, in opposite order, sent at the same
    /// moment: none is refused for that.
    fn documents_do_not_wait_for_each_other(site: TestSite) {
        site.customers(CUSTOMERS);
        let by = |who: &str, doc: String| doc.replace("holtfinch.example", who);
        at_once(&site, &|n| (acns(&format!("H-{n}"), &format!("198.51.100.{n}"), ""), acns("H", &format!("2001:db8:5a::{n}"), "")));
        at_once(&site, &|n| {
            let pair = n / 2;
            let one = by(&format!("one-{pair}.example"), acns(&format!("H-{n}"), &format!("192.0.2.{n}"), ""));
            (one, by(&format!("other-{pair}.example"), acns("H", &format!("192.0.2.1{n}"), "")))
        });
    }

    /// ACNS is read in whatever encoding it comes.
    fn documents_of_any_encoding_are_read(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write,notices:read");
        let text = acns("H-9", "198.51.100.7", "").replace("Heron at Dawn", "Heron’s “Dawn” – Küste");
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let narrow = |text: &str, name: &str| {
            let bytes = text.chars().map(|c| match c {
                '’' => 0x92,
                '“' => 0x93,
                '”' => 0x94,
                '–' => 0x96,
                c => u8::try_from(u32::from(c)).unwrap(),
            });
            [format!("<?xml version=\"1.0\"{name}?>").into_bytes(), bytes.collect()].concat()
        };
        for body in [
            wide(&format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?>{text}")),
            wide(&text),
            narrow(&text, " encoding='windows-1252'"),
            narrow(&text, " encoding=\"ISO-8859-1\""),
            narrow(&text, ""),
        ] {
            let sent = program.ask("POST", "/api/v1/notices", "application/xml", &body);
            assert_eq!(sent.status, 201, "{}", sent.text);
            let path = format!("/api/v1/notices/{}", sent.json()["reference"].as_str().unwrap());
            assert_eq!(program.get(&path).json()["works"][0]["title"], "Heron’s “Dawn” – Küste");
        }
    }

    /// XML that declares entities is kept and not read; nothing is expanded.
    fn entities_are_refused(site: TestSite) {
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Infringement><Case><ID>&b;</ID></Case></Infringement>";
        let sent = site.stranger().ask("POST", "/api/v1/notices", "application/xml", bomb.as_bytes());
        assert_eq!(sent.status, 422, "{}", sent.text);
        assert!(sent.json()["errors"][0]["detail"].as_str().unwrap().contains("document type"));
        assert!(sent.json()["submission"].as_i64().is_some());
        let page = site.stranger().ask("POST", "/api/v1/notices", "application/xml", b"<html>no notice</html>");
        assert_eq!(page.status, 422);
    }

    /// A retraction by the key that sent the notice withdraws it; one by anybody else goes before staff.
    fn a_retraction_withdraws_what_is_theirs(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        let sent = program.ask("POST", "/api/v1/notices", "application/xml", acns("H-1", "198.51.100.7", "").as_bytes()).json();
        site.run_due();
        let back = acns("H-1", "198.51.100.7", "<Type Retraction=\"true\">INFO</Type>");
        let other = site.program("notices:write").ask("POST", "/api/v1/notices", "application/xml", back.as_bytes());
        assert_eq!((other.status, other.json()["retractions"].as_i64()), (202, Some(1)), "{}", other.text);
        let open = site.wait(site.app.read(|c| reviews::open(c, None, 10))).unwrap();
        assert_eq!(open.iter().map(|r| r.kind.code()).collect::<Vec<_>>(), ["retraction"]);
        let path = format!("/staff/cases/{}", site.cases_of(sent["reference"].as_str().unwrap())[0]);
        let case = site.staff("viewer").get(&path);
        assert!(case.text().contains("takes a notice back") && !case.text().contains("Withdrawn"), "{}", case.text());
        let foreign = back.replace("holtfinch.example", "somebody.example");
        program.ask("POST", "/api/v1/notices", "application/xml", foreign.as_bytes());
        let open = site.wait(site.app.read(|c| reviews::open(c, None, 10))).unwrap();
        assert!(open[1].about.case.is_none(), "another sender's number is not theirs to take back");
        program.ask("POST", "/api/v1/notices", "application/xml", back.as_bytes());
        site.run_due();
        let case = site.staff("viewer").get(&path).text();
        assert!(case.contains("Withdrawn by the complaining party") || case.contains("withdrew 1 URL"), "{case}");
        let open = site.wait(site.app.read(|c| reviews::open(c, None, 10))).unwrap();
        assert_eq!(open.len(), 1, "what asked a person to look is done");
        assert!(site.letter_to("idris@brightmoor.example").subject.contains("was withdrawn"));
    }
}

/// Sends twelve documents of two notices, every other one in the opposite order; all are taken.
fn at_once(site: &TestSite, documents: &(dyn Fn(i32) -> (String, String) + Sync)) {
    let program = &site.program("notices:write");
    std::thread::scope(|scope| {
        for n in 0..12 {
            let (one, other) = documents(n);
            let both = if n % 2 == 0 { one + &other } else { other + &one };
            scope.spawn(move || {
                let sent = program.ask("POST", "/api/v1/notices", "application/xml", both.as_bytes());
                assert_eq!(sent.status, 201, "{}", sent.text);
                assert_eq!(sent.json()["further"].as_array().unwrap().len(), 1, "{}", sent.text);
            });
        }
    });
}
