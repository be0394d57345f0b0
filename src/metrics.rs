//! Figures for those who watch the service, in the text form of Prometheus. Counts and times alone: no address, no
//! reference, no name.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prometheus::core::Collector;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::domain::base::moment::{Moment, Span};
use crate::domain::record::event::Label;
use crate::storage::WriteWatch;
use crate::storage::record::gauges::{self, Gauges};

/// All figures of one process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    http: HistogramVec,
    notices: IntCounterVec,
    events: IntCounterVec,
    job_failures: IntCounterVec,
    letters: IntCounterVec,
    last_round: IntGaugeVec,
    clock_back: IntCounter,
    clock_off: IntGauge,
    clock_doubted: IntGauge,
    /// The latest time seen, in microseconds.
    latest: AtomicI64,
}

/// Seconds; from a cached page to a batch of thousands.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// A figure has a name that no other has, so that this cannot fail once it has run.
type Built<T> = Result<T, prometheus::Error>;

fn kept<C: Collector + Clone + 'static>(registry: &Registry, figure: C) -> Built<C> {
    registry.register(Box::new(figure.clone()))?;
    Ok(figure)
}

impl Metrics {
    /// Figures that begin at zero, beside those of the writer.
    pub fn new(writer: &WriteWatch) -> Built<Self> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            IntCounterVec::new(Opts::new(name, help), labels).and_then(|c| kept(&registry, c))
        };
        let http = HistogramOpts::new("safeharbor_http_seconds", "Time to answer a request.").buckets(SECONDS.to_vec());
        let inner = Inner {
            http: kept(&registry, HistogramVec::new(http, &["route", "method", "status"])?)?,
            notices: counter(
                "safeharbor_notices_total",
                "Notices received by this process, by way in and class.",
                &["channel", "class"],
            )?,
            events: counter("safeharbor_events_total", "Events put on record by this process.", &["kind"])?,
            job_failures: counter("safeharbor_job_failures_total", "Jobs that failed and are tried again.", &["job"])?,
            letters: counter(
                "safeharbor_letter_attempts_total",
                "Attempts to send a letter, by what became of them.",
                &["outcome"],
            )?,
            last_round: kept(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "safeharbor_jobs_last_round_timestamp_seconds",
                        "When a group of jobs last found nothing left to do.",
                    ),
                    &["group"],
                )?,
            )?,
            clock_back: kept(
                &registry,
                IntCounter::new(
                    "safeharbor_clock_back_total",
                    "Times the clock of this machine went back by more than a second.",
                )?,
            )?,
            clock_off: kept(
                &registry,
                IntGauge::new(
                    "safeharbor_clock_off_seconds",
                    "How far the clock of this machine left the time that has passed, while it is not believed.",
                )?,
            )?,
            clock_doubted: kept(
                &registry,
                IntGauge::new(
                    "safeharbor_clock_doubted",
                    "1 while the clock of this machine is not believed: deadlines, strikes and put-backs wait.",
                )?,
            )?,
            latest: AtomicI64::new(i64::MIN),
            registry: registry.clone(),
        };
        kept(&registry, writer.waiting.clone())?;
        kept(&registry, writer.commit.clone())?;
        kept(&registry, writer.failed.clone())?;
        kept(&registry, writer.together.clone())?;
        Ok(Self(Arc::new(inner)))
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, method: &str, status: u16, micros: i64) {
        let status = status.to_string();
        // Microseconds of a request fit a double without loss.
        #[expect(clippy::cast_precision_loss, reason = "less than 2^52 microseconds")]
        self.0.http.with_label_values(&[route, method, &status]).observe(micros as f64 / 1e6);
    }

    /// A transaction is on disk.
    pub fn recorded(&self, recorded: &[Label]) {
        for one in recorded {
            self.0.events.with_label_values(&[one.kind.code()]).inc();
            if let Some((channel, class)) = &one.notice {
                self.0.notices.with_label_values(&[channel.as_str(), class.code()]).inc();
            }
        }
    }

    /// A job failed and is tried again.
    pub fn job_failed(&self, job: &str) {
        self.0.job_failures.with_label_values(&[job]).inc();
    }

    /// An attempt to send a letter ended.
    pub fn letter(&self, outcome: &str) {
        self.0.letters.with_label_values(&[outcome]).inc();
    }

    /// A group of jobs found nothing more to do at a time, in seconds.
    pub fn round(&self, group: &str, at: i64) {
        self.0.last_round.with_label_values(&[group]).set(at);
    }

    /// How many seconds the clock is off, while it is not believed.
    pub fn clock_off(&self) -> Option<i64> {
        (self.0.clock_doubted.get() != 0).then(|| self.0.clock_off.get())
    }

    /// The clock is not believed, being so many seconds off, or it is.
    pub fn set_clock_off(&self, seconds: Option<i64>) {
        self.0.clock_doubted.set(i64::from(seconds.is_some()));
        self.0.clock_off.set(seconds.unwrap_or_default());
    }

    /// By how much the clock went back since it was looked at last, where that is more than a second.
    pub fn clock_back(&self, now: Moment) -> Option<Span> {
        let latest = Moment(self.0.latest.swap(now.0, Ordering::SeqCst));
        let back = (latest.0 > now.0.saturating_add(1_000_000)).then(|| latest.since(now));
        if back.is_some() {
            self.0.clock_back.inc();
        }
        back
    }

    /// Everything as text, with the gauges of the database.
    pub fn text(&self, database: &Gauges) -> Built<String> {
        let mut families = self.0.registry.gather();
        families.extend(of_database(database)?);
        families.sort_by(|a, b| a.name().cmp(b.name()));
        let mut text = Vec::new();
        TextEncoder::new().encode(&families, &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn of_database(gauges: &Gauges) -> Built<Vec<prometheus::proto::MetricFamily>> {
    let registry = Registry::new();
    let gauge = |name: &str, help: &str, values: &[(&'static str, i64)]| -> Built<()> {
        let vector = kept(&registry, IntGaugeVec::new(Opts::new(name, help), &["state"])?)?;
        for (state, value) in values {
            vector.with_label_values(&[*state]).set(*value);
        }
        Ok(())
    };
    let bound = format!("counted up to {}", gauges::MOST);
    gauge("safeharbor_cases", &format!("Open cases, {bound}."), &gauges.cases)?;
    gauge("safeharbor_letters", &format!("Letters not taken over, {bound}."), &gauges.letters)?;
    gauge("safeharbor_letters_late_seconds", "How long the letter that is due longest is due.", &gauges.late)?;
    gauge("safeharbor_letters_oldest_seconds", "How long ago the oldest letter was written.", &gauges.oldest)?;
    let reviews = kept(&registry, IntGauge::new("safeharbor_reviews", format!("Open reviews, {bound}."))?)?;
    reviews.set(gauges.reviews);
    Ok(registry.gather())
}
