//! How fast what machines send is read: `cargo bench --bench readers`. And how the time of hostile inputs grows with
//! their size: `cargo bench --bench readers -- growth`, from 10 KB to 25 MB, each reader by itself.

mod shapes;

use std::fmt::Write as _;
use std::time::Instant;

use divan::{Bencher, black_box};
use safeharbor::domain::intake::location::Location;
use safeharbor::domain::regimes::us_512::verify::verify;
use safeharbor::formats::mail::{self, Content};
use safeharbor::formats::{acns, json, xarf};

fn main() {
    if std::env::args().any(|argument| argument == "growth") { growth() } else { divan::main() }
}

/// Sizes of the table, in bytes.
const SIZES: [usize; 5] = [10_000, 100_000, 1_000_000, 8_000_000, 25_000_000];

/// A line for each shape and one for each reader, of its slowest: milliseconds at each size, and how many times as long
/// a byte of a larger input took as a byte at 100 KB.
fn growth() {
    println!(
        "| input | 10 KB | 100 KB | 1 MB | 8 MB | 25 MB | a byte, to one at 100 KB |\n|---|---|---|---|---|---|---|"
    );
    let mut slowest: Vec<(&str, Vec<f64>)> = Vec::new();
    for shape in shapes::SHAPES {
        let took: Vec<f64> = SIZES.iter().map(|size| shortest(shape, *size)).collect();
        println!("{}", line(shape.name, &took));
        let reader = shape.name.split(':').next().unwrap_or_default();
        match slowest.iter_mut().find(|(name, _)| *name == reader) {
            Some((_, most)) => most.iter_mut().zip(&took).for_each(|(most, took)| *most = most.max(*took)),
            None => slowest.push((reader, took)),
        }
    }
    for (reader, took) in &slowest {
        println!("{}", line(&format!("{reader}, the slowest"), took));
    }
}

fn line(name: &str, took: &[f64]) -> String {
    let per_byte = |at: usize| took[at] / f64::from(u32::try_from(SIZES[at]).unwrap_or(u32::MAX));
    let worst = (2..SIZES.len()).map(|at| per_byte(at) / per_byte(1)).fold(0.0, f64::max);
    let cells: Vec<String> = took.iter().map(|ms| format!("{ms:.1}")).collect();
    format!("| {name} | {} ms | {worst:.1} |", cells.join(" | "))
}

/// The shortest of some readings, in milliseconds; of a large input there is one.
fn shortest(shape: &shapes::Shape, size: usize) -> f64 {
    let input = (shape.make)(size);
    let once = || {
        let start = Instant::now();
        (shape.read)(input.as_bytes());
        start.elapsed().as_secs_f64() * 1000.0
    };
    let tries = if size > 1_000_000 { 1 } else { 3 };
    (0..tries).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// ACNS with a number of items.
fn document(items: usize) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Infringement xmlns=\"http://www.acns.net/ACNS\">\n <Case><ID>314620451</ID><Status>Open</Status></Case>\n <Complainant><Entity>Holt &amp; Finch</Entity><Contact>Joel Finch</Contact><Address>14 Wharf Lane</Address><Phone>+44 20 7946 0958</Phone><Email>rights@holtfinch.example</Email></Complainant>\n <Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port><SubType BaseType=\"P2P\" Protocol=\"BITTORRENT\"/></Source>\n <Content>\n".to_owned();
    for n in 0..items {
        let _ = writeln!(
            text,
            "  <Item><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><Title>Heron at Dawn, part {n}</Title><FileName>heron-{n}.zip</FileName><FileSize>1253775203</FileSize><Hash Type=\"SHA1\">fb3126d027fc9e7f88c350d2c695f1ef007e6ab3</Hash></Item>"
        );
    }
    text + " </Content>\n</Infringement>\n"
}

const LETTER: &str = "Dear Sir or Madam:\n\nUnder penalty of perjury, I assert that Finch Rights Ltd. is authorized to act on behalf of the owner of the exclusive rights that are alleged to be infringed herein.\n\nWe have a good faith belief that the use of the material in the manner complained of is not authorized by the copyright owner, its agent, or the law. The information in this notice is accurate.\n\nRegards,\n\nJoel Finch\n\n";

/// A clear-signed mail of about 10 KB with the notice inline and attached, as the large senders write it.
fn mail_of_10_kb() -> Vec<u8> {
    let xml = document(4);
    let filler = "Nothing in this letter is a waiver of any right.\n".repeat(120);
    let text = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n{LETTER}{filler}{xml}-----BEGIN PGP SIGNATURE-----\n\niQEcBAEBAgAGBQ\n-----END PGP SIGNATURE-----\n"
    );
    let head = "From: Rights <rights@holtfinch.example>\nTo: abuse@host.example\nSubject: Notice of Claimed Infringement\nMessage-ID: <1@holtfinch.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n";
    let mail = format!(
        "{head}--b\nContent-Type: text/plain; charset=UTF-8\n\n{text}\n--b\nContent-Type: application/xml; name=\"1.xml\"\n\n{xml}\n--b--\n"
    );
    assert!((9_500..11_000).contains(&mail.len()), "{}", mail.len());
    mail.into_bytes()
}

#[divan::bench]
fn acns_mail_of_10_kb(bencher: Bencher<'_, '_>) {
    let bytes = mail_of_10_kb();
    let content = mail::read(&bytes).map(|m| m.content);
    let Some(Content::Machine(readings, _)) = &content else { panic!("{content:?}") };
    assert_eq!(readings.len(), 1);
    assert_eq!(verify(&readings[0].raw.understand(), &readings[0].findings).class.code(), "complete");
    bencher.bench_local(|| mail::read(black_box(&bytes)));
}

#[divan::bench(args = [1, 40, 1000])]
fn acns_document(bencher: Bencher<'_, '_>, items: usize) {
    let text = document(items);
    bencher.bench_local(|| acns::read(black_box(&text)));
}

#[divan::bench]
fn xarf_report(bencher: Bencher<'_, '_>) {
    let who = r#"{"org":"Monitor","contact":"r@monitor.example","domain":"monitor.example"}"#;
    let text = format!(
        r#"{{"xarf_version":"4.2.0","report_id":"2acc5d8c-15ba-4432-8ee1-08c657711c63","timestamp":"2026-02-01T10:30:00Z","reporter":{who},"sender":{who},"source_identifier":"198.51.100.7","source_port":51413,"category":"copyright","type":"p2p","p2p_protocol":"bittorrent","swarm_info":{{"info_hash":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}},"work_title":"Heron at Dawn"}}"#
    );
    bencher.bench_local(|| xarf::read(black_box(text.as_bytes())));
}

#[divan::bench]
fn json_notice(bencher: Bencher<'_, '_>) {
    let text = r#"{"complainant":{"name":"Joel Finch","email":"rights@holtfinch.example"},"works":[{"title":"Heron at Dawn"}],"locations":[{"url":"https://alder-photo.example/a.jpg"},{"url":"https://alder-photo.example/b.jpg"}],"statements":{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true},"signature":"Joel Finch"}"#;
    bencher.bench_local(|| json::read(black_box(text.as_bytes())));
}

#[divan::bench]
fn url(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        Location::read_url(black_box("hxxps://www.Alder-Photo[.]example/galleries/coast/heron.jpg?size=large"))
    });
}
