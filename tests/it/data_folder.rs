//! One installation, one database: wherever a command is started, it works on that one or says that there is none.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::Process;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_safeharbor"));
    command.args(arguments).env_clear().current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn no_command_but_the_service_makes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 14] = [
        &["intake", "--mail"],
        &["intake", "-"],
        &["worker"],
        &["staff", "add", "a@x.example", "--name", "A"],
        &["staff", "reset-second-factor", "a@x.example"],
        &["customers", "import", "c.csv"],
        &["policy", "show"],
        &["policy", "publish", "--reason", "x"],
        &["keys", "add", "x", "--scopes", "notices:read"],
        &["keys", "list"],
        &["keys", "revoke", "1"],
        &["export", "case", "C-3F8R-9T2W"],
        &["verify-log"],
        &["backup", "x.backup"],
    ];
    for arguments in commands {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(75), "{arguments:?}: {}", text(&output));
        assert!(text(&output).contains("there is no Safeharbor database"), "{arguments:?}: {}", text(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?}");
    }
    let doctor = run(folder.path(), &["doctor"]);
    assert!(text(&doctor).contains("WRONG database: there is none"), "{}", text(&doctor));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_file_says_where_the_data_is() {
    let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = home.path().join("safeharbor.toml");
    std::fs::write(&file, "[server]\ndata_dir = \"store\"\n").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let with = |command: &[&'static str]| command.iter().copied().chain(config).map(str::to_owned).collect::<Vec<_>>();
    let run = |folder: &Path, command: &[&'static str]| {
        run(folder, &with(command).iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(run(home.path(), &["migrate"]).status.success());
    assert!(home.path().join("store/safeharbor.db").exists());
    let taken = run(elsewhere.path(), &["intake", "--mail"]);
    assert!(taken.status.success(), "{}", text(&taken));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    // What an earlier version made, relative to the working directory, is not passed over in silence.
    std::fs::rename(home.path().join("store"), elsewhere.path().join("store")).unwrap();
    for command in ["migrate", "serve", "verify-log"] {
        let lost = run(elsewhere.path(), &[command]);
        assert!(lost.status.code() == Some(75) && text(&lost).contains("[server] data_dir = "), "{}", text(&lost));
    }
}

#[test]
fn an_empty_file_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/safeharbor.db"), "").unwrap();
    assert_eq!(run(folder.path(), &["keys", "list"]).status.code(), Some(75));
    std::fs::write(folder.path().join("data/safeharbor.db"), "something else altogether").unwrap();
    let output = run(folder.path(), &["keys", "list"]);
    assert!(!output.status.success() && text(&output).contains("not a database"), "{}", text(&output));
}

#[test]
fn files_are_their_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(run(folder.path(), &["migrate"]).status.success());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("safeharbor.db"))), (0o700, 0o600));
    let good = text(&run(folder.path(), &["doctor"]));
    assert!(good.contains("ok    files"), "{good}");
    std::fs::set_permissions(data.join("safeharbor.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = text(&run(folder.path(), &["doctor"]));
    assert!(open.contains("WRONG files: others can read") && open.contains("safeharbor.db"), "{open}");
}

#[test]
fn a_hangup_is_a_stop() {
    for worker in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::serve(folder.path(), &[]);
        if worker {
            process.signal("TERM");
            process.ended(Duration::from_secs(20));
            process = Process::worker(folder.path(), &[]);
        }
        process.signal("HUP");
        let status = process.ended(Duration::from_secs(20));
        assert!(status.success() && process.log().contains("stopped"), "{status}: {}", process.log());
    }
}
