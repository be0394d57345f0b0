//! Everything wired once, cheap to clone: database, clock, settings, randomness, transport.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::actions::{ActionError, House, Tx};
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::mail::authenticate::{Checker, CheckerError};
use crate::mail::dkim::DkimError;
use crate::mail::transport::Transport;
use crate::probe::Prober;
use crate::storage::{Conn, Db, StorageError, installation, migrations};
use crate::webhooks::Client as Webhooks;

/// The application.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub house: Arc<House>,
    pub transport: Transport,
    /// Checks incoming mail, where that is asked for.
    pub checker: Option<Arc<Checker>>,
    /// Calls webhooks.
    pub webhooks: Webhooks,
    /// Looks at reported addresses, where that is switched on.
    pub prober: Prober,
    /// Key of CSRF tokens and sealed forms.
    pub secret: Arc<Vec<u8>>,
    /// Wakes the jobs after a change.
    pub wake: Arc<Notify>,
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
    #[error("data folder {folder}: {why}")]
    Folder { folder: String, why: String },
}

impl App {
    /// Brings the schema up to date, opens the database and publishes the first policy.
    pub async fn start(config: Config, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let folder = config.server.data_dir.clone();
        std::fs::create_dir_all(&folder)
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
        let connections = config.database.connections;
        let db = tokio::task::spawn_blocking(move || {
            let applied = migrations::migrate(&url)?;
            for name in applied {
                tracing::info!(migration = name, "applied");
            }
            Db::open(&url, connections)
        })
        .await
        .map_err(|_| StorageError::Stopped)??;
        let (fresh, now) = (entropy.bytes(), clock.now());
        let secret: Vec<u8> = db.write(move |conn| installation::secret(conn, &fresh, now)).await?;
        let checker = if config.inbound.check_dkim { Some(Arc::new(Checker::new()?)) } else { None };
        let webhooks = Webhooks::new(config.webhooks.allow_private)?;
        let prober = Prober::new(config.probe.allow_private)?;
        let house = Arc::new(House { config, entropy });
        let app = Self {
            db,
            clock,
            house,
            transport,
            checker,
            webhooks,
            prober,
            secret: Arc::new(secret),
            wake: Arc::new(Notify::new()),
        };
        app.write(crate::actions::open_house).await?;
        Ok(app)
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.house.config
    }

    /// Runs an action in one write transaction and wakes the jobs.
    pub async fn write<T, F>(&self, action: F) -> Result<T, ActionError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let result = self.write_quietly(action).await;
        self.wake.notify_one();
        result
    }

    /// As [`App::write`], for the jobs themselves.
    pub async fn write_quietly<T, F>(&self, action: F) -> Result<T, ActionError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, ActionError> + Send + 'static,
        T: Send + 'static,
    {
        let (house, now) = (Arc::clone(&self.house), self.clock.now());
        self.db.write(move |conn| action(&mut Tx { conn, now, house: &house })).await
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
