//! What the mail server in front found out about a mail: its `Authentication-Results` (RFC 8601).

use crate::domain::base::contact::one_line;

/// Results kept of one mail.
const MAX_RESULTS: usize = 50;

/// One result: `dkim=pass header.d=holtfinch.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `spf`, `dkim`, `dmarc` and others, in lower case.
    pub method: String,
    /// `pass`, `fail`, `none` and others, in lower case.
    pub result: String,
    /// What it is about, such as `header.from=holtfinch.example`, without `reason`.
    pub properties: Vec<(String, String)>,
}

impl Verdict {
    /// As a header has it, without comments.
    pub fn shown(&self) -> String {
        let rest: String = self.properties.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{}={}{rest}", self.method, self.result)
    }
}

/// Everything that headers of one server say, in their order; headers of others prove nothing and are left out. Nothing
/// where `ours` is empty.
pub fn verdicts(headers: &[String], ours: &str) -> Vec<Verdict> {
    let mut found = Vec::new();
    for header in headers {
        let plain = without_comments(header);
        let mut parts = plain.split(';');
        let id = parts.next().and_then(|id| id.split_whitespace().next()).unwrap_or_default();
        if !ours.is_empty() && id.trim_matches('"').eq_ignore_ascii_case(ours) {
            found.extend(parts.filter_map(verdict).take(MAX_RESULTS));
        }
    }
    found.truncate(MAX_RESULTS);
    found
}

/// What several results of a method come to. DMARC: one failure fails it, and it passes where all say so, since a sender
/// can add a header that a careless server leaves in. DKIM: one signature that holds is enough (RFC 6376 section 6.1).
pub fn outcome<'a>(verdicts: &'a [Verdict], method: &str) -> Option<&'a str> {
    let mut results = verdicts.iter().filter(|v| v.method == method).map(|v| v.result.as_str());
    let first = results.clone().next()?;
    let decisive = if method == "dkim" { "pass" } else { "fail" };
    if results.clone().any(|result| result == decisive) {
        return Some(decisive);
    }
    if method == "dkim" {
        return Some(results.find(|result| *result == "fail").unwrap_or(first));
    }
    Some(results.find(|result| *result != "pass").unwrap_or(first))
}

/// `method[/version]=result` and its properties.
fn verdict(part: &str) -> Option<Verdict> {
    let mut words = pairs(part).into_iter();
    let (method, result) = words.next()?;
    let method = method.split('/').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = !method.is_empty() && method.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    known.then(|| Verdict {
        method: one_line(&method, 40),
        result: one_line(&result.to_ascii_lowercase(), 40),
        properties: words
            .filter(|(name, _)| name.contains('.'))
            .map(|(name, value)| (one_line(&name.to_ascii_lowercase(), 60), one_line(&value, 254)))
            .take(20)
            .collect(),
    })
}

/// `name = value` pairs, with or without blanks around the sign, values in quotation marks or not.
fn pairs(part: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = part.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.split_whitespace().next_back().unwrap_or_default().to_owned();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        found.push((name, value.to_owned()));
        rest = left;
    }
    found
}

/// Comments in parentheses stand between any two words and can be nested; those in quotation marks are none.
fn without_comments(header: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::with_capacity(header.len()), 0_usize, false, false);
    for c in header.chars() {
        if escaped {
            escaped = false;
        } else {
            match c {
                '\\' => escaped = true,
                '"' if depth == 0 => quoted = !quoted,
                '(' if !quoted => {
                    depth += 1;
                    out.push(' ');
                    continue;
                }
                ')' if !quoted && depth > 0 => {
                    depth -= 1;
                    continue;
                }
                _ => {}
            }
        }
        if depth == 0 {
            // A semicolon inside quotation marks ends no result.
            out.push(if quoted && c == ';' { ',' } else { c });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "mx.host.example";

    fn found(headers: &[&str]) -> Vec<Verdict> {
        verdicts(&headers.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>(), OURS)
    }

    #[test]
    fn every_header_of_our_server_counts_and_no_other() {
        for (headers, spf, dkim, dmarc) in [
            (
                &["mx.host.example; spf=fail smtp.mailfrom=a.example", "mx.host.example; dmarc=pass"][..],
                "fail",
                "",
                "pass",
            ),
            (
                &[
                    "mx.host.example; dkim=none",
                    "MX.Host.Example 1; dmarc=FAIL (p=reject dis=none) header.from=a.example",
                ],
                "",
                "none",
                "fail",
            ),
            (&["mx.host.example; dmarc=pass", "mx.host.example; dmarc=fail"], "", "", "fail"),
            (&["mx.host.example; dmarc=none", "mx.host.example; dmarc=pass"], "", "", "none"),
            (&["evil.example; dmarc=pass", "mx.host.example.evil.example; dmarc=pass"], "", "", ""),
            (
                &[
                    "mx.host.example (a comment; dmarc=pass); dkim = Fail (bad \\) key) header.d=x.example; dkim/1=pass header.d=a.example",
                ],
                "",
                "pass",
                "",
            ),
            (&["mx.host.example; dkim=fail reason=\"dmarc=pass; dmarc=pass\""], "", "fail", ""),
            (&["\"mx.host.example\"; spf=pass; none"], "pass", "", ""),
            (&["mx.host.example; none", "", ";;;=", "mx.host.example"], "", "", ""),
        ] {
            let found = found(headers);
            let is = |method| outcome(&found, method).unwrap_or_default();
            assert_eq!((is("spf"), is("dkim"), is("dmarc")), (spf, dkim, dmarc), "{headers:?}");
        }
        assert_eq!(verdicts(&["; dmarc=pass".to_owned()], ""), [], "no name is set: nothing counts");
    }

    #[test]
    fn what_a_result_is_about_is_kept() {
        let header = "mx.host.example; dkim=pass (2048-bit) header.d=a.example header.s=\"s 1\"; dmarc=pass header.from=a.example";
        let shown: Vec<String> = found(&[header]).iter().map(Verdict::shown).collect();
        assert_eq!(shown, ["dkim=pass header.d=a.example header.s=s 1", "dmarc=pass header.from=a.example"]);
    }
}
