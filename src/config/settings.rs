//! Reading the file and the environment into one table of texts, every value checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::tz::TimeZone;

use super::keys::{self, Key, SEGMENTS};
use super::value::Kind;
use super::{kubernetes, spelling};
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Span;

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
#[derive(Clone, Default)]
pub struct Settings {
    values: BTreeMap<String, String>,
    /// Where each value that is not a default came from.
    sources: BTreeMap<String, String>,
    /// Folder of the configuration file, where relative paths begin that stand in it, and the default ones.
    folder: Option<PathBuf>,
}

impl fmt::Debug for Settings {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.values.iter().map(|(name, value)| (name, shown(keys::find(name), value)));
        f.debug_map().entries(shown).finish()
    }
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
            let table: toml::Table = text.parse().map_err(|e| failed(where_it_breaks(&text, &e)))?;
            settings.folder = path.parent().map(Path::to_path_buf);
            settings.take_table("", &table, &shown, &mut wrong);
            settings.start_at_the_file();
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
                let near = spelling::nearest(name).map_or(String::new(), |n| format!("; did you mean {n}?"));
                wrong.push(format!("unknown key {name} in {source}{near}"));
            }
            Some(key) if !key.kind.accepts(&value) => wrong.push(refusal(key, name, &value, source)),
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
            if kubernetes::is_of_service(rest, value) {
                tracing::debug!(variable, "set by Kubernetes for a service, not a setting");
                continue;
            }
            let name = rest.to_lowercase().replace("__", ".");
            self.take(&name, value.clone(), variable, wrong);
            if keys::find(&name).is_none()
                && let (Some(words), Some(near)) = (wrong.last_mut(), spelling::nearest(&name))
            {
                *words = format!("{words} Its variable is {}.", spelling::variable(&near));
            }
        }
    }

    /// Relative paths of the file begin at its folder, wherever a command is started: the service, a mail server's
    /// pipe and somebody at a terminal mean the same.
    fn start_at_the_file(&mut self) {
        let Some(folder) = self.folder.clone() else { return };
        for (name, value) in &mut self.values {
            match keys::find(name).map(|key| key.kind) {
                Some(Kind::Path) => *value = from(&folder, value),
                Some(Kind::Database) => {
                    if let Some(path) = value.strip_prefix("sqlite://") {
                        *value = format!("sqlite://{}", from(&folder, path));
                    }
                }
                _ => {}
            }
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
        let default = || match (keys::find(key), &self.folder) {
            (None, _) => String::new(),
            (Some(k), Some(folder)) if k.kind == Kind::Path => from(folder, k.default),
            (Some(k), _) => k.default.to_owned(),
        };
        self.values.get(key).cloned().unwrap_or_else(default)
    }

    /// Folder of the configuration file, where there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether a key was set at all.
    pub fn is_set(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { settings: self, wrong: Vec::new() }
    }
}

/// A path of the configuration file. Nothing stays nothing.
fn from(folder: &Path, written: &str) -> String {
    let path = Path::new(written);
    let plain = path.strip_prefix("./").unwrap_or(path);
    if written.is_empty() || path.is_absolute() || matches!(folder.to_str(), Some("" | ".")) {
        return written.to_owned();
    }
    folder.join(plain).display().to_string()
}

/// Where a file is no TOML, without the line itself: it may hold a secret.
fn where_it_breaks(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(0, |at| text.as_bytes()[..at.start.min(text.len())].split(|b| *b == b'\n').count());
    // What a message quotes from the file stands in backticks or quotation marks; the rest is the parser's own.
    let message: String = error.message().split(['`', '"', '\n']).step_by(2).collect::<Vec<_>>().join("…");
    format!("line {line}: {message}")
}

/// A value as it may be printed.
fn shown(key: Option<&Key>, value: &str) -> String {
    let hidden = key.is_none_or(|key| key.secret) || value.contains("PRIVATE KEY");
    if hidden { "(secret)".to_owned() } else { value.to_owned() }
}

fn refusal(key: &Key, name: &str, value: &str, source: &str) -> String {
    format!("{name} = {:?} in {source}: allowed is {}", shown(Some(key), value), key.kind.allowed())
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
        let source = self.settings.sources.get(key).map_or("default", String::as_str);
        if let Some(known) = keys::find(key) {
            self.wrong.push(refusal(known, key, value, source));
        }
    }

    pub fn finish(self) -> Result<(), ConfigError> {
        if self.wrong.is_empty() { Ok(()) } else { Err(ConfigError::Wrong(self.wrong)) }
    }
}

#[cfg(test)]
mod tests;
