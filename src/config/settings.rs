//! Reading the file and the environment into one table of texts, every value checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

use jiff::tz::TimeZone;

use super::keys::{self, KEYS, SEGMENTS};
use crate::domain::contact::EmailAddress;
use crate::domain::moment::Span;

/// The environment, handed in from outside.
pub type Environment = BTreeMap<String, String>;

/// Settings that stop the start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {path}: {why}")]
    File { path: String, why: String },
    /// One or more keys are wrong; all of them are listed.
    #[error("configuration:\n{}", .0.iter().map(|p| format!("  - {p}")).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<String>),
}

/// All settings as text: defaults, then the file, then the environment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: BTreeMap<String, String>,
    /// Where each value that is not a default came from.
    sources: BTreeMap<String, String>,
}

impl Settings {
    /// Reads an optional file and the environment.
    pub fn read(file: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        let mut wrong = Vec::new();
        if let Some(path) = file {
            let shown = path.display().to_string();
            let failed = |why: String| ConfigError::File { path: shown.clone(), why };
            let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
            let table: toml::Table = text.parse().map_err(|e: toml::de::Error| failed(e.to_string()))?;
            settings.take_table("", &table, &shown, &mut wrong);
        }
        settings.take_environment(environment, &mut wrong);
        settings.add_segments();
        if wrong.is_empty() { Ok(settings) } else { Err(ConfigError::Wrong(wrong)) }
    }

    /// Sets one value, as the command line does; unknown keys and wrong values are reported at typing.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.values.insert(key.to_owned(), value.into());
        self.sources.insert(key.to_owned(), "command line".to_owned());
    }

    fn take(&mut self, name: &str, value: String, source: &str, wrong: &mut Vec<String>) {
        match keys::find(name) {
            None => {
                let near = nearest(name).map_or(String::new(), |n| format!("; did you mean {n}?"));
                wrong.push(format!("unknown key {name} in {source}{near}"));
            }
            Some(key) if !key.kind.accepts(&value) => {
                let shown = if key.secret { "(secret)" } else { &value };
                wrong.push(format!("{name} = {shown:?} in {source}: allowed is {}", key.kind.allowed()));
            }
            Some(_) => {
                self.values.insert(name.to_owned(), value);
                self.sources.insert(name.to_owned(), source.to_owned());
            }
        }
    }

    fn take_table(&mut self, prefix: &str, table: &toml::Table, source: &str, wrong: &mut Vec<String>) {
        for (name, value) in table {
            let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => self.take_table(&name, inner, source, wrong),
                toml::Value::String(text) => self.take(&name, text.clone(), source, wrong),
                toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
                    let lines: Vec<&str> = items.iter().filter_map(toml::Value::as_str).collect();
                    self.take(&name, lines.join("|"), source, wrong);
                }
                other => self.take(&name, other.to_string(), source, wrong),
            }
        }
    }

    fn take_environment(&mut self, environment: &Environment, wrong: &mut Vec<String>) {
        if let Some(url) = environment.get("DATABASE_URL") {
            self.take("database.url", url.clone(), "DATABASE_URL", wrong);
        }
        for (variable, value) in environment {
            let Some(rest) = variable.strip_prefix("SAFEHARBOR_") else { continue };
            if matches!(rest, "CONFIG" | "SAMPLES" | "LOG" | "LOG_FORMAT") || rest.starts_with("TEST_") {
                continue;
            }
            let name = rest.to_lowercase().replace("__", ".");
            self.take(&name, value.clone(), variable, wrong);
        }
    }

    /// Without segments of its own an installation has the usual four.
    fn add_segments(&mut self) {
        if !self.segments().is_empty() {
            return;
        }
        for (name, label, deadline, threshold, downstream) in SEGMENTS {
            for (field, value) in [
                ("label", label),
                ("deadline", deadline),
                ("threshold", threshold),
                ("downstream_provider", downstream),
            ] {
                self.values.insert(format!("segments.{name}.{field}"), (*value).to_owned());
            }
        }
    }

    /// Names of the segments.
    pub fn segments(&self) -> BTreeSet<String> {
        let named = self.values.keys().filter_map(|key| key.strip_prefix("segments.")?.split_once('.'));
        named.map(|(name, _)| name.to_owned()).collect()
    }

    /// The value of a key: what was set, or the default.
    pub fn get(&self, key: &str) -> String {
        let default = || keys::find(key).map_or(String::new(), |k| k.default.to_owned());
        self.values.get(key).cloned().unwrap_or_else(default)
    }

    /// Whether a key was set at all.
    pub fn is_set(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { settings: self, wrong: Vec::new() }
    }
}

/// The known key with the fewest different letters, where it is close.
fn nearest(name: &str) -> Option<&'static str> {
    let same_end = |key: &&keys::Key| key.name.rsplit('.').next() == name.rsplit('.').next();
    let shares = |key: &&keys::Key| {
        let same = key.name.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        same * 3 >= name.len() * 2
    };
    KEYS.iter().find(same_end).or_else(|| KEYS.iter().find(shares)).map(|key| key.name)
}

/// Types values and collects what is wrong.
pub(super) struct Reader<'a> {
    settings: &'a Settings,
    wrong: Vec<String>,
}

impl Reader<'_> {
    pub fn text(&mut self, key: &str) -> String {
        self.settings.get(key)
    }

    pub fn parse<T: FromStr>(&mut self, key: &str) -> Option<T> {
        let value = self.settings.get(key);
        if value.is_empty() {
            return None;
        }
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.refuse(key, &value);
        }
        parsed
    }

    pub fn number<T: TryFrom<u64>>(&mut self, key: &str) -> T {
        let value = self.settings.get(key);
        let allowed = keys::find(key).is_some_and(|k| k.kind.accepts(&value));
        let number = value.parse::<u64>().ok().filter(|_| allowed).and_then(|n| T::try_from(n).ok());
        // Zero stands in for a wrong value only until `finish` refuses the whole.
        number
            .or_else(|| {
                self.refuse(key, &value);
                T::try_from(0_u64).ok()
            })
            .unwrap_or_else(|| unreachable!("zero fits every number"))
    }

    pub fn flag(&mut self, key: &str) -> bool {
        self.settings.get(key) == "true"
    }

    pub fn span(&mut self, key: &str) -> Span {
        self.parse(key).unwrap_or_default()
    }

    pub fn email(&mut self, key: &str) -> EmailAddress {
        let value = self.settings.get(key);
        EmailAddress::parse(&value).unwrap_or_else(|| {
            self.refuse(key, &value);
            EmailAddress::parse("unset@host.example").unwrap_or_else(|| unreachable!("a constant address"))
        })
    }

    pub fn optional_email(&mut self, key: &str) -> Option<EmailAddress> {
        if self.settings.get(key).is_empty() { None } else { Some(self.email(key)) }
    }

    pub fn address(&mut self, key: &str) -> std::net::SocketAddr {
        self.parse(key).unwrap_or_else(|| std::net::SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub fn zone(&mut self, key: &str) -> TimeZone {
        let value = self.settings.get(key);
        TimeZone::get(&value).unwrap_or_else(|_| {
            self.refuse(key, &value);
            TimeZone::UTC
        })
    }

    pub fn refuse(&mut self, key: &str, value: &str) {
        let allowed = keys::find(key).map_or_else(String::new, |k| k.kind.allowed());
        let source = self.settings.sources.get(key).map_or("default", String::as_str);
        self.wrong.push(format!("{key} = {value:?} in {source}: allowed is {allowed}"));
    }

    pub fn finish(self) -> Result<(), ConfigError> {
        if self.wrong.is_empty() { Ok(()) } else { Err(ConfigError::Wrong(self.wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings::read(None, &environment).and_then(|s| Config::from_settings(&s))
    }

    #[test]
    fn the_defaults_are_all_allowed() {
        for key in KEYS {
            assert!(key.kind.accepts(key.default) || key.default.is_empty(), "{}", key.name);
        }
        let config = with(&[]).unwrap();
        assert_eq!(config.first_policy.segment("shared").threshold, 3);
        assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn every_key_can_be_set_by_a_variable() {
        let config = with(&[
            ("SAFEHARBOR_SERVER__LISTEN", "[::1]:9000"),
            ("SAFEHARBOR_SEGMENTS__CLOUD__DEADLINE", "72h"),
            ("DATABASE_URL", "postgres://me:secret@db/safeharbor"),
        ])
        .unwrap();
        assert_eq!(config.server.listen.port(), 9000);
        assert_eq!(config.first_policy.segments.keys().collect::<Vec<_>>(), ["cloud"]);
        assert_eq!(format!("{:?}", config.database.url), "postgres://db/safeharbor");
    }

    #[test]
    fn every_mistake_is_named_with_what_is_allowed() {
        let error = with(&[
            ("SAFEHARBOR_SERVER__LISTN", "x"),
            ("SAFEHARBOR_POLICY__WINDOW", "six months"),
            ("SAFEHARBOR_MAIL__SMTP_PORT", "99999"),
        ]);
        let Err(ConfigError::Wrong(lines)) = error else { panic!("{error:?}") };
        let text = lines.join("\n");
        assert_eq!(lines.len(), 3, "{text}");
        assert!(
            text.contains("unknown key server.listn in SAFEHARBOR_SERVER__LISTN; did you mean server.listen?"),
            "{text}"
        );
        assert!(text.contains("policy.window = \"six months\""), "{text}");
        assert!(text.contains("a whole number from 1 to 65535"), "{text}");
    }
}
