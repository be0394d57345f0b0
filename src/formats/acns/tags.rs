//! The names of ACNS elements, those of the specification and those that are sent for them.

/// Elements by their place in the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Infringement,
    Case,
    Complainant,
    Source,
    Content,
    Item,
    Asset,
    /// Stands beside `Content`, never inside it.
    After,
    /// Holds texts of its own that are not the notice's.
    Foreign,
    Field(Field),
    Other,
}

/// Elements that hold a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Id,
    Entity,
    Contact,
    Address,
    Phone,
    Email,
    TimeStamp,
    Ip,
    Port,
    Type,
    SubType,
    Url,
    UserName,
    Login,
    Title,
    Artist,
    FileName,
    FileSize,
    Hash,
    AssetName,
    TextNotice,
    Body,
}

/// The tag of a local name, and whether it is spelt as in the specification.
pub fn tag(name: &str) -> (Tag, bool) {
    let known = [
        ("Infringement", Tag::Infringement),
        ("Case", Tag::Case),
        ("Complainant", Tag::Complainant),
        ("Service_Provider", Tag::Foreign),
        ("Source", Tag::Source),
        ("Content", Tag::Content),
        ("Item", Tag::Item),
        ("History", Tag::After),
        ("Detection", Tag::After),
        ("Verification", Tag::After),
        ("InternalTracking", Tag::Foreign),
        ("Asset", Tag::Asset),
        ("ID", Tag::Field(Field::Id)),
        ("Entity", Tag::Field(Field::Entity)),
        ("Contact", Tag::Field(Field::Contact)),
        ("Address", Tag::Field(Field::Address)),
        ("Phone", Tag::Field(Field::Phone)),
        ("Email", Tag::Field(Field::Email)),
        ("TimeStamp", Tag::Field(Field::TimeStamp)),
        ("IP_Address", Tag::Field(Field::Ip)),
        ("Port", Tag::Field(Field::Port)),
        ("Type", Tag::Field(Field::Type)),
        ("SubType", Tag::Field(Field::SubType)),
        ("URL", Tag::Field(Field::Url)),
        ("UserName", Tag::Field(Field::UserName)),
        ("Login", Tag::Field(Field::Login)),
        ("Title", Tag::Field(Field::Title)),
        ("Artist", Tag::Field(Field::Artist)),
        ("FileName", Tag::Field(Field::FileName)),
        ("FileSize", Tag::Field(Field::FileSize)),
        ("Hash", Tag::Field(Field::Hash)),
        ("OriginalAssetName", Tag::Field(Field::AssetName)),
        ("TextNotice", Tag::Field(Field::TextNotice)),
        ("Body", Tag::Field(Field::Body)),
    ];
    if let Some((_, tag)) = known.iter().find(|(n, _)| *n == name) {
        return (*tag, true);
    }
    match name.to_ascii_lowercase().as_str() {
        "infohash" => (Tag::Field(Field::Hash), false),
        "content_item" => (Tag::Item, false),
        lower => {
            known.iter().find(|(n, _)| n.eq_ignore_ascii_case(lower)).map_or((Tag::Other, true), |(_, t)| (*t, false))
        }
    }
}

/// A name without its name space.
pub fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
