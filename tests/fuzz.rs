//! What anybody can send, changed at random for as long as `SAFEHARBOR_FUZZ_SECONDS` says (a second each by default,
//! a minute in `make test`): nothing panics, nothing takes a second. A changed input whose outcome has not been seen
//! before becomes a seed itself. What fails is kept in `target/fuzz/` and tried first the next time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use safeharbor::domain::asset::{Asset, candidates};
use safeharbor::domain::contact::{EmailAddress, many_lines, one_line};
use safeharbor::domain::location::Location;
use safeharbor::domain::moment::{Moment, Span};
use safeharbor::domain::reading::Reading;
use safeharbor::domain::second_factor::Secret;
use safeharbor::formats::mail::{self, Content};
use safeharbor::formats::upload::Upload;
use safeharbor::formats::{self, Body};

/// Longest input; readers are bounded by configuration far above.
const MOST: usize = 20_000;

fn how_long() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a test is told how long to run")]
    let seconds = std::env::var("SAFEHARBOR_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 28] = [
    b"\0",
    b"\r\n",
    b"\n\n",
    b"<",
    b">",
    b"&#x0;",
    b"&amp;",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"]]>",
    b"<![CDATA[",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[[[[",
    b"99999999999999999999",
    b"-1",
    b"1e999",
    b"\xff\xfe",
    b"\xf0\x9f\x90\xa6",
    b"=3D",
    b"=?utf-8?b?AA==?=",
    b"--b\r\n",
    b"xn--",
    b"%00",
    b"https://",
    b"2026-02-30T25:61:61Z",
];

fn change(random: &mut ChaCha20Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=bytes.len());
        let to = (at + random.random_range(0..64)).min(bytes.len());
        match random.random_range(0..7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let again = bytes[at..to].repeat(random.random_range(1..20));
                drop(bytes.splice(at..at, again));
            }
            3 | 4 => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].iter().copied())),
            5 => {
                let other = &seeds[random.random_range(0..seeds.len())];
                let from = random.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.truncate(random.random_range(0..=bytes.len())),
        }
    }
    bytes.truncate(MOST);
    bytes
}

/// Runs a reader on changed seeds; it returns what is telling about the outcome.
fn fuzz<T: Hash>(name: &str, seeds: &[&[u8]], read: impl Fn(&[u8]) -> T) {
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("target/fuzz/{name}.bin"));
    let mut seeds: Vec<Vec<u8>> = seeds.iter().map(|s| s.to_vec()).collect();
    seeds.extend(std::fs::read(&kept).ok());
    let mut random = ChaCha20Rng::from_os_rng();
    let mut seen = HashSet::new();
    let (until, mut tried) = (Instant::now() + how_long(), 0_u64);
    let mut waiting = seeds.clone();
    while Instant::now() < until || !waiting.is_empty() {
        let input = waiting.pop().unwrap_or_else(|| change(&mut random, &seeds));
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&input)));
        if outcome.is_err() || start.elapsed() > Duration::from_secs(1) {
            std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
            std::fs::write(&kept, &input).unwrap();
            panic!("{name}: after {:?} on {:?}", start.elapsed(), String::from_utf8_lossy(&input));
        }
        let mut hasher = DefaultHasher::new();
        outcome.ok().hash(&mut hasher);
        if seen.insert(hasher.finish()) && seeds.len() < 2000 {
            seeds.push(input);
        }
        tried += 1;
    }
    println!("{name}: {tried} inputs, {} different outcomes", seen.len());
}

/// What is telling about a reading: how it was judged, and how much there is of each thing.
fn telling(reading: &Reading) -> (String, usize, usize, bool, Vec<&'static str>) {
    let understood = reading.understood();
    let (notice, verdict) = (&understood.notice, &understood.verdict);
    let codes = verdict.findings.iter().map(|f| f.code.as_str()).collect();
    for location in &notice.locations {
        candidates(location);
    }
    (
        verdict.class.code().to_owned(),
        notice.locations.len().min(3),
        notice.works.len().min(3),
        reading.retraction,
        codes,
    )
}

const JSON: &[u8] = br#"{"complainant": {"name": "Joel Finch", "organization": "Holt & Finch", "email": "rights@holtfinch.example", "role": "agent"},
 "works": [{"title": "Heron at Dawn", "original_urls": ["https://holtfinch.example/20193"]}],
 "locations": [{"url": "https://alder-photo.example/heron.jpg"}, {"ip": "198.51.100.73", "port": 51413, "observed_at": "2026-03-10T14:22:00Z"}],
 "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true}, "signature": "Joel Finch"}"#;

const ACNS: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?><Infringement xmlns="http://www.acns.net/ACNS"><Case><ID>31</ID><Status>Open</Status></Case>
<Complainant><Entity>Holt &amp; Finch</Entity><Contact>Joel Finch</Contact><Address>14 Wharf Lane</Address><Phone>+44</Phone><Email>rights@holtfinch.example</Email></Complainant>
<Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port><SubType BaseType="P2P" Protocol="BITTORRENT"/></Source>
<Content><Item><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><Title>Heron</Title><FileName>heron.zip</FileName><FileSize>12</FileSize><Hash Type="SHA1">fb31</Hash></Item></Content></Infringement>"#;

const XARF: &[u8] = br#"{"xarf_version": "4.0.0", "report_id": "7", "timestamp": "2026-02-01T10:30:00Z", "reporter": {"org": "Holt", "contact": "r@holt.example", "type": "automated"},
 "source_identifier": "198.51.100.7", "category": "copyright", "type": "copyright", "work_title": "Heron", "infringing_url": "https://alder-photo.example/a", "rights_holder": "Maren Holt"}"#;

const XARF_3: &[u8] = br#"{"Version": "3", "ReporterInfo": {"ReporterOrg": "Holt", "ReporterOrgEmail": "r@holt.example"}, "Disclosure": true, "Report": {"ReportClass": "Content",
 "ReportType": "Copyright", "Date": "2026-02-01T10:30:00Z", "SourceIp": "198.51.100.7", "SourcePort": 80, "Url": "https://alder-photo.example/a"}}"#;

const LETTER: &[u8] = b"From: Joel <rights@holtfinch.example>\nTo: abuse@host.example\nSubject: =?utf-8?q?Notice?=\nMessage-ID: <1@holtfinch.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=UTF-8\n\nI have a good faith belief that https://alder-photo.example/heron.jpg is not authorized by the copyright owner, its agent, or the law.\nUnder penalty of perjury, I am authorized to act.\n/s/ Joel Finch\n--b\nContent-Type: application/json; name=\"1.json\"\nContent-Transfer-Encoding: quoted-printable\n\n{=22a=22:1}\n--b--\n";

const BOUNCE: &[u8] = b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: copyright@host.example\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nno such user\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; owner@x.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <abc@host.example>\nSubject: A notice\n\ntext\n--b--\n";

#[test]
fn documents() {
    fuzz("documents", &[JSON, ACNS, XARF, XARF_3], |bytes| {
        match formats::read_document(bytes, Body::of(bytes), 1000) {
            Ok(readings) => Ok(readings.iter().map(telling).collect::<Vec<_>>()),
            Err(faults) => Err(faults.0.iter().map(|f| f.pointer.clone()).collect::<Vec<_>>()),
        }
    });
}

#[test]
fn mails() {
    let with_document = [LETTER, b"\n--b\nContent-Type: text/xml\n\n", ACNS, b"\n--b--\n"].concat();
    fuzz("mails", &[LETTER, BOUNCE, &with_document], |bytes| {
        let mail = mail::read(bytes)?;
        let draft = telling(&mail::draft(&mail, |host| host.len() % 2 == 0));
        let content = match &mail.content {
            Content::Machine(readings, _) => readings.iter().map(telling).collect(),
            _ => Vec::new(),
        };
        Some((std::mem::discriminant(&mail.content), draft, content))
    });
}

#[test]
fn words() {
    let seeds: [&[u8]; 10] = [
        b"https://alder-photo.example/heron.jpg?a=1#b",
        b"hxxp://alder[.]example/~kim/",
        b"http://user@[2001:db8::1]:8080/\xc3\xa9",
        b"*.alder-photo.example",
        b"198.51.100.0/24",
        b"pages.northwind.example/~kim/",
        b"\"a b\"@xn--e1afmkfd.example",
        b"2026-03-10T14:22:00Z",
        b"48h",
        b"287 082",
    ];
    fuzz("words", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let location = Location::read_url(&text);
        let keys = candidates(&location);
        let asset = Asset::parse(&text).ok().map(|a| a.key());
        if let Some(key) = &asset {
            Asset::shown(key);
        }
        let address = EmailAddress::parse(&text).is_some();
        let short = one_line(&text, 20).chars().count() <= 20 && many_lines(&text, 20).chars().count() <= 20;
        assert!(short, "bounded");
        let code = Secret::from_random([1; 32]).step(&text, Moment(59_000_000));
        (keys.len(), asset.is_some(), address, Moment::parse(&text).is_some(), text.parse::<Span>().is_ok(), code)
    });
}

#[test]
fn files() {
    let seeds: [&[u8]; 5] = [
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"plain text",
        b"<html><script>",
    ];
    fuzz("files", &seeds, |bytes| {
        let name = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        formats::text_shown(bytes);
        match Upload::check(&name, bytes.to_vec()) {
            Ok(file) => Ok(file.media_type),
            Err(why) => Err(why.to_string().len()),
        }
    });
}
