//! The process and who started it: a supervisor (systemd's `sd_notify`), the limits and the mask of the system, the
//! terminal that goes away.

use rustix::fs::Mode;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The process answers. Where the supervisor wants signs of life, it gets them as long as tasks are run.
pub(super) fn ready() {
    tell(NotifyState::Ready);
    if let Some(within) = sd_notify::watchdog_enabled() {
        tokio::spawn(async move {
            loop {
                tell(NotifyState::Watchdog);
                tokio::time::sleep(within / 2).await;
            }
        });
    }
}

/// The process finishes what it holds.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the supervisor could not be told");
    }
}

/// As many open connections as the system allows: the usual 1,024 are used up by idle browsers.
pub(super) fn open_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Whatever file or folder this process makes is its owner's alone: there are personal data in all of them.
pub(super) fn keep_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// SIGHUP: the terminal is gone, or somebody wants the settings read anew. Either way the process stops as on SIGTERM;
/// the supervisor starts it again. Where SIGHUP was ignored from the start (`nohup`), it stays so.
pub(super) struct Hangup(Option<Signal>);

impl Hangup {
    /// From now on SIGHUP does not end the process by itself. To be called before it tells anybody that it is there.
    pub(super) fn listen() -> Self {
        if ignores_hangup() {
            return Self(None);
        }
        let listening = signal(SignalKind::hangup());
        Self(listening.inspect_err(|error| tracing::warn!(%error, "SIGHUP cannot be waited for")).ok())
    }

    /// Waits for it.
    pub(super) async fn heard(mut self) {
        match &mut self.0 {
            Some(hangups) => drop(hangups.recv().await),
            None => std::future::pending().await,
        }
    }
}

/// Whether signal 1 is in the mask of those ignored, as Linux tells it.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
