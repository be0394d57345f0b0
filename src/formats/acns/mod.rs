//! ACNS, the Automated Content Notice System, 0.6 to 1.2 and what is sent under its name.
//!
//! Names are matched without case and in any name space; what is mended becomes a finding. Addresses, ports
//! and times that cannot be read are left out or kept as written, never guessed.

mod around;
mod blocks;
mod tags;
mod xml;

use std::collections::HashSet;
use std::net::IpAddr;

use self::blocks::Found;
use self::xml::{Infringement, Item};
use super::times;
use crate::domain::base::contact::one_line;
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::notice::{MAX_WORKS, RawLocation, RawNotice, RawWork};
use crate::domain::intake::parsed_notice::{Format, ParsedNotice, ParsedNotices, Unreadable};
use crate::domain::regimes::us_512::finding::{Code, Finding};

pub use around::Around;
pub use blocks::contains as is_in;

/// Reads every infringement in a document, or in the text of a mail. The text around the XML is the letter
/// in which the statements stand.
pub fn read(text: &str) -> Result<ParsedNotices, Unreadable> {
    let found = blocks::find(text)?;
    readings(&found, &Around::of(&found.letter, found.clear_signed))
}

/// The letter that documents are attached to, gone through once for all of them; it may hold copies of them.
pub fn letter_around(text: &str) -> Result<Around, Unreadable> {
    let found = blocks::find(text)?;
    Ok(Around::of(&found.letter, found.clear_signed))
}

/// Reads a document that is attached to a letter.
pub fn read_in(xml: &str, letter: &Around) -> Result<ParsedNotices, Unreadable> {
    readings(&blocks::find(xml)?, letter)
}

fn readings(found: &Found, letter: &Around) -> Result<ParsedNotices, Unreadable> {
    if found.blocks.is_empty() {
        return Err(Unreadable("there is no Infringement element in it".to_owned()));
    }
    let clear_signed = letter.clear_signed || found.clear_signed;
    let mut read = ParsedNotices { left_out: found.left_out, ..ParsedNotices::default() };
    for block in &found.blocks {
        let infringement = xml::collect(block)?;
        read.places_left_out += infringement.items_left_out;
        read.all.push(reading(&infringement, letter, clear_signed, &found.mended));
    }
    Ok(read)
}

fn reading(i: &Infringement, around: &Around, clear_signed: bool, mended: &[&'static str]) -> ParsedNotice {
    let mut findings = Vec::new();
    let own = Around::of(&[i.text_notice.as_str(), &i.declarations].join("\n\n"), false);
    let locations = locations(i, &mut findings);
    let mended: Vec<&str> = i.mended.iter().map(String::as_str).chain(mended.iter().copied()).collect();
    if !mended.is_empty() {
        findings.push(Finding::with(Code::FormatMended, one_line(&mended.join("; "), 300)));
    }
    if i.cut_off {
        findings.push(Finding::new(Code::FormatCutOff));
    }
    if i.secrets {
        findings.push(Finding::new(Code::FormatSecrets));
    }
    if i.case_id.trim().is_empty() {
        findings.push(Finding::new(Code::FormatNoReference));
    }
    if let Some(named) = i.ip.trim().parse().ok().and_then(|xml: IpAddr| around.other_addresses(&own, xml)) {
        findings.push(Finding::with(Code::FormatTextDiffers, named));
    }
    let signature = signature(around.signature(&own), i, clear_signed, &mut findings);
    let mut raw = RawNotice {
        works: works(i),
        locations,
        statements: around.statements.or(own.statements),
        signature,
        reference: one_line(&i.case_id, 200),
        ..RawNotice::default()
    };
    raw.complainant.name = one_line(&i.contact, 200);
    raw.complainant.organization = one_line(&i.entity, 200);
    raw.complainant.email = one_line(&i.email, 254);
    raw.complainant.phone = one_line(&i.phone, 60);
    raw.complainant.address.street = i.address.lines().map(|l| one_line(l, 160)).collect::<Vec<_>>().join("\n");
    raw.complainant.address.street.truncate_at_char(500);
    (raw.complainant.role, raw.rights_owner.name) = around.capacity(&own, &raw.complainant.organization);
    ParsedNotice { format: Format::Acns, raw, findings, retraction: i.retraction, ..ParsedNotice::default() }
}

trait TruncateAtChar {
    fn truncate_at_char(&mut self, max: usize);
}

impl TruncateAtChar for String {
    fn truncate_at_char(&mut self, max: usize) {
        if self.chars().count() > max {
            *self = self.chars().take(max).collect();
        }
    }
}

/// The typed signature of the letter; without one, a PGP signature is the electronic signature.
fn signature(typed: Option<String>, i: &Infringement, clear_signed: bool, findings: &mut Vec<Finding>) -> String {
    if let Some(name) = typed {
        return one_line(&name, 200);
    }
    if !clear_signed {
        return String::new();
    }
    findings.push(Finding::new(Code::FormatSignature));
    let who = if i.contact.trim().is_empty() { &i.entity } else { &i.contact };
    one_line(who, 200)
}

fn works(i: &Infringement) -> Vec<RawWork> {
    let mut works: Vec<RawWork> = Vec::new();
    let mut known = HashSet::new();
    for item in &i.items {
        let title = if item.title.trim().is_empty() { &i.asset_name } else { &item.title };
        let parts = [("by ", &item.artist), ("", &item.kind)];
        let parts = parts.iter().map(|(lead, text)| (lead, one_line(text, 200))).filter(|(_, text)| !text.is_empty());
        let work = RawWork {
            title: one_line(title, 500),
            description: parts.map(|(lead, text)| format!("{lead}{text}")).collect::<Vec<_>>().join(", "),
            original_urls: Vec::new(),
        };
        let named = !work.title.is_empty() || !work.description.is_empty();
        if named && works.len() < MAX_WORKS && known.insert((work.title.clone(), work.description.clone())) {
            works.push(work);
        }
    }
    works
}

/// The locations of each item: its web address, and the address in `Source`.
fn locations(i: &Infringement, findings: &mut Vec<Finding>) -> Vec<RawLocation> {
    let port = port(&i.port, findings);
    let ip = i.ip.trim();
    if !ip.is_empty() && ip.trim_matches(['[', ']']).parse::<IpAddr>().is_err() {
        findings.push(Finding::with(Code::FormatAddress, one_line(ip, 100)));
    }
    let source_seen = time(&i.seen, findings);
    let one = [Item::default()];
    let items = if i.items.is_empty() { &one[..] } else { &i.items[..] };
    // The address of all of them is one location, not one for each.
    let mut source = web_address(&i.source_url);
    let by_source = source.is_some();
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let own = time(&item.seen, findings);
        let observed_at = if own.is_empty() { source_seen.clone() } else { own };
        let of_item = web_address(&item.url);
        let of_file = || if by_source { None } else { web_address(&item.file_name) };
        let web = of_item.or_else(|| source.take()).or_else(of_file);
        // Both where both are given: a virtual server is known by its address, a shared one by the name.
        let by_name = web.is_some() || by_source;
        found.extend(web.map(|url| RawLocation { url, ..RawLocation::default() }));
        if !ip.is_empty() {
            found.push(network(i, item, ip, port, observed_at));
        } else if !by_name && !item.url.trim().is_empty() {
            found.push(RawLocation { url: item.url.trim().to_owned(), ..RawLocation::default() });
        }
    }
    found
}

fn network(i: &Infringement, item: &Item, ip: &str, port: Option<u16>, observed_at: String) -> RawLocation {
    let protocol = if i.protocol.is_empty() { &i.kind } else { &i.protocol };
    RawLocation {
        url: String::new(),
        ip: one_line(ip, 100),
        port,
        observed_at,
        protocol: one_line(protocol, 20),
        info_hash: one_line(&item.hash, 200),
        file_name: one_line(&item.file_name, 1000),
    }
}

/// A text that is a web address with its scheme; `incoming`, `dht` and `ed2k://…` are none.
fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let scheme = text.get(..4)?.to_ascii_lowercase();
    let is_web = matches!(scheme.as_str(), "http" | "hxxp" | "ftp:") && text.contains("://");
    (is_web && matches!(Location::read_url(text).place, Place::Web(_))).then(|| text.to_owned())
}

fn port(text: &str, findings: &mut Vec<Finding>) -> Option<u16> {
    let text = text.trim();
    let port = text.parse::<u16>().ok().filter(|p| *p > 0);
    if port.is_none() && !text.is_empty() {
        note_once(findings, Code::FormatPort, text);
    }
    port
}

/// A time as the API takes it, empty where it cannot be read.
fn time(text: &str, findings: &mut Vec<Finding>) -> String {
    let read = times::read(text);
    if read.is_none() && !text.trim().is_empty() {
        note_once(findings, Code::FormatTime, text);
    }
    read.map(crate::domain::base::moment::Moment::iso).unwrap_or_default()
}

fn note_once(findings: &mut Vec<Finding>, code: Code, text: &str) {
    if !findings.iter().any(|f| f.code == code) {
        findings.push(Finding::with(code, one_line(text, 100)));
    }
}

#[cfg(test)]
mod tests;
