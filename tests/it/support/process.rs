use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::page::{Client, FIGURES};

/// A real process of ours; it ends with the test, however the test ends.
pub struct Process {
    child: Child,
    /// Where it answers; empty for one that does not.
    pub base: String,
    log: PathBuf,
}

impl Process {
    /// A command on a data folder, with nothing of the environment but what is given.
    pub fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        // A limit on the size of files is an error to it, as a full disk is, and not its end.
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_safeharbor")])
            .args(arguments)
            .env_clear()
            .env("SAFEHARBOR_SERVER__DATA_DIR", folder)
            .env("SAFEHARBOR_SERVER__PUBLIC_URL", "https://c.example")
            .env("SAFEHARBOR_SERVER__METRICS_TOKEN", FIGURES)
            .env("SAFEHARBOR_SERVER__PER_MINUTE", "1000000")
            .env("SAFEHARBOR_INTAKE__PER_HOUR", "1000000")
            .env("SAFEHARBOR_SENDERS__CONFIRM_FIRST", "false")
            .env("SAFEHARBOR_MAIL__FILES_ARE_DELIVERY", "true")
            .env("SAFEHARBOR_SENDERS__CUSTOMERS_AT_ONCE", "1000000")
            .envs(environment.iter().copied());
        command
    }

    /// `serve`, once it listens.
    pub fn serve(folder: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start(folder, &["serve", "--listen", "127.0.0.1:0"], environment)
    }

    /// `worker`, once it runs.
    pub fn worker(folder: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start(folder, &["worker"], environment)
    }

    /// `worker` that can be watched at an address.
    pub fn worker_at(folder: &Path, address: &str) -> Self {
        Self::start(folder, &["worker", "--listen", address], &[])
    }

    fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Self::command(folder, arguments, environment);
        let log = tempfile::NamedTempFile::new().unwrap().into_temp_path().keep().unwrap();
        let errors = File::options().append(true).open(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            panic!("it did not start: {}", std::fs::read_to_string(&log).unwrap());
        };
        let base = first.split(" on ").nth(1).map(|base| base.trim_end_matches('/').to_owned()).unwrap_or_default();
        std::thread::spawn(move || for _ in lines {});
        Self { child, base, log }
    }

    /// What it wrote to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A browser for it.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// The value of one line of its figures.
    pub fn figure(&self, line: &str) -> Option<f64> {
        let text = self.client().figures().body;
        text.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    /// Waits for its end; panics where it does not come.
    pub fn ended(&mut self, within: Duration) -> ExitStatus {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it still runs after {within:?}: {}", self.log());
    }
}

impl Process {
    /// Killed, as by the system: nothing is tidied up.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_file(&self.log);
    }
}

/// Waits until something is so; panics in words where it does not come.
pub fn wait_until(what: &str, within: Duration, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + within;
    while !so() {
        assert!(Instant::now() < until, "{what}: not within {within:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
