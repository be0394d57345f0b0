//! Hostile inputs of any size, one for each way in which a reader could take longer than the size of its input asks for.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use safeharbor::domain::intake::location::Location;
use safeharbor::formats::{Body, mail, read_document};

/// An input of about so many bytes, and what reads it.
pub struct Shape {
    pub name: &'static str,
    pub make: fn(usize) -> String,
    pub read: fn(&[u8]),
}

const XML: &str = "<Infringement><Case><ID>1</ID></Case></Infringement>\n";
const WORDS: &str = "lorem ipsum dolor\n";
const HEAD: &str = "From: a@b.example\nTo: copyright@host.example\nSubject: x\nMessage-ID: <1@b.example>\n";
const MIXED: &str = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n";

fn document(bytes: &[u8], form: Body) {
    for reading in read_document(bytes, form, 10_000).unwrap_or_default() {
        reading.understood();
    }
}

fn acns(bytes: &[u8]) {
    document(bytes, Body::Acns);
}

fn xarf(bytes: &[u8]) {
    document(bytes, Body::Xarf);
}

fn json(bytes: &[u8]) {
    document(bytes, Body::Own);
}

fn mails(bytes: &[u8]) {
    let Some(read) = mail::read(bytes) else { return };
    mail::draft(&read, |_| false, |_| true).understood();
    if let mail::Content::Machine(readings, _) = &read.content {
        for reading in readings {
            reading.understood();
        }
    }
}

fn urls(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        Location::read_url(line);
    }
}

/// A text again and again up to a size.
fn many(part: &str, size: usize) -> String {
    part.repeat(size / part.len() + 1)
}

/// Numbered texts up to a size; `#` is the number.
fn each(part: &str, size: usize) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut n = 0;
    while text.len() < size {
        text.push_str(&part.replace('#', &n.to_string()));
        n += 1;
    }
    text
}

/// Half of one and half of the other.
fn halves(first: &str, second: &str, size: usize) -> String {
    many(first, size / 2) + &many(second, size / 2)
}

fn item(inside: &str) -> String {
    format!("<Infringement><Content>{inside}</Content></Infringement>")
}

/// A letter with a part again and again, and a long text after them.
fn parts(part: &str, size: usize) -> String {
    format!("{MIXED}{}--b\nContent-Type: text/plain\n\n{}--b--\n", many(part, size / 2), many(WORDS, size / 2))
}

/// A message in base64 in a message in base64, and so on.
fn wrapped(size: usize) -> String {
    let mut inner = format!("{HEAD}\n{}", many(WORDS, size / 4));
    for _ in 0..4 {
        let lines = STANDARD.encode(inner);
        inner = format!("{HEAD}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{lines}\n");
    }
    inner
}

/// A XARF report with its evidence in base64.
fn evidence(size: usize) -> String {
    let one = format!(r#"{{"content_type":"text/plain","payload":"{}"}}"#, STANDARD.encode(many(WORDS, size / 60)));
    let list = vec![one; 45].join(",");
    format!(r#"{{"xarf_version":"4.0.0","category":"copyright","type":"copyright","evidence":[{list}]}}"#)
}

/// Multiparts in multiparts.
fn deep(size: usize) -> String {
    let mut text = HEAD.to_owned();
    for n in 0..size / 60 {
        let _ = write!(text, "Content-Type: multipart/mixed; boundary=\"b{n}\"\n\n--b{n}\n");
    }
    text
}

macro_rules! shapes {
    ($($read:ident $name:literal $make:expr;)*) => {
        /// All of them.
        pub const SHAPES: &[Shape] = &[$(Shape { name: $name, make: $make, read: $read },)*];
    };
}

shapes! {
    acns "ACNS: tiny notices and a long letter" |n| halves(XML, WORDS, n);
    acns "ACNS: notices and a letter on behalf of many" |n| halves("<Infringement><Complainant><Entity>acme</Entity></Complainant></Infringement>", "on behalf of acm ", n);
    acns "ACNS: notices and a letter with many addresses" |n| halves("<Infringement><Source><IP_Address>192.0.2.1</IP_Address></Source></Infringement>", "IP address: 198.51.100.7\n", n);
    acns "ACNS: notices that are never closed" |n| many("<Infringement>", n);
    acns "ACNS: items" |n| item(&many("<Item><Title>t</Title></Item>", n));
    acns "ACNS: items of other titles" |n| item(&each("<Item><Title>t#</Title></Item>", n));
    acns "ACNS: items of one long address" |n| format!("<Infringement><Source><URL>http://a.example/{}</URL></Source><Content>{}</Content></Infringement>", "a".repeat(4000), many("<Item/>", n));
    acns "ACNS: elements in elements" |n| item(&many("<a>", n));
    acns "ACNS: ends of nothing" |n| item(&many("</a>", n));
    acns "ACNS: attributes" |n| format!("<Infringement {}>", each("a#='1' ", n));
    acns "ACNS: references" |n| item(&many("&x;&#65;", n));
    acns "ACNS: angles" |n| many("<", n);
    acns "ACNS: long names" |n| many(&format!("<{}", "a".repeat(70)), n);
    acns "ACNS: declarations" |n| many("<?xml <!doctype html ", n) + XML;
    acns "ACNS: escaped" |n| many("&lt;Infringement&gt;", n);
    acns "ACNS: quoted" |n| many("> <Infringement>\n", n);
    acns "ACNS: quotation marks" |n| item(&many("<Item a=“1”/>", n));
    acns "ACNS: text of notices" |n| many(&format!("<Infringement><TextNotice>{}</TextNotice></Infringement>", WORDS.repeat(50)), n);
    acns "ACNS: signatures of PGP" |n| many("-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n", n) + XML;
    xarf "XARF: reports" |n| format!("[{}{{}}]", each(r##"{"xarf_version":"4.0.0","category":"copyright","type":"copyright","source_identifier":"192.0.2.1","report_id":"#"},"##, n));
    xarf "XARF: evidence" evidence;
    xarf "XARF: lists in lists" |n| format!("{{\"xarf_version\":{}", many("[", n));
    json "JSON: locations" |n| format!("{{\"locations\":[{}{{}}]}}", each("{\"url\":\"a.example/#\"},", n));
    json "JSON: locations, all the same" |n| format!("{{\"locations\":[{}{{}}]}}", many("{\"ip\":\"192.0.2.1\"},", n));
    json "JSON: works" |n| format!("{{\"works\":[{}{{}}]}}", each("{\"title\":\"#\"},", n));
    json "JSON: unknown fields" |n| format!("{{{}\"z\":1}}", each("\"f#\":1,", n));
    json "JSON: one long text" |n| format!("{{\"signature\":\"{}\"}}", many("\\u0041", n));
    json "JSON: lists in lists" |n| many("[", n);
    json "JSON: a list" |n| format!("[{}1]", many("1,", n));
    mails "mail: tiny XML attachments and a long letter" |n| parts(&format!("--b\nContent-Type: application/xml\n\n{XML}"), n);
    mails "mail: tiny JSON attachments and a long letter" |n| parts("--b\nContent-Type: application/json\n\n{\"xarf_version\":\"4\",\"category\":\"copyright\",\"type\":\"copyright\"}\n", n);
    mails "mail: tiny mails attached" |n| parts("--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\n\nx\n", n);
    mails "mail: tiny parts" |n| parts("--b\n\nx\n", n);
    mails "mail: multiparts without their boundary" |n| parts("--b\nContent-Type: multipart/mixed; boundary=c\n\nx\n", n);
    mails "mail: multiparts in multiparts" deep;
    mails "mail: mails in mails" |n| format!("{HEAD}{}\nx\n", many("Content-Type: message/rfc822\n\nFrom: a@b.example\n", n));
    mails "mail: mails in base64 in mails" wrapped;
    mails "mail: a long boundary" |n| format!("{HEAD}Content-Type: multipart/mixed; boundary={}x\n\n{}", "-".repeat(n / 2), many("-", n / 2));
    mails "mail: a boundary of dashes" |n| format!("{HEAD}Content-Type: multipart/mixed; boundary={}x\n\n{}", "-".repeat(200), many("-", n));
    mails "mail: a boundary in pieces" |n| format!("{HEAD}Content-Type: multipart/mixed; {}\n\nx\n", each("boundary*#=a;", n));
    mails "mail: parameters" |n| format!("{HEAD}Content-Type: text/plain; {}\n\nx\n", each("a#=b;", n));
    mails "mail: header fields" |n| format!("{HEAD}{}\nx\n", each("X-#: 1\n", n));
    mails "mail: a long subject" |n| format!("{HEAD}Subject: {}\n\nx\n", many("word ", n));
    mails "mail: encoded words" |n| format!("{HEAD}Subject: {}\n\nx\n", many("=?utf-8?q?a?= ", n));
    mails "mail: encoded words that do not end" |n| format!("{HEAD}Subject: {}\n\nx\n", many("=?utf-8?q?a ", n));
    mails "mail: references" |n| format!("{HEAD}References: {}\n\nx\n", each("<#@b.example> ", n));
    mails "mail: references that do not end" |n| format!("{HEAD}References: {}\n\nx\n", many("<", n));
    mails "mail: receivers" |n| format!("{HEAD}Cc: {}\n\nx\n", each("a#@b.example, ", n));
    mails "mail: groups of receivers" |n| format!("{HEAD}Cc: {}\n\nx\n", many("g:", n));
    mails "mail: comments" |n| format!("{HEAD}Cc: {}\n\nx\n", many("(", n));
    mails "mail: quotation marks in an address" |n| format!("{HEAD}Cc: {}\n\nx\n", many("\"\\", n));
    mails "mail: servers on the way" |n| format!("{}{HEAD}\nx\n", many("Received: from a by b with c; d (e [1.2.3.4])\n", n));
    mails "mail: a long received field" |n| format!("Received: {}\n{HEAD}\nx\n", many("from (a [1.2.3.4]) ", n));
    mails "mail: authentication results" |n| format!("Authentication-Results: mx; {}\n{HEAD}\nx\n", many("dkim=fail ", n));
    mails "mail: one line" |n| format!("{HEAD}\n{}", many("a", n));
    mails "mail: addresses" |n| format!("{HEAD}\n{}", each("https://h#.example/x ", n));
    mails "mail: quoted lines" |n| format!("{HEAD}\n{}", many("> > > x\n", n));
    mails "mail: greetings" |n| format!("{HEAD}\n{}", many("Regards,\n", n));
    mails "mail: labels" |n| format!("{HEAD}\n{}", many("Signature:\nSigned: 1\n", n));
    mails "mail: marks of PGP" |n| format!("{HEAD}\n{}", many("-----BEGIN PGP SIGNED MESSAGE-----\n- - -----BEGIN PGP SIGNATURE-----\n", n));
    mails "mail: dashes" |n| format!("{HEAD}\n{}", many("-- \n", n));
    mails "mail: base64 of nothing" |n| format!("{HEAD}Content-Transfer-Encoding: base64\n\n{}", many("!@#=", n));
    mails "mail: base64" |n| format!("{HEAD}Content-Transfer-Encoding: base64\n\n{}", many("aHR0cDovL2EuYi8gIA==\n", n));
    mails "mail: quoted-printable" |n| format!("{HEAD}Content-Transfer-Encoding: quoted-printable\n\n{}", many("=\n= =3D", n));
    mails "mail: HTML links" |n| format!("{HEAD}Content-Type: text/html\n\n{}", each("<a href=\"http://h.example/#\">a</a>", n));
    mails "mail: HTML links that do not end" |n| format!("{HEAD}Content-Type: text/html\n\n{}", many("<a href='", n));
    mails "mail: HTML elements in elements" |n| format!("{HEAD}Content-Type: text/html\n\n{}", many("<div><table>", n));
    mails "mail: HTML angles" |n| format!("{HEAD}Content-Type: text/html\n\n{}", many("<", n));
    mails "mail: HTML attributes" |n| format!("{HEAD}Content-Type: text/html\n\n<a {}>", each("a#=1 ", n));
    mails "mail: HTML comments" |n| format!("{HEAD}Content-Type: text/html\n\n{}", many("<!--", n));
    mails "mail: HTML references" |n| format!("{HEAD}Content-Type: text/html\n\n{}", many("&amp", n));
    mails "mail: HTML parts" |n| parts("--b\nContent-Type: text/html\n\n<p>x\n", n);
    mails "mail: reports of delivery" |n| format!("{HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{}--b--\n", each("Final-Recipient: rfc822; a#@b.example\nAction: failed\nStatus: 5.1.1\n\n", n));
    mails "mail: letters that came back" |n| format!("{HEAD}Return-Path: <>\nSubject: undeliverable\n\n{}", many("Message-ID: <", n));
    mails "mail: signed structures" |n| format!("{HEAD}Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n{}", many("MIAwgDCAJIA=", n));
    urls "addresses: lines" |n| each("https://h#.example/x\n", n);
    urls "addresses: one line" |n| many("a.", n);
    urls "addresses: international" |n| many(&format!("https://{}.example/x\n", "\u{430}\u{301}".repeat(1000)), n);
    urls "addresses: made harmless" |n| many(&format!("hxxp://{}\n", "[.]".repeat(1000)), n);
}
