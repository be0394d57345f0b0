use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{Content, Mail, draft, read};

const XML: &str = "<Infringement><Case><ID>H-1</ID></Case><Complainant><Entity>Holt</Entity></Complainant><Content><Item><Title>Küste</Title></Item></Content></Infringement>";

fn mail(rest: impl AsRef<[u8]>) -> Mail {
    read(&[b"From: a@holtfinch.example\nMIME-Version: 1.0\n", rest.as_ref()].concat()).unwrap()
}

fn title(mail: &Mail) -> String {
    let Content::Machine(readings, problems) = &mail.content else { panic!("{:?}", mail.content) };
    assert_eq!((readings.len(), problems.len()), (1, 0), "{problems:?}");
    readings[0].raw.works[0].title.clone()
}

fn urls(mail: &Mail) -> Vec<String> {
    draft(mail, |_| false, |_| true).raw.locations.into_iter().map(|l| l.url).collect()
}

#[test]
fn what_is_not_closed_ends_where_the_mail_ends() {
    let encoded = STANDARD.encode(XML);
    let xml = format!("--b\nContent-Type: text/xml; name=n.xml\nContent-Transfer-Encoding: base64\n\n{encoded}\n");
    let outer = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWords.\n";
    assert_eq!(title(&mail(format!("{outer}{xml}"))), "Küste");
    let inner = format!("{outer}--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nMore.\n{xml}--b--\n");
    let read = mail(inner);
    assert_eq!((title(&read), read.text.as_str()), ("Küste".into(), "Words.\n\nMore."));
    // Closed too early.
    assert_eq!(title(&mail(format!("{outer}--b--\n{xml}"))), "Küste");
}

#[test]
fn a_boundary_that_is_not_named_or_not_there_is_found() {
    let body = "\n\n--x\nContent-Type: text/plain\n\nhttps://alder-photo.example/1.jpg\n--x--\n";
    for kind in ["multipart/alternative", "multipart/mixed; boundary=other", "multipart/mixed; boundary="] {
        let read = mail(format!("Content-Type: {kind}{body}"));
        assert_eq!(urls(&read), ["https://alder-photo.example/1.jpg"], "{kind}");
        assert!(!read.text.contains("--x"), "{}", read.text);
    }
    let none = mail("Content-Type: multipart/mixed; boundary=b\n\nOnly words: https://alder-photo.example/1.jpg\n");
    assert_eq!(urls(&none), ["https://alder-photo.example/1.jpg"]);
}

#[test]
fn a_mail_attached_as_a_file_is_a_mail() {
    let inner = format!("From: rights@holtfinch.example\nMessage-ID: <i@x.example>\n\n{XML}");
    let encoded = STANDARD.encode(&inner);
    for kind in ["application/octet-stream; name=\"notice.eml\"", "application/octet-stream", "message/rfc822"] {
        for (encoding, body) in [("base64", &encoded), ("8bit", &inner)] {
            let part = format!("--b\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--b--\n");
            let read = mail(format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nForwarded.\n{part}"));
            assert_eq!((title(&read), read.forwarded), ("Küste".into(), true), "{kind} {encoding}");
        }
    }
}

#[test]
fn signed_mail_is_shown_as_the_text_in_it() {
    let der = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let words = der(0x04, b"Content-Type: text/plain\r\n\r\nhttps://alder-photo.example/1.jpg");
    let inside = der(0x30, &[der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), der(0xa0, &words)].concat());
    let signed = der(0x30, &[der(2, b"\x01"), der(0x31, b""), inside].concat());
    let whole = der(0x30, &[der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), der(0xa0, &signed)].concat());
    for kind in ["application/pkcs7-mime; smime-type=signed-data", "application/octet-stream; name=smime.p7m"] {
        let head = format!("Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\n");
        let read = mail(format!("{head}{}", STANDARD.encode(&whole)));
        assert_eq!((urls(&read).len(), read.forwarded), (1, false), "{kind}");
        assert!(read.attachments[0].ends_with("(signature not checked)"), "{:?}", read.attachments);
    }
}

#[test]
fn letters_of_any_encoding_are_read() {
    let plain = b"Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nIt\x92s mine \x96 \x93Heron\x94";
    assert_eq!(mail(plain).text, "It’s mine – “Heron”");
    let utf16: Vec<u8> = format!("\u{feff}{XML}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for kind in ["text/xml", "application/xml; charset=utf-16", "text/xml; charset=utf-8", "text/plain; name=n.xml"] {
        let head = format!("Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\n");
        assert_eq!(title(&mail(format!("{head}{}", STANDARD.encode(&utf16)))), "Küste", "{kind}");
    }
    let broken = mail("Content-Transfer-Encoding: base64\n\naHR0cHM6Ly9hbGRlci1waG90by5leG\n=\n!!!!\neA==\n");
    assert_eq!(broken.text, "https://alder-photo.exx");
}

#[test]
fn what_is_too_deep_or_too_long_is_text() {
    let level = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    let deep: String = (0..500).map(level).collect();
    assert!(mail(format!("{deep}\nhello")).text.contains("hello"));
    let long = format!("Content-Type: multipart/mixed; boundary={}\n\nhello", "-".repeat(7000));
    assert_eq!(mail(&long).text, "hello");
    let fields = format!("From: a@b.example\nContent-Type: text/plain; {}\n\nhello", "a*1=b;".repeat(2000));
    assert!(read(fields.as_bytes()).is_none(), "kept, not read");
}
