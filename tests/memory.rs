//! What is sent cannot take more memory than ten times its size, nor more time than its size asks for. One test alone
//! in its program: the memory of the whole process is measured.

#[path = "../benches/shapes.rs"]
mod shapes;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use safeharbor::domain::intake::location::Location;
use safeharbor::formats::{acns, json, mail, xarf};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Small inputs have a fixed cost beside: tables of the parsers, and lists with an upper bound.
const BESIDE: usize = 6_000_000;

fn measure(name: &str, input: &[u8], read: &dyn Fn(&[u8])) {
    assert_eq!(over(name, input, read), None);
}

/// What takes too much, in words.
fn over(name: &str, input: &[u8], read: &dyn Fn(&[u8])) -> Option<String> {
    // What is initialised once is not the input's.
    read(&input[..input.len().min(100)]);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = std::time::Instant::now();
    read(input);
    let took = start.elapsed();
    let peak = MEMORY.peak_usage() - before;
    println!("{name:<40} {:>9} bytes, peak {peak:>10}, {:>5} ms", input.len(), took.as_millis());
    let fits = peak <= input.len() * 10 + BESIDE && took.as_secs() < 30;
    (!fits).then(|| format!("{name}: {peak} bytes and {took:?} for {} bytes", input.len()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Bytes of the smaller input; the larger has four times as many.
const SMALLER: usize = 60_000;
/// What a busy machine may add.
const SLACK: Duration = Duration::from_millis(30);
/// Longest time for the larger input in a program that is not optimized.
const LONGEST: Duration = Duration::from_secs(5);

/// How long this thread has had a processor: on a busy machine the clock on the wall counts what others do, and the longer
/// a reading takes, the more of that.
fn busy() -> Option<Duration> {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    figures.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Four times as much takes about four times as long, not sixteen. The shortest of some tries is compared, and as soon
/// as they fit it is enough.
fn time_grows_with_the_size(shape: &shapes::Shape) {
    let once = |input: &str| {
        let (start, before) = (Instant::now(), busy());
        (shape.read)(input.as_bytes());
        busy().zip(before).map_or_else(|| start.elapsed(), |(after, before)| after.saturating_sub(before))
    };
    let (small, large) = ((shape.make)(SMALLER), (shape.make)(4 * SMALLER));
    let (mut short, mut long) = (once(&small), once(&large));
    for _ in 0..6 {
        if long <= short * 8 + SLACK {
            break;
        }
        (short, long) = (short.min(once(&small)), long.min(once(&large)));
    }
    println!("{:<50} {:>7} us, four times as much {:>8} us", shape.name, short.as_micros(), long.as_micros());
    assert!(long <= short * 8 + SLACK && long < LONGEST, "{}: {short:?}, four times as much {long:?}", shape.name);
}

#[test]
fn memory_and_time_are_bounded_by_the_input() {
    shapes::SHAPES.iter().for_each(time_grows_with_the_size);
    let large = |shape: &shapes::Shape| over(shape.name, (shape.make)(1_000_000).as_bytes(), &shape.read);
    let found: Vec<String> = shapes::SHAPES.iter().filter_map(large).collect();
    assert!(found.is_empty(), "{found:#?}");
    let many = |part: &str| part.repeat(2_000_000 / part.len());
    let read_acns = |bytes: &[u8]| drop(acns::read(std::str::from_utf8(bytes).unwrap_or_default()));
    let whole = |inside: &str| format!("<Infringement><Content>{inside}</Content></Infringement>");
    for (name, input) in [
        ("acns: empty items", whole(&many("<Item/>"))),
        ("acns: open items", whole(&many("<Item>"))),
        ("acns: deep elements", whole(&many("<a>"))),
        ("acns: ends of nothing", whole(&many("</Item>"))),
        ("acns: empty infringements", many("<Infringement/>")),
        ("acns: open infringements", many("<Infringement>")),
        ("acns: ampersands", whole(&many("&"))),
        ("acns: references", whole(&many("&amp;&#65;&x;"))),
        ("acns: attributes", format!("<Infringement {}>", many("a=\"1\" "))),
        ("acns: one long title", whole(&format!("<Item><Title>{}</Title></Item>", many("long ")))),
        ("acns: titles", whole(&many("<Item><Title>a</Title><URL>http://a.b/c</URL></Item>"))),
        ("acns: open angles", many("<")),
        ("acns: quoted lines", format!("{}> <Infringement>", many("> \n"))),
        ("acns: escaped", many("&lt;Infringement&gt;")),
    ] {
        measure(name, input.as_bytes(), &read_acns);
    }
    for (name, input) in [
        ("json: deep lists", many("[")),
        ("json: deep objects", many("{\"a\":")),
        ("json: works", format!("{{\"works\":[{}{{}}]}}", many("{},"))),
        ("json: unknown fields", {
            let mut text = "{".to_owned();
            for n in 0..150_000 {
                let _ = write!(text, "\"f{n}\":1,");
            }
            text + "\"z\":1}"
        }),
        ("json: locations", format!("{{\"locations\":[{}{{\"url\":\"a.b/c\"}}]}}", many("{\"url\":\"a.b/c\"},"))),
    ] {
        measure(name, input.as_bytes(), &|bytes| drop(json::read(bytes)));
    }
    for (name, input) in [
        ("xarf: a list of nothing", format!("[{}{{}}]", many("{},"))),
        (
            "xarf: evidence",
            format!(
                "{{\"xarf_version\":\"4.0.0\",\"category\":\"copyright\",\"type\":\"copyright\",\"evidence\":[{}{{}}]}}",
                many("{\"content_type\":\"text/plain\",\"payload\":\"QUFB\"},")
            ),
        ),
        ("xarf: deep", format!("{{\"xarf_version\":{}", many("["))),
    ] {
        measure(name, input.as_bytes(), &|bytes| drop(xarf::read(bytes)));
    }
    let head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n";
    for (name, input) in [
        ("mail: parts", format!("{head}\n{}", many("--b\n\nx\n"))),
        ("mail: parts with headers", format!("{head}\n{}", many("--b\nContent-Type: text/plain\n\nx\n"))),
        ("mail: headers", format!("{head}{}\n\nx", many("X-A: b\n"))),
        ("mail: one long header", format!("{head}Subject: {}\n\nx", many("word "))),
        ("mail: receivers", format!("{head}To: {}x@y.example\n\nx", many("a@b.example, "))),
        (
            "mail: nested messages",
            format!(
                "{head}\n{}",
                many(
                    "--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
                )
            ),
        ),
        ("mail: nested multiparts", format!("{head}\n{}", many("--b\nContent-Type: multipart/mixed; boundary=b\n\n"))),
        ("mail: addresses", format!("{head}\n--b\n\n{}", many("http://a.example/b "))),
        ("mail: base64", format!("{head}\n--b\nContent-Transfer-Encoding: base64\n\n{}", many("QUFBQUFBQUFB\n"))),
        ("mail: html", format!("{head}\n--b\nContent-Type: text/html\n\n{}", many("<p>&lt;Infringement&gt;"))),
        ("mail: references", format!("{head}References: {}\n\nx", many("<a@b.example> "))),
        ("mail: attached xml", format!("{head}\n{}", many("--b\nContent-Type: application/xml\n\n<Infringement/>\n"))),
        ("mail: zeros", "\0".repeat(2_000_000)),
    ] {
        measure(name, input.as_bytes(), &|bytes| drop(mail::read(bytes).map(|m| mail::draft(&m, |_| false, |_| true))));
    }
    for (name, input) in [
        ("url: long", many("a")),
        ("url: dots", many(".")),
        ("url: brackets", many("[.]")),
        ("url: international", many("ü")),
    ] {
        measure(name, input.as_bytes(), &|bytes| drop(Location::read_url(&text(bytes))));
    }
}
