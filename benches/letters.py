#!/usr/bin/env python3
"""How fast letters leave: signed with DKIM (Ed25519), over SMTP to a server that takes everything.

Fills the outbox of an embedded database with letters of the usual size, starts a worker that sends them to an SMTP server
on this machine, and prints how many a second were taken over and recorded. smtp-sink is in Debian's package postfix.

    smtp-sink -c 127.0.0.1:2525 1000 &
    cargo build --release && benches/letters.py --letters 50000 --port 2525 --folder /tmp/letters
"""
import argparse, json, sqlite3, subprocess, time
from pathlib import Path

TEXT = "We received a notice that names material on your account. What it says, and what you can do, is below.\n" * 20


def fill(folder, letters):
    db = sqlite3.connect(Path(folder) / "safeharbor.db")
    now = int(time.time() * 1e6)
    rows = ((f"<{i}.{now}@host.example>", f"owner{i % 5000}@mailbox.example", now, now) for i in range(letters))
    db.executemany("""INSERT INTO letters (message_id, kind, to_name, to_address, subject, state, carries_deadline, created_at, attempts, due_at, answer, tokens)
        VALUES (?, 'mail_received', '', ?, 'A notice about your account', 'queued', 0, ?, 0, ?, '', '')""", rows)
    data = {"received": now, "subject": TEXT, "number": 1, "form": "https://host.example/notices/new"}
    db.execute("INSERT INTO letter_data SELECT id, 'en', 1, ? FROM letters", (json.dumps(data),))
    db.commit()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=50_000)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--folder", required=True)
    options.add_argument("--binary", default="target/release/safeharbor")
    given = options.parse_args()
    folder = Path(given.folder)
    subprocess.run([given.binary, "migrate", "--data", folder], check=True, stdout=subprocess.DEVNULL)
    key = folder / "dkim.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    fill(folder, given.letters)
    environment = {
        "SAFEHARBOR_MAIL__SMTP_HOST": "127.0.0.1", "SAFEHARBOR_MAIL__SMTP_PORT": str(given.port), "SAFEHARBOR_MAIL__SMTP_SECURITY": "none",
        "SAFEHARBOR_MAIL__SMTP_CONNECTIONS": str(given.connections), "SAFEHARBOR_MAIL__FROM": "copyright@host.example",
        "SAFEHARBOR_MAIL__DKIM_DOMAIN": "host.example", "SAFEHARBOR_MAIL__DKIM_KEY_FILE": str(key), "SAFEHARBOR_LOG": "error",
    }
    began = time.time()
    worker = subprocess.Popen([given.binary, "worker", "--data", folder], env=environment, stdout=subprocess.DEVNULL)
    try:
        db = sqlite3.connect(f"file:{folder}/safeharbor.db?mode=ro", uri=True)
        left = given.letters
        while left:
            time.sleep(0.2)
            left = db.execute("SELECT count(*) FROM letters WHERE state <> 'accepted'").fetchone()[0]
            assert time.time() - began < 600, f"{left} letters are left after ten minutes"
        took = time.time() - began
        print(f"{given.letters} letters in {took:.1f} s, {given.letters / took:.0f}/s, signed, recorded as taken over")
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
