//! ACNS, the Automated Content Notice System, 0.6 to 1.2 and what is sent under its name.
//!
//! Names are matched without case and in any name space; what is mended becomes a finding. Addresses, ports
//! and times that cannot be read are left out or kept as written, never guessed.

mod blocks;
mod tags;
mod xml;

use std::net::IpAddr;

use self::blocks::Found;
use self::xml::{Infringement, Item};
use super::letter;
use super::times;
use crate::domain::contact::one_line;
use crate::domain::finding::{Code, Finding};
use crate::domain::likeness::plain;
use crate::domain::location::{Location, Place};
use crate::domain::notice::{RawLocation, RawNotice, RawWork, Role};
use crate::domain::reading::{Format, Reading, Unreadable};

pub use blocks::contains as is_in;

/// Reads every infringement in a document, or in the text of a mail. The text around the XML is the letter
/// in which the statements stand.
pub fn read(text: &str) -> Result<Vec<Reading>, Unreadable> {
    let found = blocks::find(text)?;
    readings(&found, &found.letter, found.clear_signed)
}

/// Reads an attached document; the letter it came with may hold a copy of it.
pub fn read_in(xml: &str, letter: &str) -> Result<Vec<Reading>, Unreadable> {
    let (found, around) = (blocks::find(xml)?, blocks::find(letter)?);
    readings(&found, &around.letter, around.clear_signed || found.clear_signed)
}

fn readings(found: &Found, letter: &str, clear_signed: bool) -> Result<Vec<Reading>, Unreadable> {
    if found.blocks.is_empty() {
        return Err(Unreadable("there is no Infringement element in it".to_owned()));
    }
    let read = |block: &String| Ok(reading(&xml::collect(block)?, letter, clear_signed, &found.mended));
    found.blocks.iter().map(read).collect()
}

fn reading(i: &Infringement, around: &str, clear_signed: bool, mended: &[&'static str]) -> Reading {
    let mut findings = Vec::new();
    let letter = [around, &i.text_notice, &i.declarations].join("\n\n");
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
    if let Some(named) = text_differs(&letter, i) {
        findings.push(Finding::with(Code::FormatTextDiffers, named));
    }
    let signature = signature(&letter, i, clear_signed, &mut findings);
    let mut raw = RawNotice {
        works: works(i),
        locations,
        statements: letter::statements(&letter),
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
    (raw.complainant.role, raw.rights_owner.name) = capacity(&letter, &raw.complainant.organization);
    Reading { format: Format::Acns, raw, findings, retraction: i.retraction, ..Reading::default() }
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

/// ACNS does not say for whom the sender acts. The letter does: “on behalf of” the entity named in the XML
/// makes that entity the owner; other words of agency make the sender an agent whose owner is not named.
fn capacity(letter: &str, entity: &str) -> (Role, String) {
    let flat: String = plain(letter);
    let entity_lower = entity.to_lowercase();
    if !entity_lower.is_empty() && flat.contains(&format!("on behalf of {entity_lower}")) {
        return (Role::Agent, entity.to_owned());
    }
    let agency = ["on behalf of", "as its agent", "non-exclusive agent", "authorized agent", "as an agent for"];
    if agency.iter().any(|words| flat.contains(words)) {
        (Role::Agent, String::new())
    } else {
        (Role::Owner, String::new())
    }
}

/// The typed signature of the letter; without one, a PGP signature is the electronic signature.
fn signature(letter: &str, i: &Infringement, clear_signed: bool, findings: &mut Vec<Finding>) -> String {
    if let Some(name) = letter::signature(letter) {
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
        if named && !works.contains(&work) && works.len() < 1000 {
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
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let own = time(&item.seen, findings);
        let observed_at = if own.is_empty() { source_seen.clone() } else { own };
        let web = [&item.url, &i.source_url, &item.file_name].into_iter().find_map(|text| web_address(text));
        // Both where both are given: a virtual server is known by its address, a shared one by the name.
        let by_name = web.is_some();
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
    read.map(crate::domain::moment::Moment::iso).unwrap_or_default()
}

fn note_once(findings: &mut Vec<Finding>, code: Code, text: &str) {
    if !findings.iter().any(|f| f.code == code) {
        findings.push(Finding::with(code, one_line(text, 100)));
    }
}

/// Whether the letter names another IP address than the XML, as written in the letter.
fn text_differs(letter: &str, i: &Infringement) -> Option<String> {
    let xml: IpAddr = i.ip.trim().parse().ok()?;
    let named = letter.lines().filter_map(|line| {
        let (label, value) = line.split_once(':')?;
        let label = label.to_lowercase();
        (label.contains("ip address") || label.trim_end() == "ip").then(|| value.trim().parse::<IpAddr>().ok())?
    });
    let others: Vec<IpAddr> = named.collect();
    (!others.is_empty() && !others.contains(&xml)).then(|| {
        let list: Vec<String> = others.iter().take(5).map(ToString::to_string).collect();
        format!("the letter says {}, the XML {xml}", list.join(", "))
    })
}

#[cfg(test)]
mod tests;
