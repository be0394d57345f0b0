//! kill -9 in mid-stream, at random moments: of the one process on SQLite, of a server or a worker on PostgreSQL.
//! `SAFEHARBOR_KILLS` says how often; a few times by default.

use std::time::Duration;

use super::stream::{Acknowledged, Stream, alone, check, import};
use crate::support::{Backend, Process, database_url, postgres_url};

fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test is told how long to run")]
    std::env::var("SAFEHARBOR_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

/// Milliseconds that no two kills share; the numbers of a linear congruential generator, so that a run can be repeated.
fn moments() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(20_261_124_u64), |n| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)))
        .map(|n| Duration::from_millis(100 + (n >> 33) % 1200))
}

/// Lets notices come while `kill` kills something at random moments; it says where the server answers after that.
fn survive(base: &str, mut kill: impl FnMut(usize) -> String) -> Vec<Acknowledged> {
    let stream = Stream::start(base, 0);
    for (n, moment) in moments().take(kills()).enumerate() {
        std::thread::sleep(moment);
        stream.moved(&kill(n));
        stream.more(3);
    }
    let acknowledged = stream.end();
    println!("{} notices acknowledged over {} kills", acknowledged.len(), kills());
    acknowledged
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let alone = alone();
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[]);
    let mut process = Process::serve(folder.path(), &[]);
    let acknowledged = survive(&process.base.clone(), |_| {
        process.kill();
        process = Process::serve(folder.path(), &[]);
        process.base.clone()
    });
    drop(alone);
    check(&process, folder.path(), &acknowledged);
}

#[test]
fn nothing_is_lost_when_a_server_or_a_worker_is_killed() {
    let alone = alone();
    if postgres_url().is_none() {
        // Said once for all stories.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(Backend::Postgres, folder.path());
    let environment = [("DATABASE_URL", url.as_str())];
    import(folder.path(), &environment);
    let mut server = Process::serve(folder.path(), &environment);
    let mut worker = Process::worker(folder.path(), &environment);
    let acknowledged = survive(&server.base.clone(), |n| {
        if n % 2 == 0 {
            worker.kill();
            worker = Process::worker(folder.path(), &environment);
        } else {
            server.kill();
            server = Process::serve(folder.path(), &environment);
        }
        server.base.clone()
    });
    drop(alone);
    // Letters of the killed are taken over when their lease runs out, two minutes here.
    check(&server, folder.path(), &acknowledged);
}
