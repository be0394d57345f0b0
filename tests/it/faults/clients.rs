//! Clients that hold on to connections and say nothing. `tests/it/operating.rs` has those that drip.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::stream::{alone, import, send};
use crate::support::{Process, say_once};

const IDLE: usize = 5_000;
static FEW: std::sync::Once = std::sync::Once::new();

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default()
}

#[test]
fn thousands_of_idle_connections_keep_nobody_out() {
    let _alone = alone();
    if rlimit::increase_nofile_limit(u64::MAX).unwrap_or(0) < 12_000 {
        say_once(&FEW, "The limit of open files is too low for 5,000 idle connections: that test is left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[]);
    let process = Process::serve(folder.path(), &[("SAFEHARBOR_SERVER__PATIENCE", "10s")]);
    let address = process.base.trim_start_matches("http://").to_owned();
    let before = resident(process.id());
    let idle: Vec<TcpStream> = (0..IDLE).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let client = process.client();
    let start = Instant::now();
    for n in 0..10 {
        assert!(send(&client, n).is_some(), "a notice is taken while {IDLE} connections are idle");
    }
    let took = start.elapsed();
    let grown = resident(process.id()).saturating_sub(before);
    assert!(grown < 200_000, "{grown} KiB for {IDLE} idle connections");
    println!("10 notices in {took:?} beside {IDLE} idle connections, {grown} KiB for them");
    // They are closed from the other side, without a hand.
    let one = &idle[IDLE / 2];
    one.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let mut byte = [0; 256];
    let ended = std::io::Read::read(&mut &*one, &mut byte);
    assert!(ended.is_ok(), "an idle connection is closed: {ended:?}");
}
