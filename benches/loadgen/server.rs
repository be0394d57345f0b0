//! The server under load: a process of its own with a folder or a PostgreSQL database.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Failure;

/// How servers are started.
pub struct Place {
    pub binary: PathBuf,
    pub folder: PathBuf,
    pub postgres: Option<String>,
    pub smtp: Option<u16>,
}

impl Place {
    fn command(&self, listen: Option<u16>) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .env("SAFEHARBOR_SERVER__DATA_DIR", &self.folder)
            .env("SAFEHARBOR_SERVER__PUBLIC_URL", "http://127.0.0.1")
            .env("SAFEHARBOR_INTAKE__PER_HOUR", "1000000")
            .env("SAFEHARBOR_SERVER__PER_MINUTE", "1000000")
            .env("SAFEHARBOR_API__PER_MINUTE", "10000000")
            // Its senders are invented: nobody confirms an address.
            .env("SAFEHARBOR_SENDERS__CONFIRM_FIRST", "false")
            .env("SAFEHARBOR_MAIL__FILES_ARE_DELIVERY", "true")
            .env("SAFEHARBOR_SENDERS__CUSTOMERS_AT_ONCE", "1000000")
            .env("SAFEHARBOR_LOG", "warn");
        if let Some(url) = &self.postgres {
            command.env("DATABASE_URL", url);
        }
        if let Some(port) = self.smtp {
            let settings =
                [("HOST", "127.0.0.1"), ("PORT", &port.to_string()), ("SECURITY", "none"), ("CONNECTIONS", "32")];
            for (key, value) in settings {
                command.env(format!("SAFEHARBOR_MAIL__SMTP_{key}"), value);
            }
        }
        if let Some(port) = listen {
            command.env("SAFEHARBOR_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        }
        command
    }

    /// A key that may do everything a load needs.
    pub fn key(&self) -> Result<String, Failure> {
        let scopes = "notices:write,notices:read,cases:read,customers:read,customers:write,mail:write";
        self.migrate()?;
        let done = self.command(None).args(["keys", "add", "load", "--scopes", scopes]).output()?;
        let key = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        if key.is_empty() { Err(String::from_utf8_lossy(&done.stderr).into_owned().into()) } else { Ok(key) }
    }

    /// Makes the database, where it is not there yet.
    fn migrate(&self) -> Result<(), Failure> {
        let done = self.command(None).arg("migrate").output()?;
        if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned().into()) }
    }

    /// Imports a file of customers; returns how long it took.
    pub fn import(&self, file: &Path) -> Result<Duration, Failure> {
        self.migrate()?;
        let start = Instant::now();
        let done = self.command(None).args(["customers", "import"]).arg(file).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        Ok(start.elapsed())
    }

    /// Starts a server on a free port and waits until it listens.
    pub fn serve(&self) -> Result<Server, Failure> {
        let start = Instant::now();
        let mut child = self
            .command(Some(0))
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.folder.join("server.log"))?)
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(out).lines();
        let first = lines.next().ok_or("the server ended; see server.log in its folder")??;
        let base = first.split(" on ").nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
        std::thread::spawn(move || for _ in lines {});
        Ok(Server { child, base, started_in: start.elapsed() })
    }
}

/// A running server; ended with its owner.
pub struct Server {
    child: Child,
    pub base: String,
    pub started_in: Duration,
}

impl Server {
    /// Resident memory now and at its highest, in MB.
    pub fn resident(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|v| v.parse::<u64>().ok()).unwrap_or(0) / 1024
        };
        (of("VmRSS"), of("VmHWM"))
    }
    /// Seconds of processor time so far.
    pub fn busy(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|v| v.parse::<f64>().ok()).sum();
        ticks / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Writes a file of customers.
pub fn customers_file(path: &Path, customers: u64) -> Result<(), Failure> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"account,name,segment,contact_email,asset\n")?;
    for n in 0..customers {
        file.write_all(super::world::customer_line(n).as_bytes())?;
    }
    Ok(file.flush()?)
}
