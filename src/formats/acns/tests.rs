use super::*;
use crate::domain::regimes::us_512::verify::verify;

/// A document of our own making with everything in its place.
const WHOLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Infringement xmlns="http://www.acns.net/ACNS" schemaVersion="1.2">
 <Case><ID>H-4471</ID><Status>Open</Status></Case>
 <Complainant><Entity>Holt &amp; Finch</Entity><Contact>Joel Finch</Contact><Email>rights@holtfinch.example</Email></Complainant>
 <Service_Provider><Entity>Northwind</Entity><Email>abuse@northwind.example</Email></Service_Provider>
 <Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port>
  <SubType BaseType="P2P" Protocol="BITTORRENT"/></Source>
 <Content><Item><TimeStamp>2026-02-01T10:31:00.99Z</TimeStamp><Title>Heron at Dawn</Title><FileName>heron.zip</FileName>
  <Hash Type="SHA1">6AF9F5BF5493B6BB72F15F77C2E541D606328AEA</Hash></Item></Content>
</Infringement>"#;

fn one(text: &str) -> ParsedNotice {
    let mut all = read(text).unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.all.remove(0)
}

fn codes(reading: &ParsedNotice) -> Vec<&'static str> {
    reading.findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn a_whole_document_is_read_without_remarks() {
    let reading = one(WHOLE);
    assert_eq!(codes(&reading), Vec::<&str>::new());
    let (raw, place) = (&reading.raw, &reading.raw.locations[0]);
    assert_eq!((raw.reference.as_str(), raw.complainant.organization.as_str()), ("H-4471", "Holt & Finch"));
    assert_eq!((place.ip.as_str(), place.port), ("198.51.100.7", Some(51413)));
    assert_eq!((place.observed_at.as_str(), place.protocol.as_str()), ("2026-02-01T10:31:00Z", "BITTORRENT"));
    assert_eq!((raw.works[0].title.as_str(), place.file_name.as_str()), ("Heron at Dawn", "heron.zip"));
    assert_eq!(verify(&raw.understand(), &reading.findings).class.code(), "curable", "no letter, no statements");
}

#[test]
fn faults_are_mended_and_named() {
    type Change = fn(&str) -> String;
    let table: &[(&str, Change)] = &[
        ("format.mended", |x| x.replace("&amp;", "&")),
        ("format.mended", |x| x.replace("<SubType BaseType=", "<Subtype Basetype=")),
        ("format.mended", |x| x.replace("<Hash Type=\"SHA1\">", "<InfoHash>").replace("</Hash>", "</InfoHash>")),
        ("format.mended", |x| x.lines().map(|l| format!("> {l}\n")).collect()),
        ("format.mended", |x| x.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
        ("format.mended", |x| x.replace("\"1.2\"", "“1.2″")),
        ("format.cut_off", |x| x[..x.find("</Content>").unwrap()].to_owned()),
        ("format.cut_off", |x| x.replace("</Item></Content>", "<TextNotice>Dear host</TextNotice>")),
        ("format.case_id_missing", |x| x.replace("H-4471", "")),
        ("format.secrets_removed", |x| x.replace("<Port>", "<Login Username=\"u\" Password=\"p\"/><Port>")),
        ("format.text_differs", |x| format!("IP Address: 198.51.100.8\n{x}")),
        ("format.signature_unverified", |x| {
            format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n{x}\n-----BEGIN PGP SIGNATURE-----\nabc")
        }),
    ];
    for (code, change) in table {
        let reading = one(&change(WHOLE));
        assert!(codes(&reading).contains(code), "{code}: {:?}", reading.findings);
        let place = &reading.raw.locations[0];
        assert_eq!((place.ip.as_str(), place.port), ("198.51.100.7", Some(51413)), "{code}");
        assert_eq!(reading.raw.works[0].title, "Heron at Dawn", "{code}");
    }
}

#[test]
fn an_address_a_port_and_a_time_are_never_guessed() {
    let reading = one(&WHOLE.replace("198.51.100.7", "92.222.64.5.4"));
    assert!(codes(&reading).contains(&"format.address_unreadable"));
    let understood = reading.raw.understand();
    assert!(matches!(understood.locations[0].place, Place::Unreadable(_)));
    assert!(understood.locations[0].as_written.contains("92.222.64.5.4"));
    let reading = one(&WHOLE.replace("51413", "-"));
    assert_eq!((reading.raw.locations[0].port, codes(&reading)), (None, vec!["format.port_unreadable"]));
    let reading =
        one(&WHOLE.replace("2026-02-01T10:30:00Z", "01/02/2026 10:30").replace("2026-02-01T10:31:00.99Z", "yesterday"));
    assert_eq!((reading.raw.locations[0].observed_at.as_str(), codes(&reading)), ("", vec!["format.time_unreadable"]));
}

#[test]
fn entities_are_refused_and_never_expanded() {
    for declaration in [
        "<!DOCTYPE x [<!ENTITY lol \"ha\">]>",
        "<!DOCTYPE Infringement SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"http://127.0.0.1/\">]>",
    ] {
        let text = WHOLE.replace("?>\n<Inf", &format!("?>\n{declaration}\n<Inf"));
        assert!(read(&text).unwrap_err().to_string().contains("document type"), "{declaration}");
        let inside = WHOLE.replace("<Case>", &format!("{declaration}<Case>"));
        assert!(read(&inside).is_err(), "{declaration}");
    }
    let reading = one(&WHOLE.replace("Heron at Dawn", "Heron &lol9; Dawn"));
    assert_eq!(reading.raw.works[0].title, "Heron &lol9; Dawn");
}

#[test]
fn several_items_and_several_infringements_are_kept_apart() {
    let item = "<Item><TimeStamp>2026-02-01T10:31:00Z</TimeStamp><Title>Tide</Title><FileName>tide.zip</FileName></Item></Content>";
    let reading = one(&WHOLE.replace("</Content>", item));
    assert_eq!(reading.raw.works.len(), 2);
    assert_eq!(reading.raw.understand().locations.len(), 2, "two files at one address are two");
    let both = format!("{WHOLE}\n{}", WHOLE.replace("H-4471", "H-4472"));
    let references: Vec<String> = read(&both).unwrap().iter().map(|r| r.raw.reference.clone()).collect();
    assert_eq!(references, ["H-4471", "H-4472"]);
}

#[test]
fn a_hosting_notice_has_its_web_address() {
    let web = WHOLE
        .replace("<IP_Address>198.51.100.7</IP_Address><Port>51413</Port>", "")
        .replace("<Title>", "<URL>https://alder-photo.example/heron.jpg</URL><Title>");
    assert_eq!(one(&web).raw.locations[0].url, "https://alder-photo.example/heron.jpg");
    let none = WHOLE.replace("<Title>", "<URL>dht</URL><Title>");
    assert_eq!(one(&none).raw.locations[0].ip, "198.51.100.7");
}

#[test]
fn a_retraction_is_seen() {
    assert!(one(&WHOLE.replace("</Infringement>", "<Type Retraction=\"true\">INFO</Type></Infringement>")).retraction);
    assert!(
        !one(&WHOLE.replace("</Infringement>", "<Type Retraction=\"false\">INFO</Type></Infringement>")).retraction
    );
}

#[test]
fn statements_stand_in_the_letter_around_it() {
    let letter = "We act on behalf of Holt & Finch. We have a good faith belief that the use is not authorized by the owner, its agent or the law. The information is accurate. Under penalty of perjury, we are authorized to act.\n\nRegards,\nJoel Finch\n\n- ----Start ACNS XML\n";
    let reading = one(&format!("{letter}{WHOLE}\n- ----End ACNS XML\n"));
    assert_eq!(reading.raw.rights_owner.name, "Holt & Finch");
    assert_eq!(verify(&reading.raw.understand(), &reading.findings).class.code(), "complete", "{:?}", reading.findings);
}

proptest::proptest! {
    #[test]
    fn nothing_sent_makes_it_panic(text in "\\PC{0,400}", cut in 0_usize..1200) {
        let _ = read(&text);
        let whole = WHOLE.get(..cut).unwrap_or(WHOLE);
        let _ = read(&format!("{whole}{text}"));
        let _ = read(&format!("{text}{WHOLE}"));
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let one = |n: usize| format!("<Infringement><Case><ID>{n}</ID></Case></Infringement>\n");
    let many: String = (0..1003).map(one).collect();
    let found = read(&many).unwrap();
    assert_eq!((found.len(), found.left_out), (1000, 3));
    assert_eq!(found.problem().unwrap(), "1000 of 1003 notices in one document were read; send the others apart");
    let items: String = (0..20_003).map(|n| format!("<Item><URL>http://a.example/{n}</URL></Item>")).collect();
    let found = read(&format!("<Infringement><Content>{items}</Content></Infringement>")).unwrap();
    assert_eq!((found[0].raw.locations.len(), found.places_left_out), (20_000, 3));
    assert_eq!(found[0].raw.locations[19_999].url, "http://a.example/19999", "nothing is added to the last one");
    let refused = crate::formats::read_document(many.as_bytes(), crate::formats::Body::Acns, 10_000);
    assert!(refused.is_err(), "nothing of it is dropped in silence");
}
