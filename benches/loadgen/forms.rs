//! A draft written as JSON, form fields, or an ACNS mail; and what the answers say.

use serde_json::{Value, json};

use super::world::Draft;

/// What a channel acknowledged: the reference, the cases that were opened, and how many locations were sent.
pub struct Acknowledged {
    pub reference: String,
    pub cases: Vec<String>,
    pub locations: usize,
}

pub fn as_json(draft: &Draft) -> Value {
    let works: Vec<Value> = draft
        .description
        .as_bytes()
        .chunks(4000)
        .map(|part| json!({"title": draft.work, "description": String::from_utf8_lossy(part)}))
        .collect();
    let locations: Vec<Value> = draft.urls.iter().map(|url| json!({ "url": url })).collect();
    json!({
        "complainant": {"name": "Joel Finch", "organization": format!("Agency {}", draft.sender),
                        "email": format!("rights@agency{}.example", draft.sender), "role": "agent"},
        "rights_owner": {"name": "Maren Holt"},
        "works": works,
        "locations": locations,
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": "Joel Finch",
    })
}

pub fn as_form(draft: &Draft) -> Vec<(String, String)> {
    let email = format!("rights@agency{}.example", draft.sender);
    let description: String = draft.description.chars().take(2000).collect();
    let urls = draft.urls.join("\n");
    let fields = [
        ("role", "role-agent"),
        ("owner", "Maren Holt"),
        ("org", "Agency"),
        ("name", "Joel Finch"),
        ("email", &email),
        ("tel", "+44 20 7946 0958"),
        ("country", "United Kingdom"),
        ("post", "Studio 9, 14 Wharf Lane"),
        ("works[0].title", &draft.work),
        ("works[0].description", &description),
        ("works[0].original", ""),
        ("locator", "url"),
        ("urls", &urls),
        ("st-faith", "yes"),
        ("st-fair", "yes"),
        ("st-accurate", "yes"),
        ("st-perjury", "yes"),
        ("sig", "Joel Finch"),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A hidden field of a page.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\" value=\""))?;
    let rest = page.get(at..)?.split("value=\"").nth(1)?;
    Some(rest.split('"').next()?.to_owned())
}

/// A mail with an ACNS document in it, as monitoring companies send them.
pub fn as_acns_mail(draft: &Draft, number: &str) -> String {
    let sender = draft.sender;
    let (title, ip) = (&draft.work, &draft.address);
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Infringement xmlns=\"http://www.acns.net/ACNS\">\r\n<Case><ID>{number}</ID></Case>\r\n<Complainant><Entity>Monitor {sender}</Entity><Contact>Joel Finch</Contact><Address>14 Wharf Lane</Address><Email>rights@monitor{sender}.example</Email></Complainant>\r\n<Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>{ip}</IP_Address><Port>51413</Port></Source>\r\n<Content><Item><Title>{title}</Title><FileName>{title}.zip</FileName></Item></Content>\r\n</Infringement>\r\n"
    );
    format!(
        "From: Monitor <rights@monitor{sender}.example>\r\nTo: copyright@host.example\r\nSubject: Notice of claimed infringement {number}\r\nMessage-ID: <{number}@monitor{sender}.example>\r\nDate: Sun, 01 Feb 2026 10:31:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Sir or Madam,\r\n\r\nWe have a good faith belief that use of the material in the manner complained of is not authorized by the copyright owner, its agent, or the law. The information in this notification is accurate. Under penalty of perjury, we state that we are authorized to act on behalf of the owner of an exclusive right that is allegedly infringed.\r\n\r\nRespectfully,\r\nJoel Finch\r\n/s/ Joel Finch\r\n\r\n{xml}"
    )
}

/// From a receipt in JSON.
pub fn receipt(value: &Value, locations: usize) -> Option<Acknowledged> {
    let text = |v: &Value| v.as_str().map(str::to_owned);
    Some(Acknowledged {
        reference: text(&value["reference"])?,
        cases: value["cases"].as_array()?.iter().filter_map(text).collect(),
        locations,
    })
}
