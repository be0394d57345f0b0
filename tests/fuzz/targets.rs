//! Readers of what anybody can send, in four groups. Each says what is telling about the outcome.

use safeharbor::domain::access::second_factor::Secret;
use safeharbor::domain::base::contact::{EmailAddress, many_lines, one_line};
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::domain::customers::asset::{Asset, candidates};
use safeharbor::domain::intake::location::Location;
use safeharbor::domain::intake::parsed_notice::ParsedNotice;
use safeharbor::formats::mail::{self, Content};
use safeharbor::formats::upload::Upload;
use safeharbor::formats::{self, Body};

/// A group of readers, by its name.
pub fn named(name: &str) -> Option<fn(&[u8]) -> String> {
    match name {
        "documents" => Some(documents),
        "mails" => Some(mails),
        "words" => Some(words),
        "files" => Some(files),
        _ => None,
    }
}

/// How a notice was judged, and how much there is of each thing.
fn telling(reading: &ParsedNotice) -> String {
    let understood = reading.understood();
    let (notice, verdict) = (&understood.notice, &understood.verdict);
    for location in &notice.locations {
        candidates(location);
    }
    let (locations, works) = (notice.locations.len(), notice.works.len());
    format!("{}, {locations} locations, {works} works", verdict.class.code())
}

fn documents(bytes: &[u8]) -> String {
    match formats::read_document(bytes, Body::of(bytes), 1000) {
        Ok(readings) => readings.iter().map(telling).collect::<Vec<_>>().join("; "),
        Err(faults) => format!("{} faults", faults.0.len()),
    }
}

fn mails(bytes: &[u8]) -> String {
    let Some(mail) = mail::read(bytes) else { return "no mail".to_owned() };
    let draft = telling(&mail::draft(&mail, |_| false, |host| host.len() % 2 == 0));
    match &mail.content {
        Content::Machine(readings, _) => readings.iter().map(telling).collect::<Vec<_>>().join("; "),
        Content::Bounce(_) => "a bounce".to_owned(),
        Content::Complaint(complaint) => format!("{complaint:?}"),
        Content::Letter => format!("a letter: {draft}"),
    }
}

fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let location = Location::read_url(&text);
    let keys = candidates(&location).len();
    let asset = Asset::parse(&text).ok().map(|asset| Asset::shown(&asset.key()));
    let short = one_line(&text, 20).chars().count() <= 20 && many_lines(&text, 20).chars().count() <= 20;
    assert!(short, "bounded");
    let address = EmailAddress::parse(&text).is_some();
    let code = Secret::from_random([1; 32]).step(&text, Moment(59_000_000)).is_some();
    let (moment, span) = (Moment::parse(&text).is_some(), text.parse::<Span>().is_ok());
    format!("{keys} keys, asset {asset:?}, address {address}, code {code}, moment {moment}, span {span}")
}

fn files(bytes: &[u8]) -> String {
    let name = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    formats::text_shown(bytes);
    match Upload::check(&name, bytes.to_vec()) {
        Ok(file) => file.media_type.to_owned(),
        Err(why) => why.to_string(),
    }
}
