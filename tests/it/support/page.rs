use std::collections::BTreeMap;
use std::sync::Mutex;

use url::form_urlencoded;

/// The token that reads the figures of a story.
pub const FIGURES: &str = "the token of the stories";

/// What a browser got.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// Cases of the notice that was sent, as staff know them; the page does not show them.
    pub cases: Vec<String>,
}

impl Page {
    /// The page as text: without tags, blanks run together.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut inside = false;
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    out.push(' ');
                }
                c if !inside => out.push(c),
                _ => {}
            }
        }
        let out = out
            .replace("&#38;", "&")
            .replace("&#39;", "'")
            .replace("&#34;", "\"")
            .replace("&#60;", "<")
            .replace("&#62;", ">");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Hidden fields by name.
    pub fn hidden(&self, names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), self.field(name))).collect()
    }

    /// The value of the first field with a name.
    pub fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&marker).unwrap_or_else(|| panic!("no field {name} in {}", self.text()));
        self.body[at + marker.len()..].split('"').next().unwrap().to_owned()
    }

    /// What an input of a form is filled in with.
    pub fn input(&self, name: &str) -> String {
        let at =
            self.body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no input {name} in {}", self.text()));
        self.body[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Where the first review of a list is marked as done.
    pub fn link_to_done(&self) -> String {
        let at = self.body.find("action=\"/staff/reviews/").unwrap_or_else(|| panic!("no review in {}", self.text()));
        self.body[at + 8..].split('"').next().unwrap().to_owned()
    }

    /// The first link whose address begins so.
    pub fn link(&self, start: &str) -> String {
        let marker = format!("href=\"{start}");
        let at = self.body.find(&marker).unwrap_or_else(|| panic!("no link {start} in {}", self.text()));
        self.body[at + 6..].split('"').next().unwrap().to_owned()
    }

    /// The first reference of a kind (`N` or `C`) on the page, or the first case of the notice that was sent.
    pub fn reference(&self, kind: char) -> String {
        if let Some(case) = self.cases.first().filter(|_| kind == 'C') {
            return case.clone();
        }
        let text = self.text();
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .find(|w| w.len() == 11 && w.starts_with(kind) && w.as_bytes()[1] == b'-' && w.as_bytes()[6] == b'-')
            .unwrap_or_else(|| panic!("no reference in {text}"))
            .to_owned()
    }
}

/// A browser: keeps one cookie jar, follows nothing by itself.
pub struct Client {
    base: String,
    agent: ureq::Agent,
    cookies: Mutex<BTreeMap<String, String>>,
    /// What a proxy in front would say of its address.
    from: Option<String>,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { base: base.to_owned(), agent: config.into(), cookies: Mutex::default(), from: None }
    }

    /// As if a proxy had passed it on from this address.
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(address.to_owned());
        self
    }

    /// Puts a cookie into the jar.
    pub fn keep(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    fn cookie(&self) -> String {
        let jar = self.cookies.lock().unwrap();
        jar.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ")
    }

    /// The figures for monitoring, with the token of the stories.
    pub fn figures(&self) -> Page {
        self.get_with("/metrics", &[("authorization", &format!("Bearer {FIGURES}"))])
    }

    pub fn get(&self, path: &str) -> Page {
        self.get_with(path, &[])
    }

    /// As [`Client::get`], with headers of its own.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let request = self.agent.get(format!("{}{path}", self.base)).header("cookie", self.cookie());
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        self.read(request.call().unwrap()).expect("a whole answer")
    }

    pub fn post<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, form: &[(K, V)]) -> Page {
        self.try_form(path, form).expect("an answer")
    }

    /// As [`Client::post`]; nothing when the connection breaks.
    pub fn try_form<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, form: &[(K, V)]) -> Option<Page> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form {
            body.append_pair(name.as_ref(), value.as_ref());
        }
        self.try_post(path, "application/x-www-form-urlencoded", body.finish().as_bytes())
    }

    /// Posts with the CSRF seal of a page.
    pub fn post_with_seal(&self, page: &Page, path: &str, form: &[(&str, &str)]) -> Page {
        let csrf = page.field("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(form);
        self.post(path, &all)
    }

    /// Posts a form with files: name, file name, content.
    pub fn post_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        const EDGE: &str = "----edge-of-a-part";
        let mut body: Vec<u8> = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, file, content) in files {
            let head = format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{EDGE}--\r\n").bytes());
        self.post_raw(path, &format!("multipart/form-data; boundary={EDGE}"), &body)
    }

    /// The bytes that answer a form.
    pub fn post_bytes(&self, path: &str, form: &[(&str, &str)]) -> Vec<u8> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie())
            .header("content-type", "application/x-www-form-urlencoded");
        let mut response = request.send(body.finish().as_bytes()).unwrap();
        response.body_mut().with_config().limit(100_000_000).read_to_vec().unwrap()
    }

    pub fn post_raw(&self, path: &str, kind: &str, body: &[u8]) -> Page {
        self.try_post(path, kind, body).expect("an answer")
    }

    /// Nothing when the connection breaks.
    pub fn try_post(&self, path: &str, kind: &str, body: &[u8]) -> Option<Page> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie())
            .header("content-type", kind);
        let request = self.from.iter().fold(request, |r, address| r.header("x-forwarded-for", address));
        self.read(request.send(body).ok()?)
    }

    fn read(&self, mut response: ureq::http::Response<ureq::Body>) -> Option<Page> {
        let mut headers = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name == "set-cookie"
                && let Some((k, v)) = value.split(';').next().and_then(|c| c.split_once('='))
            {
                self.cookies.lock().unwrap().insert(k.to_owned(), v.to_owned());
            }
            headers.insert(name.as_str().to_owned(), value);
        }
        let body = response.body_mut().with_config().limit(100_000_000).read_to_vec().ok()?;
        Some(Page {
            status: response.status().as_u16(),
            location: headers.get("location").cloned().unwrap_or_default(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            cases: Vec::new(),
        })
    }
}
