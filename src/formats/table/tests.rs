use std::io::Cursor;

use super::*;

const HEAD: &str = "account,name,segment,contact_email,asset";

/// Headings, and of each record the fields or the line that is none.
type All = (Vec<String>, Vec<Result<Vec<String>, u64>>);

fn read(bytes: &[u8]) -> All {
    let mut table = Table::open(Cursor::new(bytes), |heading| heading.eq_ignore_ascii_case("account")).unwrap();
    let mut all = Vec::new();
    while let Some(one) = table.read().unwrap() {
        all.push(one.map(|record| record.fields).map_err(|broken| broken.line));
    }
    (table.headings().to_vec(), all)
}

fn firsts(bytes: &[u8]) -> Vec<Result<String, u64>> {
    read(bytes).1.into_iter().map(|one| one.map(|fields| fields[0].clone())).collect()
}

fn lines(rows: &[&str]) -> Vec<u8> {
    format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn a_quote_that_is_not_closed_takes_nobody_along() {
    let (bee, cee) = ("B,Bee,shared,b@x.example,b.example", "C,Cee,shared,c@x.example,c.example");
    let right = [Err(2), Ok("B".to_owned()), Ok("C".to_owned())];
    for open in [
        "A,\"Alder,shared,a@x.example,a.example",
        "A,Alder,shared,a@x.example,\"a.example",
        "\"A,Alder,shared,a@x.example,a.example",
        "A,\"Al\"der,shared,a@x.example,a.example",
    ] {
        assert_eq!(firsts(&lines(&[open, bee, cee])), right, "{open}");
    }
    // Another mark further down closes it, as it seems.
    let open = "A,Alder,shared,a@x.example,\"a.example";
    assert_eq!(firsts(&lines(&[open, bee, "C,Cee,shared,c@x.example,c\""])), right);
    assert_eq!(firsts(&lines(&[open, bee, "\"C\",\"Cee\",shared,,"])), right);
    let many: Vec<String> = (0..300).map(|n| format!("N-{n},N,shared,n@x.example,n{n}.example")).collect();
    let mut long = vec![open];
    long.extend(many.iter().map(String::as_str));
    assert_eq!(firsts(&lines(&long)).iter().filter(|one| one.is_ok()).count(), 300);
}

#[test]
fn a_mark_further_down_takes_nobody_along() {
    let names = |text: &str| firsts(text.as_bytes());
    let ok = |name: &str| Ok(name.to_owned());
    // The next line has an inch mark at the end of a field.
    let rows =
        ["A,\"Alder 19,shared,a@x.example,a.example", "B,Screen 19\",shared,b@x.example,b.example", "C,Cee,shared,,"];
    assert_eq!(firsts(&lines(&rows)), [Err(2), ok("B"), ok("C")]);
    let far = ["A,\"Alder 19", "x", "B,Screen 19\",shared,b@x.example,b.example"];
    assert_eq!(firsts(&lines(&far)), [Err(2), Err(3), ok("B")]);
    // Tables of two columns, and of one.
    let two = "account,name\nA,\"Alder\nB,Bee\nC,5\"\nD,Dee\n";
    assert_eq!(names(two), [Err(2), ok("B"), ok("C"), ok("D")]);
    assert_eq!(names("account,name\n\"A,Alder\nB\",Bee\n"), [Err(2), ok("B\"")]);
    assert_eq!(names("account\n\"A\nB\"\nC\n"), [Err(2), ok("B\""), ok("C")]);
    // Fields over several lines are read where no line could be a record.
    assert_eq!(names("account,name\nA,\"Alder\nand Sons\"\nB,Bee\n"), [ok("A"), ok("B")]);
    assert_eq!(names("name,account\n\"Alder\nand Sons\",A\n"), [ok("Alder\nand Sons")]);
    let street = ["A,\"Alder\nand Sons\",shared,a@x.example,a.example", "B,Bee,shared,,"];
    assert_eq!(firsts(&lines(&street)), [ok("A"), ok("B")]);
}

#[test]
fn quoted_fields_are_read() {
    let rows = ["A, \"Alder, \"\"Ltd\"\"\" ,shared,,", "B,\"two\nlines\",shared,,", "", "C,5\" disk,shared,,,,", "D,x"];
    let (_, all) = read(&lines(&rows));
    let names: Vec<Result<&str, u64>> =
        all.iter().map(|one| one.as_ref().map(|fields| fields[1].as_str()).map_err(|line| *line)).collect();
    assert_eq!(names, [Ok("Alder, \"Ltd\""), Ok("two\nlines"), Ok("5\" disk"), Err(7)]);
}

#[test]
fn delimiters_and_line_ends_are_found() {
    for (delimiter, end) in [(",", "\n"), (";", "\r\n"), ("\t", "\r"), ("|", "\n")] {
        let row = |cells: [&str; 3]| cells.join(delimiter) + end;
        let text = row(["Account", "Name", "Segment"]) + &row(["A", "Alder", "shared"]) + &row(["B", "Bee", "vps"]);
        for text in [text.clone(), format!("sep={delimiter}{end}{text}"), format!("{end}{text}")] {
            assert_eq!(firsts(text.as_bytes()), [Ok("A".to_owned()), Ok("B".to_owned())], "{text:?}");
        }
    }
    let semicolons = "account;name;asset\nA;Alder, Bee and Cee, Ltd;a.example\n";
    assert_eq!(firsts(semicolons.as_bytes()), [Ok("A".to_owned())]);
}

#[test]
fn encodings_are_found() {
    let text = "account;name\nA;M\u{fc}ller \u{2013} \u{20ac}\n";
    let (one_byte, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let wide = |big: bool, mark: bool| {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    let mut all = vec![text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), one_byte.into_owned()];
    all.extend([wide(false, true), wide(true, true), wide(false, false), wide(true, false)]);
    for bytes in all {
        let (headings, records) = read(&bytes);
        assert_eq!(headings, ["account", "name"], "{bytes:?}");
        assert_eq!(records, [Ok(vec!["A".to_owned(), "M\u{fc}ller \u{2013} \u{20ac}".to_owned()])], "{bytes:?}");
    }
    // A letter that stands across two chunks is one letter.
    let long = format!("account,name\n{}", "A,\u{e4}\u{20ac}\n".repeat(20_000));
    let mut table = Table::open(Cursor::new(long.as_bytes()), |_| true).unwrap();
    assert_eq!(table.encoding(), "UTF-8");
    while let Some(record) = table.read().unwrap() {
        assert_eq!(record.unwrap().fields[1], "\u{e4}\u{20ac}");
    }
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    for (bytes, words) in [
        (&b"PK\x03\x04xxxx"[..], "save it as CSV"),
        (b"\xD0\xCF\x11\xE0xxxx", "save it as CSV"),
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"account,\"name\nA,B\n", "a quotation mark is not closed"),
    ] {
        let error = Table::open(Cursor::new(bytes), |_| false).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
    let long = "x".repeat(MAX_LINE + 1);
    assert_eq!(firsts(&lines(&[&long, "B,Bee,shared,,"])), [Err(2), Ok("B".to_owned())]);
}
