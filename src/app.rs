//! Everything wired once, cheap to clone: database, clock, settings, randomness, transport.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::actions::{ActionError, Context, Tx};
use crate::clock::Clock;
use crate::clock_watch::{Before, ClockWatch};
use crate::config::Config;
use crate::domain::base::moment::Span;
use crate::domain::record::event::Label;
use crate::entropy::Entropy;
use crate::mail::authenticate::{Checker, CheckerError};
use crate::mail::dkim::DkimError;
use crate::mail::transport::Transport;
use crate::metrics::Metrics;
pub use crate::parsing::NotParsed;
use crate::parsing::Parsers;
use crate::probe::Prober;
use crate::signing::{KeyError, Signer};
use crate::storage::engine::readiness::Readiness;
use crate::storage::engine::transport_security::Encryption;
use crate::storage::engine::{clock_doubts, installation, migrations};
use crate::storage::intake::submissions::Submission;
use crate::storage::{Conn, Db, StorageError};
use crate::webhooks::Client as Webhooks;

/// The application.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    /// Tells the time that the machine's clock shows, or should show while it is not believed.
    pub clock: Clock,
    /// Whether that clock can be believed.
    pub clock_watch: ClockWatch,
    pub context: Arc<Context>,
    pub transport: Transport,
    /// Checks incoming mail, where that is asked for.
    pub checker: Option<Arc<Checker>>,
    /// Calls webhooks.
    pub webhooks: Webhooks,
    /// Looks at reported addresses, where that is switched on.
    pub prober: Prober,
    /// Key of CSRF tokens and sealed forms.
    pub secret: Arc<Vec<u8>>,
    /// Signs what leaves the record as evidence.
    pub signer: Arc<Signer>,
    /// Whether something can be written.
    pub readiness: Readiness,
    /// Figures of this process.
    pub metrics: Metrics,
    /// Threads that read what was sent.
    pub parsers: Arc<Parsers>,
    /// Wakes the jobs after a change.
    wake: Arc<watch::Sender<()>>,
    /// Set once the process was told to stop.
    stopping: Arc<AtomicBool>,
}

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Storage(#[from] StorageError),
    #[error("{0}")]
    Dkim(#[from] DkimError),
    #[error("{0}")]
    Action(#[from] ActionError),
    #[error("{0}")]
    Webhooks(#[from] crate::webhooks::ClientError),
    #[error("{0}")]
    Probe(#[from] crate::probe::ProberError),
    #[error("{0}")]
    Checker(#[from] CheckerError),
    #[error("threads: {0}")]
    Threads(std::io::Error),
    #[error("{0}")]
    Signing(#[from] KeyError),
    #[error("data folder {folder}: {why}")]
    Folder { folder: String, why: String },
}

impl App {
    /// Brings the schema up to date, opens the database and publishes the first policy.
    pub async fn start(config: Config, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let folder = config.server.data_dir.clone();
        may_write(&folder)
            .map_err(|e| StartError::Folder { folder: folder.display().to_string(), why: e.to_string() })?;
        let transport = Transport::open(&config.mail, folder.join("mail"))?;
        Self::start_with(config, clock, entropy, transport).await
    }

    /// As [`App::start`] with another transport.
    pub async fn start_with(
        config: Config,
        clock: Clock,
        entropy: Entropy,
        transport: Transport,
    ) -> Result<Self, StartError> {
        let url = config.database.url.clone();
        if let Encryption::Lacking(_) = url.encryption() {
            tracing::warn!("database: {}", url.encryption().advice().unwrap_or_default());
        }
        let (connections, cached) = (config.database.connections, config.database.statement_cache);
        let db = tokio::task::spawn_blocking(move || {
            let applied = migrations::migrate(&url)?;
            for name in applied {
                tracing::info!(migration = name, "applied");
            }
            Db::open_with(&url, connections, cached)
        })
        .await
        .map_err(|_| StorageError::Stopped)??;
        let (newest, doubt) =
            db.read(|c| Ok::<_, StorageError>((clock_doubts::newest_event(c)?, clock_doubts::read(c)?))).await?;
        let doubt = doubt.filter(|d| d.confirmed_by.is_none()).map(|d| (d.off, d.seen_at));
        let (before, rules) = (Before { newest, doubt }, config.clock);
        let clock_watch = ClockWatch::new(before, clock.wall(), clock.elapsed(), rules.tolerance, rules.settle);
        let clock = clock.watched(clock_watch.clone());
        let (fresh, now) = (entropy.bytes(), clock.now());
        let secret: Vec<u8> = db.write(move |conn| installation::secret(conn, &fresh, now)).await?;
        let checker = if config.inbound.check_dkim { Some(Arc::new(Checker::new()?)) } else { None };
        let webhooks = Webhooks::new(config.webhooks.allow_private)?;
        let parsers = Parsers::start(config.intake.read_timeout.to_std()).map_err(StartError::Threads)?;
        let prober = Prober::new(config.probe.allow_private)?;
        let signer = Arc::new(signer(&config, &entropy)?);
        let context = Arc::new(Context { config, entropy });
        let metrics = Metrics::new(&db.watch).map_err(|e| StorageError::Unreachable(e.to_string()))?;
        let app = Self {
            db,
            metrics,
            clock,
            clock_watch,
            context,
            transport,
            checker,
            webhooks,
            prober,
            secret: Arc::new(secret),
            parsers: Arc::new(parsers),
            signer,
            readiness: Readiness::default(),
            wake: Arc::new(watch::Sender::new(())),
            stopping: Arc::default(),
        };
        app.write(crate::actions::open_house).await?;
        Ok(app)
    }

    /// Looks at the clock; says how far it is off, where it is not believed. What ends things waits then.
    pub fn doubts_clock(&self) -> Option<Span> {
        self.clock_watch.look(self.clock.wall(), self.clock.elapsed()).map(|doubt| doubt.off)
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.context.config
    }

    /// Tells the jobs to finish what they hold and to begin nothing more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Whether the process was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Tells the jobs that there may be work.
    pub fn wake(&self) {
        self.wake.send_replace(());
    }

    /// Changes when there may be work.
    pub fn work(&self) -> watch::Receiver<()> {
        self.wake.subscribe()
    }

    /// The same for what comes by the hundred, jobs and lines of batches: whoever waits for a single answer goes before.
    #[must_use]
    pub fn bulk(&self) -> Self {
        Self { db: self.db.bulk(), ..self.clone() }
    }

    /// Runs an action in one write transaction and wakes the jobs.
    pub async fn write<T, F>(&self, action: F) -> Result<T, ActionError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let result = self.write_quietly(action).await;
        self.wake();
        result
    }

    /// The reading part of an action, on a connection beside the writer's; it changes nothing.
    pub async fn prepare<T, F>(&self, part: F) -> Result<T, ActionError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let (context, now) = (Arc::clone(&self.context), self.clock.now());
        self.db.read(move |conn| part(&mut Tx::new(conn, now, &context))).await
    }

    /// As [`App::write`], for the jobs themselves.
    pub async fn write_quietly<T, F>(&self, action: F) -> Result<T, ActionError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let (context, now) = (Arc::clone(&self.context), self.clock.now());
        let act = move |conn: &mut Conn| act(Tx::new(conn, now, &context), action);
        let (value, recorded) = self.db.write(act).await?;
        self.metrics.recorded(&recorded);
        Ok(value)
    }

    /// As [`App::write_quietly`], for an action that may be done again after it was undone: what comes often costs less
    /// so ([`Db::write_repeatable`]).
    pub async fn write_repeatable<T, F>(&self, action: F) -> Result<T, ActionError>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let (context, now) = (Arc::clone(&self.context), self.clock.now());
        let act = move |conn: &mut Conn| act(Tx::new(conn, now, &context), &action);
        let (value, recorded) = self.db.write_repeatable(act).await?;
        self.metrics.recorded(&recorded);
        Ok(value)
    }

    /// Reads what was sent, off the threads that answer. `bytes` is its size.
    pub async fn parse<T, F>(&self, bytes: usize, parse: F) -> Result<T, NotParsed>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.parsers.run(bytes, parse).await
    }

    /// Reads a submission, off the threads that answer. It comes back whatever became of that, to be kept.
    pub async fn parse_submission<T, F>(&self, submission: Submission, parse: F) -> (Submission, Result<T, NotParsed>)
    where
        F: FnOnce(&Submission) -> T + Send + 'static,
        T: Send + 'static,
    {
        let submission = Arc::new(submission);
        let (bytes, shared) = (submission.body.len(), Arc::clone(&submission));
        let parsed = self.parse(bytes, move || {
            // The writer finds it made.
            shared.digest();
            parse(&shared)
        });
        let parsed = parsed.await;
        if parsed.is_err() {
            let shared = Arc::clone(&submission);
            let _ = tokio::task::spawn_blocking(move || shared.digest().len()).await;
        }
        (Arc::try_unwrap(submission).unwrap_or_else(|shared| (*shared).clone()), parsed)
    }

    /// Reads.
    pub async fn read<T, F>(&self, look: F) -> Result<T, StorageError>
    where
        F: FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
        T: Send + 'static,
    {
        self.db.read(look).await
    }
}

/// Does an action; returns also what was put on record.
fn act<T>(
    mut tx: Tx<'_>,
    action: impl FnOnce(&mut Tx<'_>) -> Result<T, ActionError>,
) -> Result<(T, Vec<Label>), ActionError> {
    let value = action(&mut tx)?;
    Ok((value, tx.recorded))
}

/// The signing key that is set, or the one in the data folder, which is made at the first start.
fn signer(config: &Config, entropy: &Entropy) -> Result<Signer, KeyError> {
    match &config.record.signing_key_file {
        Some(path) => Signer::read(path),
        None => Signer::read_or_make(&config.server.data_dir.join("record_signing_key"), &entropy.bytes()),
    }
}

/// Makes the data folder, and finds out now whether it can be written to, in the words of the system.
fn may_write(folder: &Path) -> std::io::Result<()> {
    private_folder(folder)?;
    let trial = folder.join(format!(".trial-{}", std::process::id()));
    std::fs::write(&trial, b"x")?;
    std::fs::remove_file(trial)
}

/// Makes a folder that its owner alone can open, and those above it; one that is there stays as it is.
pub fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
