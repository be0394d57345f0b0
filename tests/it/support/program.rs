use serde_json::Value;
use url::Url;

use super::TestSite;
use safeharbor::actions::make_key;
use safeharbor::domain::access::scope::read_list;
use safeharbor::domain::record::event::Actor;
use safeharbor::storage::access::api_keys::NewKey;

/// A program that uses the API.
pub struct Program {
    base: String,
    agent: ureq::Agent,
    /// Sent as `Authorization`, where there is a key.
    pub secret: Option<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

/// What it got.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    /// Pointers of a problem, in order.
    pub fn pointers(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

impl TestSite {
    /// A program without a key.
    pub fn stranger(&self) -> Program {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Program { base: self.base.clone(), agent: config.into(), secret: None, headers: Vec::new() }
    }

    /// A program with a key that has these scopes.
    pub fn program(&self, scopes: &str) -> Program {
        let new = NewKey { name: format!("Test {scopes}"), scopes: read_list(scopes).unwrap(), expires_at: None };
        let made = self.app.write(move |tx| make_key(tx, &new, &Actor::Operator));
        let (_, secret) = self.wait(made).unwrap();
        Program { secret: Some(secret), ..self.stranger() }
    }
}

impl Program {
    /// With a further header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "", b"")
    }
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask("POST", path, "application/json", body.to_string().as_bytes())
    }
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.ask("PUT", path, "application/json", body.to_string().as_bytes())
    }

    pub fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
        let url = Url::parse(&format!("{}{path}", self.base)).unwrap();
        let mut request = ureq::http::Request::builder().method(method).uri(url.as_str());
        if let Some(secret) = &self.secret {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = if body.is_empty() && method == "GET" {
            self.agent.run(request.body(()).unwrap()).unwrap()
        } else {
            self.agent.run(request.body(body).unwrap()).unwrap()
        };
        let body = response.body_mut().with_config().limit(500_000_000).read_to_vec().unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        Reply { status: response.status().as_u16(), headers: response.headers().clone(), text }
    }
}
