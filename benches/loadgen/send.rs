//! Sends notices by all ways in, at a set rate or as fast as they are taken, and measures each answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::Failure;
use super::forms::{self, Acknowledged};
use super::world::{Draft, Notices, Shape};

/// Notices in one batch request.
const BATCH: usize = 50;
/// Longest answer that is told apart, in microseconds.
const LONGEST: u64 = 600_000_000;
/// Length of the windows in which latency is followed.
pub const WINDOW: Duration = Duration::from_secs(10);

/// A way in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Channel {
    Api,
    Batch,
    Acns,
    Form,
}

/// Weights of the ways in: `api=6,batch=2,acns=1,form=1`.
#[derive(Clone)]
pub struct Mix(Vec<(Channel, u32)>);

impl std::str::FromStr for Mix {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let part = |part: &str| {
            let (name, weight) = part.split_once('=').ok_or("write name=weight")?;
            let channel = match name {
                "api" => Channel::Api,
                "batch" => Channel::Batch,
                "acns" => Channel::Acns,
                "form" => Channel::Form,
                other => return Err(format!("no way in is called {other}")),
            };
            Ok((channel, weight.parse::<u32>().map_err(|e| e.to_string())?))
        };
        text.split(',').map(part).collect::<Result<_, _>>().map(Self)
    }
}

impl Mix {
    fn draw(&self, rng: &mut ChaCha8Rng) -> Channel {
        let all: u32 = self.0.iter().map(|(_, w)| w).sum();
        let mut at = rng.random_range(0..all.max(1));
        for (channel, weight) in &self.0 {
            if at < *weight {
                return *channel;
            }
            at -= weight;
        }
        Channel::Api
    }
}

/// What to send.
#[derive(Clone)]
pub struct Plan {
    pub base: String,
    pub key: String,
    pub seconds: u64,
    /// Notices a second; nothing: as fast as they are taken.
    pub rate: Option<f64>,
    pub connections: u64,
    pub mix: Mix,
    pub shape: Shape,
    pub seed: u64,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub acknowledged: Vec<Acknowledged>,
    /// Microseconds from when a request was due to its whole answer.
    pub latency: BTreeMap<Channel, Histogram<u64>>,
    pub windows: BTreeMap<u64, Histogram<u64>>,
    pub errors: BTreeMap<String, u64>,
    pub bytes: u64,
    pub elapsed: Duration,
}

impl Outcome {
    fn record(&mut self, channel: Channel, window: u64, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let new = || Histogram::new_with_max(LONGEST, 3).unwrap_or_else(|_| unreachable!());
        self.latency.entry(channel).or_insert_with(new).saturating_record(micros);
        if channel != Channel::Batch {
            self.windows.entry(window).or_insert_with(new).saturating_record(micros);
        }
    }
    /// Adds what another sender measured.
    pub fn join(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.bytes += other.bytes;
        self.elapsed = self.elapsed.max(other.elapsed);
        for (error, n) in other.errors {
            *self.errors.entry(error).or_default() += n;
        }
        for (channel, histogram) in other.latency {
            merge(&mut self.latency, channel, &histogram);
        }
        for (window, histogram) in other.windows {
            merge(&mut self.windows, window, &histogram);
        }
    }
}

fn merge<K: Ord>(all: &mut BTreeMap<K, Histogram<u64>>, key: K, histogram: &Histogram<u64>) {
    let into = all.entry(key).or_insert_with(|| Histogram::new_with_max(LONGEST, 3).unwrap_or_else(|_| unreachable!()));
    let _ = into.add(histogram);
}

/// Sends by the plan.
pub async fn send(plan: &Plan) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let tickets = Arc::new(AtomicU64::new(0));
    let mut workers = tokio::task::JoinSet::new();
    for n in 0..plan.connections {
        let worker = Worker {
            // A connection is given up before the server gives it up.
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_mins(1))
                .pool_idle_timeout(Duration::from_mins(1))
                .build()?,
            plan: plan.clone(),
            notices: Notices::new(plan.seed + n, plan.shape),
            rng: ChaCha8Rng::seed_from_u64(!plan.seed ^ n),
            tickets: Arc::clone(&tickets),
            start,
            number: n,
            sent: 0,
        };
        workers.spawn(worker.run());
    }
    let mut outcome = Outcome::default();
    while let Some(done) = workers.join_next().await {
        outcome.join(done?);
    }
    outcome.elapsed = start.elapsed();
    Ok(outcome)
}

struct Worker {
    http: reqwest::Client,
    plan: Plan,
    notices: Notices,
    rng: ChaCha8Rng,
    tickets: Arc<AtomicU64>,
    start: Instant,
    number: u64,
    sent: u64,
}

impl Worker {
    async fn run(mut self) -> Outcome {
        let mut outcome = Outcome::default();
        let end = Duration::from_secs(self.plan.seconds);
        loop {
            let channel = self.plan.mix.draw(&mut self.rng);
            let count = if channel == Channel::Batch { BATCH } else { 1 };
            let Some(due) = self.turn(count as u64).await.filter(|due| *due < end) else { return outcome };
            let drafts: Vec<Draft> = (0..count).map(|_| self.notices.next()).collect();
            self.sent += 1;
            match self.ask(channel, &drafts, &mut outcome.bytes).await {
                Ok(acknowledged) => {
                    outcome.record(channel, due.as_secs() / WINDOW.as_secs(), self.start.elapsed().saturating_sub(due));
                    outcome.acknowledged.extend(acknowledged);
                }
                Err(error) => *outcome.errors.entry(error.to_string().chars().take(120).collect()).or_default() += 1,
            }
        }
    }

    /// Waits for its turn. Latency counts from when the turn came, so that a stalled server is not flattered.
    async fn turn(&self, count: u64) -> Option<Duration> {
        let ticket = self.tickets.fetch_add(count, Ordering::Relaxed);
        let now = self.start.elapsed();
        let Some(rate) = self.plan.rate else { return Some(now) };
        let due = Duration::from_secs_f64(ticket as f64 / rate);
        if let Some(left) = due.checked_sub(now) {
            tokio::time::sleep(left).await;
        }
        Some(due)
    }

    async fn ask(&self, channel: Channel, drafts: &[Draft], bytes: &mut u64) -> Result<Vec<Acknowledged>, Failure> {
        match channel {
            Channel::Api => self.api(&drafts[0], bytes).await,
            Channel::Batch => self.batch(drafts, bytes).await,
            Channel::Acns => self.acns(&drafts[0], bytes).await,
            Channel::Form => self.form(&drafts[0], bytes).await,
        }
    }

    async fn post(&self, path: &str, kind: &str, body: String, bytes: &mut u64) -> Result<String, Failure> {
        *bytes += body.len() as u64;
        let url = format!("{}{path}", self.plan.base);
        let request = self.http.post(url).header("content-type", kind).bearer_auth(&self.plan.key).body(body);
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if status.is_success() { Ok(text) } else { Err(format!("{path} answered {status}: {text}").into()) }
    }

    async fn api(&self, draft: &Draft, bytes: &mut u64) -> Result<Vec<Acknowledged>, Failure> {
        let body = forms::as_json(draft).to_string();
        let text = self.post("/api/v1/notices", "application/json", body, bytes).await?;
        let receipt = forms::receipt(&serde_json::from_str(&text)?, draft.urls.len());
        Ok(vec![receipt.ok_or("no receipt")?])
    }

    async fn batch(&self, drafts: &[Draft], bytes: &mut u64) -> Result<Vec<Acknowledged>, Failure> {
        let body: String = drafts.iter().map(|d| format!("{}\n", forms::as_json(d))).collect();
        let text = self.post("/api/v1/notices:batch", "application/x-ndjson", body, bytes).await?;
        let one = |(line, draft): (&str, &Draft)| -> Result<Acknowledged, Failure> {
            let value: Value = serde_json::from_str(line)?;
            Ok(forms::receipt(&value["receipt"], draft.urls.len()).ok_or_else(|| format!("no receipt: {line}"))?)
        };
        text.lines().zip(drafts).map(one).collect()
    }

    async fn acns(&self, draft: &Draft, bytes: &mut u64) -> Result<Vec<Acknowledged>, Failure> {
        let number = format!("{}-{}-{}", self.plan.seed, self.number, self.sent);
        let mail = forms::as_acns_mail(draft, &number);
        let text = self.post("/api/v1/intake/mail", "message/rfc822", mail, bytes).await?;
        let answer: Value = serde_json::from_str(&text)?;
        let receipt = forms::receipt(&answer["notices"][0], 1).ok_or_else(|| format!("no notice in it: {text}"))?;
        Ok(vec![receipt])
    }

    /// As a person does it: the page to check, sending, and the receipt.
    async fn form(&self, draft: &Draft, bytes: &mut u64) -> Result<Vec<Acknowledged>, Failure> {
        let mut fields = forms::as_form(draft);
        let encode = |fields: &[(String, String)]| {
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
        };
        let page = self.post("/notices/new", "application/x-www-form-urlencoded", encode(&fields), bytes).await?;
        for name in ["submission", "seal"] {
            fields.push((name.to_owned(), forms::hidden(&page, name).ok_or("no page to check")?));
        }
        fields.push(("do".to_owned(), "send".to_owned()));
        let page = self.post("/notices/new", "application/x-www-form-urlencoded", encode(&fields), bytes).await?;
        let at = page.find("N-").ok_or("no receipt")?;
        let reference = page.get(at..at + 11).ok_or("no reference")?.to_owned();
        // The page names cases by their site; the proof reads them from the database.
        Ok(vec![Acknowledged { reference, cases: Vec::new(), locations: draft.urls.len() }])
    }
}
