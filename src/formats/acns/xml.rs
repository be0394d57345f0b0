//! The elements of ACNS XML that matter, collected while the document is read. No tree is built, no schema
//! is asked, no entity is expanded: 38 of 100 real documents do not follow the schema.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::tags::{Field, Tag, local, tag};
use crate::domain::intake::parsed_notice::Unreadable;

/// Most items of one infringement: each takes a multiple of its letters in memory.
const MAX_ITEMS: usize = 20_000;
/// Longest text of one element.
const MAX_TEXT: usize = 50_000;
/// Deeper elements than this are passed over.
const MAX_DEPTH: usize = 32;

/// One `Infringement` as written.
#[derive(Debug, Default)]
pub struct Infringement {
    pub case_id: String,
    pub entity: String,
    pub contact: String,
    pub address: String,
    pub phone: String,
    pub email: String,
    pub seen: String,
    pub ip: String,
    pub port: String,
    pub kind: String,
    pub protocol: String,
    pub source_url: String,
    /// User names or passwords stood in it.
    pub secrets: bool,
    pub items: Vec<Item>,
    /// Further items that were not taken.
    pub items_left_out: usize,
    pub asset_name: String,
    pub text_notice: String,
    pub declarations: String,
    pub retraction: bool,
    /// The document breaks off, or elements that should have been closed were not.
    pub cut_off: bool,
    /// What does not follow the specification, in words.
    pub mended: Vec<String>,
}

/// One `Item` as written.
#[derive(Debug, Default)]
pub struct Item {
    pub seen: String,
    pub title: String,
    pub artist: String,
    pub file_name: String,
    pub file_size: String,
    pub url: String,
    pub kind: String,
    pub hash: String,
}

/// Collects one infringement from text that begins at its opening tag.
pub fn collect(block: &str) -> Result<Infringement, Unreadable> {
    let mut reader = Reader::from_str(block);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut at = Collector::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => at.open(&start, false),
            Ok(Event::Empty(start)) => at.open(&start, true),
            Ok(Event::End(end)) => {
                at.close(tag(local(end.name().0)).0);
                if at.stack.is_empty() {
                    break;
                }
            }
            Ok(Event::Text(text)) => {
                let text = text.into_inner();
                if text.contains('&') {
                    at.mend("an & that is not written as &amp;");
                }
                at.text(&text);
            }
            Ok(Event::CData(text)) => at.text(&text.into_inner()),
            Ok(Event::GeneralRef(name)) => at.reference(&name.into_inner()),
            Ok(Event::DocType(_)) => return Err(entities()),
            Ok(Event::Eof) => break at.done.cut_off |= !at.stack.is_empty(),
            Ok(_) => {}
            Err(_) => {
                at.done.cut_off = true;
                break;
            }
        }
    }
    Ok(at.done)
}

/// XML that declares entities is refused as a whole: nothing of ours is expanded, fetched or shown.
pub fn entities() -> Unreadable {
    Unreadable("the XML declares a document type; entities are not expanded and such documents are not read".to_owned())
}

#[derive(Default)]
struct Collector {
    stack: Vec<Tag>,
    /// Elements below [`MAX_DEPTH`].
    deeper: usize,
    done: Infringement,
}

impl Collector {
    fn mend(&mut self, what: &str) {
        if self.done.mended.len() < 10 && !self.done.mended.iter().any(|m| m == what) {
            self.done.mended.push(what.to_owned());
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, empty: bool) {
        let name = start.name();
        let name = local(name.0);
        let (tag, as_specified) = tag(name);
        if !as_specified {
            self.mend(&format!("the element {}", name.chars().take(30).collect::<String>()));
        }
        // What follows Content opened inside an item: the item's end is missing.
        let follows = matches!(tag, Tag::After | Tag::Foreign | Tag::Field(Field::TextNotice));
        if follows && self.stack.contains(&Tag::Content) {
            self.stack.truncate(1);
            self.done.cut_off = true;
        }
        if tag == Tag::Item && self.done.items.len() < MAX_ITEMS {
            self.done.items.push(Item::default());
        } else if tag == Tag::Item {
            self.done.items_left_out += 1;
        }
        self.attributes(tag, start);
        if empty {
            return;
        }
        if self.stack.len() < MAX_DEPTH { self.stack.push(tag) } else { self.deeper += 1 }
    }

    fn attributes(&mut self, tag: Tag, start: &BytesStart<'_>) {
        for attribute in start.attributes().with_checks(false).flatten() {
            let name = local(attribute.key.0);
            let value = attribute.value.as_ref();
            match tag {
                Tag::Field(Field::Type) if name.eq_ignore_ascii_case("Retraction") => {
                    self.done.retraction |= matches!(value.trim().to_ascii_lowercase().as_str(), "true" | "1");
                }
                Tag::Field(Field::SubType) if name.eq_ignore_ascii_case("Protocol") => {
                    self.done.protocol = value.chars().take(20).collect();
                }
                Tag::Field(Field::Login) if !value.trim().is_empty() => self.done.secrets = true,
                _ => {}
            }
        }
    }

    fn close(&mut self, tag: Tag) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(place) = self.stack.iter().rposition(|t| *t == tag) {
            self.done.cut_off |= self.stack[place + 1..].iter().any(|t| *t != Tag::Other);
            self.stack.truncate(place);
        }
    }

    fn reference(&mut self, name: &str) {
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            _ => name.strip_prefix('#').and_then(code_point),
        };
        if let Some(c) = character {
            self.text(c.encode_utf8(&mut [0; 4]));
        } else {
            self.mend("an entity that is not declared");
            self.text(&format!("&{name};"));
        }
    }

    fn text(&mut self, text: &str) {
        let Some(field) = self.field() else { return };
        let room = MAX_TEXT.saturating_sub(field.len());
        let end = (0..=text.len().min(room)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        field.push_str(&text[..end]);
    }

    /// Where text belongs by the elements that are open.
    fn field(&mut self) -> Option<&mut String> {
        let Some(Tag::Field(field)) = self.stack.last().copied() else { return None };
        let parent = self.stack.iter().rev().skip(1).find(|t| !matches!(t, Tag::Field(_) | Tag::Other))?;
        let done = &mut self.done;
        match (parent, field) {
            (Tag::Case, Field::Id) => Some(&mut done.case_id),
            (Tag::Complainant, Field::Entity) => Some(&mut done.entity),
            (Tag::Complainant, Field::Contact) => Some(&mut done.contact),
            (Tag::Complainant, Field::Address) => Some(&mut done.address),
            (Tag::Complainant, Field::Phone) => Some(&mut done.phone),
            (Tag::Complainant, Field::Email) => Some(&mut done.email),
            (Tag::Source, Field::TimeStamp) => Some(&mut done.seen),
            (Tag::Source, Field::Ip) => Some(&mut done.ip),
            (Tag::Source, Field::Port) => Some(&mut done.port),
            (Tag::Source, Field::Type) => Some(&mut done.kind),
            (Tag::Source, Field::Url) => Some(&mut done.source_url),
            (Tag::Asset, Field::AssetName) => Some(&mut done.asset_name),
            (Tag::Infringement, Field::TextNotice) => Some(&mut done.text_notice),
            (Tag::Infringement, Field::Body) => Some(&mut done.declarations),
            // What an item says that was not taken is nobody else's.
            (Tag::Item, _) if done.items_left_out > 0 => None,
            (Tag::Item, field) => done.items.last_mut().and_then(|item| item.field(field)),
            _ => None,
        }
    }
}

impl Item {
    fn field(&mut self, field: Field) -> Option<&mut String> {
        Some(match field {
            Field::TimeStamp => &mut self.seen,
            Field::Title => &mut self.title,
            Field::Artist => &mut self.artist,
            Field::FileName => &mut self.file_name,
            Field::FileSize => &mut self.file_size,
            Field::Url => &mut self.url,
            Field::Type => &mut self.kind,
            Field::Hash => &mut self.hash,
            _ => return None,
        })
    }
}

fn code_point(text: &str) -> Option<char> {
    let code = match text.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => text.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0')
}
