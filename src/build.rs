//! What this program was built with.

use std::fmt::Write;
use std::sync::LazyLock;

/// Features of a production build, and whether each is in.
pub const FEATURES: [(&str, bool); 2] =
    [("jemalloc", cfg!(feature = "jemalloc")), ("postgres-tls", cfg!(feature = "postgres-tls"))];

/// The features, such as `jemalloc: no, postgres-tls: yes`.
#[must_use]
pub fn features() -> String {
    let mut text = String::new();
    for (name, is_in) in FEATURES {
        let (comma, word) = (if text.is_empty() { "" } else { ", " }, if is_in { "yes" } else { "no" });
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{name}: {word}");
    }
    text
}

/// What `--version` prints.
#[must_use]
pub fn version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| format!("{}\nfeatures: {}", env!("CARGO_PKG_VERSION"), features()));
    &TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_named() {
        let version = version();
        assert!(version.starts_with(env!("CARGO_PKG_VERSION")), "{version}");
        for (name, is_in) in FEATURES {
            assert!(version.contains(&format!("{name}: {}", if is_in { "yes" } else { "no" })), "{version}");
        }
    }
}
