//! What is told to the supervisor of the process (systemd's `sd_notify`), where there is one.

use sd_notify::NotifyState;

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
