use std::path::PathBuf;
use std::process::{Command, Output};

/// A PostgreSQL server that a test can stop, start and promote.
pub struct Cluster {
    folder: tempfile::TempDir,
    bin: PathBuf,
    pub port: u16,
}

/// Where the programs of a server are; nothing where there is none.
fn programs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the server is")]
    if let Ok(bin) = std::env::var("POSTGRES_BIN") {
        return Some(bin.into());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    versions.map(|v| v.path().join("bin")).find(|bin| bin.join("initdb").exists())
}

/// The locale of a server, as arguments of `initdb`; `scripts/with-postgres` decides it.
fn locale() -> String {
    #[expect(clippy::disallowed_methods, reason = "a test is told the locale")]
    std::env::var("SAFEHARBOR_TEST_INITDB").unwrap_or_else(|_| "--no-locale".to_owned())
}

/// Runs it as somebody without rights: the server refuses to run as root.
fn run(program: &str, arguments: &[&str]) -> Output {
    let root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
        command
    } else {
        Command::new(program)
    };
    let output = command.args(arguments).env("HOME", "/tmp").output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

impl Cluster {
    /// A fresh server; nothing where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let cluster = Self::place()?;
        let data = cluster.data();
        let locale = locale();
        let arguments = ["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8"];
        let arguments: Vec<&str> = arguments.into_iter().chain(locale.split_whitespace()).collect();
        run(&cluster.program("initdb"), &arguments);
        cluster.up();
        Some(cluster)
    }

    /// A copy that follows this server; commits wait for it from now on.
    pub fn standby(&self) -> Self {
        let standby = Self::place().unwrap();
        let source = format!("host=127.0.0.1 port={} user=postgres application_name=standby", self.port);
        run(&standby.program("pg_basebackup"), &["-D", &standby.data(), "-R", "-c", "fast", "-d", &source]);
        standby.up();
        self.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.sql("SELECT pg_reload_conf()");
        standby
    }

    fn place() -> Option<Self> {
        let bin = programs()?;
        let folder = tempfile::tempdir().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Self { folder, bin, port })
    }

    fn program(&self, name: &str) -> String {
        self.bin.join(name).display().to_string()
    }
    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Starts it and waits until it answers.
    pub fn up(&self) {
        let folder = self.folder.path().display().to_string();
        let options = format!("-c listen_addresses=127.0.0.1 -p {} -k {folder} -c max_connections=100", self.port);
        let log = format!("{folder}/log");
        run(&self.program("pg_ctl"), &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
    }

    /// Stops it as a loss of power would: nothing is finished.
    pub fn down(&self) {
        run(&self.program("pg_ctl"), &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// The copy becomes the server.
    pub fn promote(&self) {
        run(&self.program("pg_ctl"), &["-D", &self.data(), "-w", "promote"]);
    }

    pub fn sql(&self, statement: &str) {
        use diesel::{Connection, RunQueryDsl};
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        let mut conn = diesel::PgConnection::establish(&url).unwrap();
        diesel::sql_query(statement).execute(&mut conn).unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["-D", &self.data(), "-m", "immediate", "-w", "stop"];
        // It may be down already, or owned by somebody we cannot become; its port is on loopback alone.
        let _ = std::panic::catch_unwind(|| run(&self.program("pg_ctl"), &stop));
    }
}
