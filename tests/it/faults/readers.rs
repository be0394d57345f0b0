//! Hostile bodies while others are served: what is asked meanwhile is answered as ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::stream::{alone, import, send};
use crate::support::Process;

/// How long the median may take on a machine that does other things, and the slowest but one in a hundred.
const USUAL: Duration = Duration::from_millis(50);
const SLOWEST: Duration = Duration::from_secs(1);

#[test]
fn hostile_bodies_hold_up_nobody() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[]);
    let process = Process::serve(folder.path(), &[("SAFEHARBOR_API__ANONYMOUS_PER_HOUR", "1000000")]);
    let tiny = "<Infringement><Case><ID>x</ID></Case></Infringement>\n";
    let xml = tiny.repeat(40_000) + &"lorem ipsum dolor\n".repeat(200_000);
    let form = format!("do=check&urls={}", "https%3A%2F%2Fa.example%2Fx%0A".repeat(100_000));
    let (is_over, client) = (AtomicBool::new(false), process.client());
    let hostile = |path: &str, kind: &str, body: &str| {
        while !is_over.load(Ordering::SeqCst) {
            let status = process.client().post_raw(path, kind, body.as_bytes()).status;
            assert!((200..500).contains(&status), "{path}: {status}");
        }
    };
    let mut took: Vec<Duration> = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| hostile("/api/v1/notices", "application/xml", &xml));
            scope.spawn(|| hostile("/notices/new", "application/x-www-form-urlencoded", &form));
        }
        std::thread::sleep(Duration::from_millis(500));
        for n in 0..100 {
            let start = Instant::now();
            assert_eq!(client.get("/healthz").status, 200);
            took.push(start.elapsed());
            if n % 50 == 0 {
                assert!(send(&client, n).is_some(), "a notice is taken meanwhile");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        is_over.store(true, Ordering::SeqCst);
    });
    took.sort_unstable();
    println!("/healthz while hostile bodies are read: median {:?}, p99 {:?}", took[50], took[98]);
    assert!(took[50] < USUAL && took[98] < SLOWEST, "median {:?}, p99 {:?}", took[50], took[98]);
}
