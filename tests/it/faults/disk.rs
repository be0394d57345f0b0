//! A disk that is full, and one that takes nothing any more, in mid-stream. Needs the right to mount; says so where
//! that is missing.

use std::path::Path;
use std::process::Command;
use std::sync::Once;
use std::time::Duration;

use super::stream::{Stream, alone, check, import};
use crate::support::{Process, say_once, wait_until};

static MAY_NOT: Once = Once::new();

/// A small disk in memory; nothing where we may not mount.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount() -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        if disk.run("mount", &["-t", "tmpfs", "-o", "size=48m", "tmpfs"]) {
            return Some(disk);
        }
        say_once(&MAY_NOT, "A disk cannot be mounted here: full and read-only disks are left out");
        None
    }
    fn path(&self) -> &Path {
        self.0.path()
    }
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let output = Command::new(program).args(arguments).arg(self.path()).output();
        output.is_ok_and(|o| o.status.success())
    }
    /// Fills it to the last byte.
    fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::create(self.path().join("filler")).unwrap();
        for size in [1 << 20, 1 << 12] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
    }
    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.run("umount", &["-l"]);
    }
}

fn failed(process: &Process) -> f64 {
    process.figure("safeharbor_commits_failed_total").unwrap_or_default()
}

/// Nothing is acknowledged while nothing can be written, and all goes on by itself once it can.
#[test]
fn a_full_disk_loses_nothing() {
    let alone = alone();
    let Some(disk) = Disk::mount() else { return };
    import(disk.path(), &[]);
    let process = Process::serve(disk.path(), &[]);
    let stream = Stream::start(&process.base, 0);
    stream.more(20);
    for _ in 0..2 {
        let before = failed(&process);
        disk.fill();
        wait_until("commits fail", Duration::from_mins(1), || failed(&process) > before);
        let refused = stream.refused();
        wait_until("notices are refused", Duration::from_mins(1), || stream.refused() > refused);
        disk.make_room();
        stream.more(20);
    }
    let acknowledged = stream.end();
    drop(alone);
    check(&process, disk.path(), &acknowledged);
    assert!(process.log().contains("nothing could be written"), "{}", process.log());
}

/// As a disk that the system made read-only after an error: every write is refused, reading goes on.
#[test]
fn a_disk_that_takes_nothing_loses_nothing() {
    let alone = alone();
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[]);
    let process = Process::serve(folder.path(), &[]);
    let stream = Stream::start(&process.base, 0);
    stream.more(20);
    let limit = |bytes: &str| {
        let arguments = [format!("--pid={}", process.id()), format!("--fsize={bytes}:")];
        assert!(Command::new("prlimit").args(arguments).status().unwrap().success());
    };
    let before = failed(&process);
    limit("1");
    wait_until("commits fail", Duration::from_mins(1), || failed(&process) > before);
    assert_eq!(process.client().get("/policy").status, 200, "pages are read");
    limit("unlimited");
    stream.more(20);
    let acknowledged = stream.end();
    drop(alone);
    check(&process, folder.path(), &acknowledged);
}

/// A database that cannot be written to is said at the start, not at the first notice.
#[test]
fn a_start_on_a_read_only_disk_says_so() {
    let Some(disk) = Disk::mount() else { return };
    import(disk.path(), &[]);
    assert!(disk.run("mount", &["-o", "remount,ro"]));
    let output = Process::command(disk.path(), &["serve", "--listen", "127.0.0.1:0"], &[]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && words.contains("Read-only file system"), "{words}");
}
