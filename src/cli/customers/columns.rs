//! Which column of a file is which: by its heading, or as the operator says of somebody else's export.

use crate::formats::table::Record;

/// What a column can be.
pub(super) const FIELDS: [&str; 10] = [
    "account",
    "name",
    "segment",
    "contact_role",
    "contact_name",
    "contact_email",
    "contact_phone",
    "asset",
    "valid_from",
    "valid_until",
];

/// One line as written; what no column has is empty. Of a contact, what no column has is `None` and stays as it is.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub account: String,
    pub name: String,
    pub segment: String,
    pub contact_role: Option<String>,
    pub contact_name: Option<String>,
    pub contact_email: String,
    pub contact_phone: Option<String>,
    pub asset: String,
    pub valid_from: String,
    pub valid_until: String,
}

/// Headings that are compared as people write them: `Contact E-Mail` is `contact_email`.
pub(super) fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A mapping as it is typed, `account=Client ID`.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping(Vec<(usize, String)>);

impl Mapping {
    /// # Errors
    ///
    /// In words: not of this form, or no such field, or one named twice.
    pub(super) fn parse(list: &[String]) -> Result<Self, String> {
        let mut mapping = Self::default();
        for one in list {
            let form = || format!("--map {one:?}: write FIELD=HEADING, like account=\"Client ID\"");
            let (field, heading) = one.split_once('=').ok_or_else(form)?;
            let place = FIELDS.iter().position(|name| plain(name) == plain(field));
            let place = place.ok_or_else(|| format!("--map {one:?}: the fields are {}", FIELDS.join(", ")))?;
            if mapping.0.iter().any(|(known, _)| *known == place) {
                return Err(format!("--map names {} twice", FIELDS[place]));
            }
            mapping.0.push((place, heading.trim().to_owned()));
        }
        Ok(mapping)
    }

    /// Whether a heading is one that is looked for.
    pub(super) fn knows(&self, heading: &str) -> bool {
        self.field(heading).is_some()
    }

    /// The field of a heading: what is mapped, or else what it says itself unless that field is mapped elsewhere.
    fn field(&self, heading: &str) -> Option<usize> {
        let written = plain(heading);
        if let Some((place, _)) = self.0.iter().find(|(_, name)| plain(name) == written) {
            return Some(*place);
        }
        let place = FIELDS.iter().position(|name| plain(name) == written)?;
        (!self.0.iter().any(|(mapped, _)| *mapped == place)).then_some(place)
    }
}

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    /// For each field the place of its column.
    places: [Option<usize>; FIELDS.len()],
    /// Headings of columns that are passed over.
    pub passed_over: Vec<String>,
}

impl Columns {
    /// # Errors
    ///
    /// In words: a column is missing, there twice, or not known and there is no mapping.
    pub(super) fn of(headings: &[String], mapping: &Mapping) -> Result<Self, String> {
        let mut columns = Self { places: [None; FIELDS.len()], passed_over: Vec::new() };
        for (at, heading) in headings.iter().enumerate() {
            match mapping.field(heading) {
                None if heading.is_empty() => {}
                None => columns.passed_over.push(heading.clone()),
                Some(field) if columns.places[field].is_some() => {
                    return Err(format!("two columns are {}; name one of them by --map", FIELDS[field]));
                }
                Some(field) => columns.places[field] = Some(at),
            }
        }
        let there = || headings.iter().map(|h| format!("{h:?}")).collect::<Vec<_>>().join(", ");
        for (field, heading) in &mapping.0 {
            if columns.places[*field].is_none() {
                return Err(format!("--map: there is no column {heading:?}; the first line names {}", there()));
            }
        }
        if columns.places[0].is_none() {
            return Err(format!(
                "the first line must name the columns; account is not among them: {}. Is it another heading? --map account=…",
                there()
            ));
        }
        if mapping.0.is_empty() && !columns.passed_over.is_empty() {
            let unknown: Vec<String> = columns.passed_over.iter().map(|h| format!("{h:?}")).collect();
            return Err(format!(
                "unknown columns: {}. The fields are {}; map headings by --map FIELD=HEADING, and others are passed over",
                unknown.join(", "),
                FIELDS.join(", ")
            ));
        }
        Ok(columns)
    }

    /// Whether there is a column for a field.
    pub(super) fn has(&self, field: &str) -> bool {
        FIELDS.iter().position(|name| *name == field).is_some_and(|place| self.places[place].is_some())
    }

    /// Takes a record apart.
    pub(super) fn take(&self, record: Record) -> Written {
        let mut fields = record.fields;
        let mut of = |place: usize| {
            let at = self.places[place]?;
            fields.get_mut(at).map(std::mem::take)
        };
        let mut next = (0..FIELDS.len()).map(&mut of);
        let mut field = || next.next().flatten();
        Written {
            account: field().unwrap_or_default(),
            name: field().unwrap_or_default(),
            segment: field().unwrap_or_default(),
            contact_role: field(),
            contact_name: field(),
            contact_email: field().unwrap_or_default(),
            contact_phone: field(),
            asset: field().unwrap_or_default(),
            valid_from: field().unwrap_or_default(),
            valid_until: field().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headings: &[&str], map: &[&str]) -> Result<Columns, String> {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        Columns::of(&owned(headings), &Mapping::parse(&owned(map))?)
    }

    #[test]
    fn headings_are_read_as_people_write_them() {
        let found = columns(&["Asset", " Contact E-Mail", "ACCOUNT", "Valid From", ""], &[]).unwrap();
        let record = |fields: &[&str]| Record { line: 2, fields: fields.iter().map(|f| (*f).to_owned()).collect() };
        let written = found.take(record(&["a.example", "a@x.example", "A-1", "2026-01-01", ""]));
        let all = (written.account.as_str(), written.contact_email.as_str(), written.valid_from.as_str());
        assert_eq!(all, ("A-1", "a@x.example", "2026-01-01"));
        assert!(found.has("asset") && !found.has("name"));
    }

    #[test]
    fn a_mapping_reads_other_exports() {
        let headings = ["Client ID", "Company Name", "Email", "Domain", "Name", "Notes"];
        let map = ["account=client id", "name=Company Name", "contact_email=Email", "asset=Domain"];
        let found = columns(&headings, &map).unwrap();
        assert_eq!(found.passed_over, ["Name", "Notes"]);
    }

    #[test]
    fn what_does_not_fit_is_said_in_words() {
        for (headings, map, words) in [
            (&["id", "name"][..], &[][..], "account is not among them: \"id\", \"name\""),
            (&["account", "nam"], &[], "unknown columns: \"nam\""),
            (&["account", "Account"], &[], "two columns are account"),
            (&["account"], &["name=Company"], "there is no column \"Company\"; the first line names \"account\""),
            (&["account"], &["shoe=Size"], "the fields are account"),
            (&["account"], &["Size"], "write FIELD=HEADING"),
            (&["account"], &["name=a", "name=b"], "name twice"),
        ] {
            let error = columns(headings, map).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
