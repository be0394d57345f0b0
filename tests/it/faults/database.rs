//! PostgreSQL breaks down in mid-stream: a restart without warning, and the loss of the server with a copy that takes
//! over. Commits wait for the copy (`synchronous_standby_names`), so that what was acknowledged is on both.

use std::sync::Once;
use std::time::Duration;

use super::stream::{Stream, alone, check, import};
use crate::support::{Cluster, Process, say_once, wait_until};

static NONE: Once = Once::new();

fn left_out() {
    say_once(&NONE, "PostgreSQL is not installed (POSTGRES_BIN): its restart and failover are left out");
}

fn is_ready(process: &Process) -> bool {
    process.client().get("/readyz").status == 200
}

#[test]
fn a_restart_of_the_database_loses_nothing() {
    let alone = alone();
    let Some(cluster) = Cluster::start() else { return left_out() };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
    let environment = [("DATABASE_URL", url.as_str())];
    import(folder.path(), &environment);
    let process = Process::serve(folder.path(), &environment);
    let stream = Stream::start(&process.base, 0);
    for _ in 0..2 {
        stream.more(20);
        cluster.down();
        wait_until("it says that it is not ready", Duration::from_secs(30), || !is_ready(&process));
        let refused = || stream.refused() > 0;
        wait_until("nothing is acknowledged without a database", Duration::from_secs(30), refused);
        cluster.up();
        stream.more(20);
    }
    let acknowledged = stream.end();
    drop(alone);
    assert!(is_ready(&process));
    check(&process, folder.path(), &acknowledged);
    let log = process.log();
    assert!(log.contains("not ready") && log.contains("the database cannot be used"), "{log}");
}

#[test]
fn a_failover_loses_nothing() {
    let alone = alone();
    let Some(first) = Cluster::start() else { return left_out() };
    let second = first.standby();
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
        first.port, second.port
    );
    let environment = [("DATABASE_URL", url.as_str())];
    import(folder.path(), &environment);
    let process = Process::serve(folder.path(), &environment);
    let stream = Stream::start(&process.base, 0);
    stream.more(40);
    first.down();
    wait_until("it says that it is not ready", Duration::from_secs(30), || !is_ready(&process));
    second.promote();
    stream.more(40);
    let acknowledged = stream.end();
    drop(alone);
    check(&process, folder.path(), &acknowledged);
}
