//! Which key was meant by a name that is none.

use super::keys::KEYS;

/// The known key that a name was probably meant to be; nothing where none is close.
pub fn nearest(name: &str) -> Option<String> {
    let meant = name.replace("__", "_").replace('.', "_");
    let all = KEYS.iter().map(|key| for_segment(key.name, name));
    let (distance, key) = all.map(|key| (distance(&key.replace('.', "_"), &meant), key)).min()?;
    if distance <= 2 + name.len() / 8 {
        return Some(key);
    }
    let same_end = |key: &&str| key.rsplit('.').next() == name.rsplit('.').next();
    KEYS.iter().map(|key| key.name).find(same_end).map(|key| for_segment(key, name))
}

/// The variable that sets a key.
pub fn variable(key: &str) -> String {
    format!("SAFEHARBOR_{}", key.replace('.', "__").to_uppercase())
}

/// A key of all segments as that of the segment a name speaks of.
fn for_segment(key: &str, name: &str) -> String {
    let segment = name.strip_prefix("segments.").and_then(|rest| rest.split('.').next()).filter(|s| !s.is_empty());
    key.replace('*', segment.unwrap_or("NAME"))
}

/// Letters to add, leave out or change (Levenshtein). The names are short.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(120).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_was_meant_is_found() {
        for (written, meant) in [
            ("server.listn", "server.listen"),
            ("server_listen", "server.listen"),
            ("mail_smtp_port", "mail.smtp_port"),
            ("mail.smtp_pasword", "mail.smtp_password"),
            ("database_url", "database.url"),
            ("segments.shared.treshold", "segments.shared.threshold"),
            ("service.public_url", "server.public_url"),
        ] {
            assert_eq!(nearest(written).as_deref(), Some(meant), "{written}");
        }
        assert_eq!(nearest("utterly.unheard_of"), None);
        assert_eq!(variable("mail.smtp_port"), "SAFEHARBOR_MAIL__SMTP_PORT");
    }
}
