//! Checking the DKIM signatures of incoming mail, and DMARC by them, against DNS (RFC 6376, RFC 7489). The results
//! are facts for staff; nothing is refused for them. SPF is known to the mail server alone that talked to the
//! sender: its own header says it (`inbound.authserv_id`).

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, Parameters, ResolverCache, SpfOutput, Txt,
    dmarc::verify::DmarcParameters,
};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Longest time for all look-ups of one mail.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most signatures of one mail that are checked: each may be over another part of its body.
const MAX_SIGNATURES: usize = 10;
/// Records remembered at most.
const REMEMBERED: usize = 10_000;

/// Mails that are checked at the same time: each holds a thread while DNS is asked, and other work needs those threads.
const AT_ONCE: usize = 4;

/// Checks mail; made once.
pub struct Checker {
    resolver: MessageAuthenticator,
    records: Records,
    room: Arc<Semaphore>,
}

/// The system's DNS settings cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("DNS for inbound.check_dkim: {0}")]
pub struct CheckerError(String);

impl Checker {
    /// A checker that asks the DNS servers of the system.
    pub fn new() -> Result<Self, CheckerError> {
        let resolver = MessageAuthenticator::new_system_conf().map_err(|e| CheckerError(e.to_string()))?;
        Ok(Self { resolver, records: Records::default(), room: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// As [`Checker::check`], off the threads that answer; `bytes` gives the mail. A few mails at a time: one that finds no
    /// room soon is not checked now (`temperror`), so that names that nobody answers for hold up nothing else.
    pub async fn check_apart<M: Send + Sync + 'static>(
        self: Arc<Self>,
        mail: Arc<M>,
        bytes: fn(&M) -> &[u8],
    ) -> Vec<(&'static str, &'static str)> {
        let unknown = || vec![("dkim", "temperror"), ("dmarc", "temperror")];
        let Ok(Ok(place)) = timeout(PATIENCE, Arc::clone(&self.room).acquire_owned()).await else { return unknown() };
        let handle = Handle::current();
        let checked = spawn_blocking(move || {
            let _place = place;
            handle.block_on(self.check(bytes(&mail)))
        });
        checked.await.unwrap_or_else(|_| unknown())
    }

    /// What the signatures of a mail say: `dkim` and `dmarc` with the words of RFC 8601.
    pub async fn check(&self, mail: &[u8]) -> Vec<(&'static str, &'static str)> {
        if signatures(mail) > MAX_SIGNATURES {
            return vec![("dkim", "permerror")];
        }
        let Some(message) = AuthenticatedMessage::parse(mail) else { return Vec::new() };
        let checked = timeout(PATIENCE, async {
            let dkim = self.resolver.verify_dkim(self.parameters(&message)).await;
            let best = dkim.iter().map(|d| word(d.result())).min_by_key(|w| rank(w)).unwrap_or("none");
            let spf = SpfOutput::default();
            let dmarc = DmarcParameters::new(&message, &dkim, "", &spf);
            let dmarc = match self.resolver.verify_dmarc(self.parameters(dmarc)).await.result() {
                DmarcResult::Pass => "pass",
                DmarcResult::Fail(_) => "fail",
                DmarcResult::TempError(_) => "temperror",
                DmarcResult::PermError(_) => "permerror",
                DmarcResult::None => "none",
            };
            vec![("dkim", best), ("dmarc", dmarc)]
        });
        checked.await.unwrap_or_else(|_| vec![("dkim", "temperror"), ("dmarc", "temperror")])
    }

    fn parameters<P>(&self, params: P) -> Parameters<'_, P, Records, Nothing, Nothing, Nothing, Nothing> {
        Parameters {
            params,
            cache_txt: Some(&self.records),
            cache_mx: None,
            cache_ptr: None,
            cache_ipv4: None,
            cache_ipv6: None,
        }
    }
}

/// How many signatures the header has, as far as can be counted without reading it.
fn signatures(mail: &[u8]) -> usize {
    let lines = mail.split(|b| *b == b'\n').take_while(|line| !line.trim_ascii_end().is_empty());
    let named = |line: &&[u8]| line.get(..14).is_some_and(|name| name.eq_ignore_ascii_case(b"dkim-signature"));
    lines.filter(named).count()
}

fn word(result: &DkimResult) -> &'static str {
    match result {
        DkimResult::Pass => "pass",
        DkimResult::Neutral(_) => "neutral",
        DkimResult::Fail(_) => "fail",
        DkimResult::PermError(_) => "permerror",
        DkimResult::TempError(_) => "temperror",
        DkimResult::None => "none",
    }
}

/// Of several signatures the best one counts: a list server's does not undo the sender's.
fn rank(word: &str) -> u8 {
    match word {
        "pass" => 0,
        "fail" => 1,
        _ => 2,
    }
}

/// Records that were looked up, until they run out.
#[derive(Default)]
struct Records(Mutex<HashMap<Box<str>, (Txt, Instant)>>);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(_, until)| Instant::now() < *until).map(|(txt, _)| txt.clone())
    }
    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name).map(|(txt, _)| txt)
    }
    fn insert(&self, name: Box<str>, value: Txt, until: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(name, (value, until));
    }
}

/// Remembers nothing: the kinds of records that DKIM and DMARC do not ask for.
struct Nothing;

impl<K, V> ResolverCache<K, V> for Nothing {
    fn get<Q>(&self, _: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }
    fn remove<Q>(&self, _: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }
    fn insert(&self, _: K, _: V, _: Instant) {}
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use mail_auth::common::crypto::Ed25519Key;
    use mail_auth::common::headers::HeaderWriter;
    use mail_auth::common::parse::TxtRecordParser;
    use mail_auth::common::verify::DomainKey;
    use mail_auth::dkim::DkimSigner;
    use mail_auth::dmarc::Dmarc;
    use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};

    use super::*;

    fn with_resolver(resolver: MessageAuthenticator) -> Checker {
        Checker { resolver, records: Records::default(), room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// As many mails as there are, with signatures whose keys nobody answers for, leave threads for other work.
    #[test]
    fn a_silent_name_server_holds_up_nothing_else() {
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
        let message = b"From: a@holtfinch.example\r\nSubject: Notice\r\n\r\nOur photograph\r\n";
        let by = DkimSigner::from_key(key).domain("holtfinch.example").selector("s1").headers(["From", "Subject"]);
        let mut signed = by.sign(message).unwrap().to_header().into_bytes();
        signed.extend_from_slice(message);
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        let runtime = threads.worker_threads(2).max_blocking_threads(AT_ONCE + 1).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut server = NameServerConfig::udp(address.ip());
            server.connections[0].port = address.port();
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            let checker = Arc::new(with_resolver(MessageAuthenticator::new(config, ResolverOpts::default()).unwrap()));
            let mail = Arc::new(signed);
            for _ in 0..20 {
                tokio::spawn(Arc::clone(&checker).check_apart(Arc::clone(&mail), |mail| mail.as_slice()));
            }
            silent.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            assert!(silent.recv(&mut [0; 512]).is_ok(), "it is asked");
            let other = timeout(Duration::from_secs(3), spawn_blocking(|| 7)).await;
            assert_eq!(other.expect("a thread is free").unwrap(), 7);
        });
        runtime.shutdown_background();
    }

    #[tokio::test]
    async fn a_signature_passes_until_the_mail_is_changed() {
        let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
        let public = base64::engine::general_purpose::STANDARD.encode(key.public_key());
        let message = b"From: a@holtfinch.example\r\nSubject: Notice\r\n\r\nOur photograph\r\n";
        let by = DkimSigner::from_key(key).domain("holtfinch.example").selector("s1").headers(["From", "Subject"]);
        let mut signed = by.sign(message).unwrap().to_header().into_bytes();
        signed.extend_from_slice(message);
        // Every record is remembered: nobody is asked.
        let checker = with_resolver(MessageAuthenticator::new_cloudflare().unwrap());
        let until = Instant::now() + Duration::from_mins(1);
        let record = DomainKey::parse(format!("v=DKIM1; k=ed25519; p={public}").as_bytes()).unwrap();
        checker.records.insert("s1._domainkey.holtfinch.example.".into(), Txt::DomainKey(Arc::new(record)), until);
        // Where names are compared DMARC walks up to the one above.
        let missing = Txt::Error(mail_auth::Error::Dns(mail_auth::DnsError::InvalidRecordType));
        checker.records.insert("_dmarc.example.".into(), missing, until);
        let dmarc = Dmarc::parse(b"v=DMARC1; p=reject").unwrap();
        checker.records.insert("_dmarc.holtfinch.example.".into(), Txt::Dmarc(Arc::new(dmarc)), until);
        assert_eq!(checker.check(&signed).await, [("dkim", "pass"), ("dmarc", "pass")]);
        let changed = String::from_utf8(signed).unwrap().replace("photograph", "photograph!");
        assert_eq!(checker.check(changed.as_bytes()).await, [("dkim", "neutral"), ("dmarc", "fail")], "body changed");
        let renamed = changed.replace("photograph!", "photograph").replace("Subject: Notice", "Subject: notice!");
        assert_eq!(checker.check(renamed.as_bytes()).await, [("dkim", "fail"), ("dmarc", "fail")], "header changed");
        assert_eq!(checker.check(message).await[0], ("dkim", "none"));
        let many = ["DKIM-Signature: v=1\r\n".repeat(11).into_bytes(), message.to_vec()].concat();
        assert_eq!(checker.check(&many).await, [("dkim", "permerror")]);
    }
}
