"""Installation, database, configuration, Authentication-Results, ownership of assets."""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from installation import PROGRAM, Installation, run

# The environment without settings of whoever runs this.
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("SAFEHARBOR") and k != "DATABASE_URL"}


def cases(folder):
    yield "01 returned asset, by import", lambda: returned_by_import(folder)
    yield "01 returned asset, by API", returned_by_api
    here = Installation()
    try:
        here.customer("NW-1", "owner@alder-photo.example", "alder-photo.example", "203.0.113.0/24")
        letter = here.letter("https://alder-photo.example/one.jpg", "owner@alder-photo.example")
        for number, name in (("02", "ticket-system-reply.eml"), ("03", "exchange-suppress-reply.eml")):
            yield f"{number} {name}", lambda: reply(here, (folder / name).read_text(), letter)
        yield "04 ar-several-headers-spoof.eml", lambda: verdict(here, folder / "ar-several-headers-spoof.eml", False)
        yield "05 ar-several-headers-good.eml", lambda: verdict(here, folder / "ar-several-headers-good.eml", True)
    finally:
        here.stop()
    yield "07 k8s-env.sh", kubernetes
    yield "08 password-in-log.sh", password
    yield "11 pipe-without-data.sh", lambda: pipe(folder)
    yield "12 newer-schema.py", newer
    yield "13 sighup.sh", hangup


def returned_by_import(folder):
    here = Installation()
    try:
        texts = [run("customers", "import", folder / name, env=here.env) for name in ("mv1.csv", "mv2.csv", "mv1.csv")]
        owners = here.owners(here.notice("https://moved.example/heron.jpg")["reference"])
        assert owners == ["OLD-1"] or texts[2][0] != 0, f"case for {owners}; {texts[2]}"
    finally:
        here.stop()


def returned_by_api():
    here = Installation()
    try:
        for account in ("P-1", "P-2", "P-1"):
            here.customer(account, f"{account.lower()}@c.example", "papi.example")
        owners = here.owners(here.notice("https://papi.example/heron.jpg")["reference"])
        assert owners == ["P-1"], f"case for {owners}"
    finally:
        here.stop()


def reply(here, raw, letter):
    case, message_id, _ = letter
    local = message_id.split("@")[0]
    raw = re.sub(r"\bC-[0-9A-Z]{4}-[0-9A-Z]{4}\b", case, raw.replace("LETTER@northwind.example", message_id))
    raw = raw.replace("LETTER", local).replace("owner@cust.example", "owner@alder-photo.example")
    done = here.mail(raw.encode())
    assert done["kind"] == "reply", done
    assert here.value("select count(*) from reviews where submission_id = ?", done["submission"]), "nobody is asked to look"


def verdict(here, file, good):
    done = here.mail(file.read_bytes())
    assert done["kind"] == "notices" and done["notices"], done
    reference = done["notices"][0]["reference"]
    signals = here.value("select signals from notices where reference = ?", reference) or ""
    held = "mail_unauthenticated" in signals
    assert held != good, f"signals {signals!r}"


def kubernetes():
    where = tempfile.mkdtemp()
    try:
        code, text = run("migrate", "--data", where, env={
            "SAFEHARBOR_SERVICE_HOST": "10.0.0.1", "SAFEHARBOR_SERVICE_PORT": "8080", "SAFEHARBOR_PORT": "tcp://10.0.0.1:8080",
            "SAFEHARBOR_SERVICE_PORT_HTTP": "8080", "SAFEHARBOR_PORT_8080_TCP": "tcp://10.0.0.1:8080",
            "SAFEHARBOR_PORT_8080_TCP_PORT": "8080", "SAFEHARBOR_PORT_8080_TCP_PROTO": "tcp",
            "SAFEHARBOR_PORT_8080_TCP_ADDR": "10.0.0.1"})
        assert code == 0, f"exit {code}: {text}"
    finally:
        shutil.rmtree(where)


def password():
    for url in ("mysql://u:hunter2@db/x", "postgres://u:hunter2@127.0.0.1:1/x", "postgresql:/u:hunter2@x"):
        _, text = run("migrate", env={"DATABASE_URL": url})
        assert "hunter2" not in text, text


def pipe(folder):
    where = Path(tempfile.mkdtemp())
    try:
        shutil.copy(folder / "nodata.toml", where)
        mail = b"From: a@b.example\nSubject: x\nMessage-ID: <1@b.example>\n\nHello\n"
        code, text = run("intake", "--mail", "--config", "./nodata.toml", cwd=where, stdin=mail)
        assert code == 75, f"exit {code}: {text}"
        assert sorted(p.name for p in where.iterdir()) == ["nodata.toml"], list(where.iterdir())
    finally:
        shutil.rmtree(where)


def newer():
    here = Installation()
    here.process.terminate()
    here.process.wait(20)
    try:
        database = sqlite3.connect(here.folder / "safeharbor.db")
        database.execute("insert into __diesel_schema_migrations(version) values('20990101000000')")
        database.commit()
        database.close()
        code, text = run("doctor", env=here.env)
        wrong = [line for line in text.splitlines() if "WRONG" in line and re.search("newer|20990101", text)]
        assert code != 0 and wrong, f"doctor: exit {code}: {text}"
        server = subprocess.Popen([PROGRAM, "serve"], env={**CLEAN, **here.env}, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        try:
            server.wait(15)
            printed = server.stdout.read().decode()
            assert server.returncode != 0 and "newer" in printed, f"serve: exit {server.returncode}: {printed}"
        except subprocess.TimeoutExpired:
            server.kill()
            raise AssertionError("serve starts on a newer schema") from None
    finally:
        here.stop()


def hangup():
    here = Installation()
    try:
        here.process.send_signal(signal.SIGHUP)
        time.sleep(3)
        code = here.process.poll()
        assert code in (None, 0), f"ended with {code}"
        if code == 0:
            assert "stopped" in (here.folder / "log").read_text(), "no graceful stop in the log"
    finally:
        here.stop()
