//! Why a command failed, and the exit code that says so.

use std::process::ExitCode;

use crate::app::StartError;
use crate::config::ConfigError;

/// Why a command failed, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Action(#[from] crate::actions::ActionError),
    #[error("{0}")]
    Storage(#[from] crate::storage::StorageError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Words(String),
    /// There is no database where one should be.
    #[error("{0}")]
    NoDatabase(String),
}

/// Try again later (sysexits.h, `EX_TEMPFAIL`): a mail server keeps the mail.
pub(in crate::cli) const TRY_AGAIN: u8 = 75;

impl CliError {
    pub(in crate::cli) fn exit_code(&self) -> ExitCode {
        if matches!(self, Self::NoDatabase(_)) { ExitCode::from(TRY_AGAIN) } else { ExitCode::FAILURE }
    }

    /// A failure in words.
    pub(in crate::cli) fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }
}
