"""What a stranger, a customer or an insider could do. Each proof says its usage at its top; it is run, and then the
database, the mails and the time it took are looked at."""
import http.client
import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from installation import PASSWORD, Installation, run

OWNER = "owner@alder-photo.example"


def proof(folder, name, *arguments, seconds=150):
    """Runs a proof; what it printed."""
    command = ["sh"] if name.endswith(".sh") else [sys.executable]
    done = subprocess.run([*command, str(folder / name), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=seconds, cwd=folder)
    return done.stdout.decode(errors="replace")


def cases(folder):
    here = Installation({"SAFEHARBOR_INBOUND__AUTHSERV_ID": "mx.host.example"})
    try:
        here.customer("NW-1", OWNER, "alder-photo.example", "198.51.100.41")
        here.customer("NW-2", "kim@kim.example", "kim.example")
        for n in range(3, 13):
            here.customer(f"NW-{n}", f"c{n}@c.example", f"c{n}.example")
        for name, check in (("acns_dos.py", acns), ("mail_xml_attachments.py", attachments),
                            ("api_withdraw_slow.py", withdrawal_by_name), ("letter_inject.py", injection),
                            ("forged_bounce.py", forged_bounce), ("retract_freemail.py", retraction),
                            ("mail_bomb_acns.py", mail_bomb), ("oracle_same_customer.sh", oracle), ("squat.py", squat),
                            ("everybody.py", everybody), ("withdraw_bomb.py", withdraw_bomb),
                            ("kill_links.py", links), ("lockout.py", lockout), ("proxy.toml", forwarded_for),
                            ("forge_archive.py", forged_archive)):
            yield name, lambda: check(here, folder)
    finally:
        here.stop()
    yield "rewrite_history.py", lambda: rewritten(folder)
    yield "rewrite_history.py: tables", tampered


def while_healthy(here, work):
    """Runs something while /healthz is asked for; the slowest answer in seconds."""
    slowest, over = [0.0], threading.Event()

    def ask():
        while not over.is_set():
            began = time.time()
            urllib.request.urlopen(here.base + "/healthz", timeout=120).read()
            slowest[0] = max(slowest[0], time.time() - began)
            time.sleep(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        work()
    finally:
        over.set()
        asking.join()
    return slowest[0]


def acns(here, folder):
    began = time.time()
    slowest = while_healthy(here, lambda: proof(folder, "acns_dos.py", here.base, 60000, 4_000_000))
    assert time.time() - began < 45 and slowest < 5, f"{time.time() - began:.0f} s; /healthz {slowest:.1f} s"


def attachments(here, folder):
    began = time.time()
    slowest = while_healthy(here, lambda: proof(folder, "mail_xml_attachments.py", here.lmtp, 1_000_000))
    assert time.time() - began < 45 and slowest < 5, f"{time.time() - began:.0f} s; /healthz {slowest:.1f} s"
    newest = here.value("select max(id) from submissions")
    began = time.time()
    here.page(f"/staff/submissions/{newest}/read")
    assert time.time() - began < 20, f"the page of staff took {time.time() - began:.0f} s"


def withdrawal_by_name(here, folder):
    text = proof(folder, "api_withdraw_slow.py", here.base, here.key, 8000)
    assert " 200 " in text and float(text.split()[-2]) < 30, text


def injection(here, folder):
    proof(folder, "letter_inject.py", here.base, here.folder / "mail")
    time.sleep(2)
    sent = [p.read_text() for p in (here.folder / "mail").glob("*victim3*")]
    assert not any(re.search(r'href=3?D?"https://evil|<h1[^>]*>Your mailbox', mail) for mail in sent), "a heading or button"


def forged_bounce(here, folder):
    text = proof(folder, "forged_bounce.py", here.base, here.lmtp, here.folder / "mail", here.folder / "safeharbor.db")
    letters = here.rows("select state, answer from letters where kind = 'notice_to_customer' order by id desc limit 1")
    assert letters, text
    assert letters[0][0] == "accepted" or "delivered" in letters[0][1] or here.value(
        "select count(*) from event_values v join events e on e.id = v.event_id where e.kind like 'letter.%' and v.name = 'answer'"), letters


def retraction(here, folder):
    text = proof(folder, "retract_freemail.py", here.lmtp, f"https://alder-photo.example/retract-{time.time()}.jpg")
    gone = here.value("select withdrawn_at from notices where email like 'ana.invented%' order by id desc limit 1")
    assert gone is None, text


def mail_bomb(here, folder):
    proof(folder, "mail_bomb_acns.py", here.lmtp, 200, "victim@innocent.example")
    time.sleep(5)
    sent = len(list((here.folder / "mail").glob("*victim_at_innocent*")))
    assert sent <= 20, f"{sent} letters to somebody who had written nothing"


def oracle(here, folder):
    one, other, same = ("https://alder-photo.example/1", "https://kim.example/1", "https://alder-photo.example/2")
    apart, together = (proof(folder, "oracle_same_customer.sh", here.base, one, b) for b in (other, same))
    assert "<h1" in apart
    plain = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace(b, "B"))) for page, b in ((apart, other), (together, same))]
    plain = [re.sub(r"\b[0-9a-f]{32,}\b", "", page) for page in plain]
    assert plain[0] == plain[1], "the page differs"


def squat(here, folder):
    url = f"https://alder-photo.example/squat-{int(time.time())}.jpg"
    text = proof(folder, "squat.py", here.base, url)
    genuine = re.search(r"genuine (N-\S+)", text)
    assert genuine, text
    until = time.time() + 10
    while time.time() < until:
        has = here.value("select count(*) from locations l join notices n on n.id = l.notice_id "
                         "where n.reference = ? and (l.case_id is not null or n.withdrawn_at is null and exists "
                         "(select 1 from reviews r where r.notice_id = n.id and r.done_at is null))", genuine.group(1))
        if has:
            return
        time.sleep(0.5)
    raise AssertionError(f"the genuine notice has no case and is before nobody: {text}")


def everybody(here, folder):
    text = proof(folder, "everybody.py", here.base, here.folder / "safeharbor.db")
    found = re.search(r"letters (\d+)", text)
    assert found, text
    sent = here.value("select count(*) from letters l join cases k on k.id = l.case_id join notices n on n.id = k.notice_id "
                      "where l.kind = 'notice_to_customer' and n.email like '%throwaway.example'")
    assert sent <= 3, f"one anonymous request wrote to {sent} customers at once"


def withdraw_bomb(here, folder):
    def letters(address):
        return here.value("select count(*) from letters where to_address = ?", address)

    victim, before = "bombed@innocent.example", letters(OWNER)
    proof(folder, "withdraw_bomb.py", here.base, 20, victim)
    time.sleep(2)
    assert letters(victim) <= 5 and letters(OWNER) - before <= 5, f"{letters(victim)} and {letters(OWNER) - before} letters"


def links(here, folder):
    case, _, letter = here.letter(f"https://alder-photo.example/links-{time.time()}.jpg", OWNER)
    mail = max((here.folder / "mail").glob(f"{letter:06}-*"), key=lambda p: p.stat().st_mtime).read_bytes()
    token = re.search(rb"/respond/([0-9a-z]{40,})", re.sub(rb"=\r?\n", b"", mail)).group(1).decode()
    text = proof(folder, "kill_links.py", here.base, token, case)
    assert re.search(r"link after\s+200", text), text


def lockout(here, folder):
    text = proof(folder, "lockout.py", here.base, "lead@northwind.example", PASSWORD)
    owner = text.split("owner")[-1]
    assert "200" in owner, text


def forwarded_for(here, folder):
    """Two header lines named X-Forwarded-For open nothing."""
    other = Installation({"SAFEHARBOR_SERVER__BEHIND_PROXY": "true", "SAFEHARBOR_SERVER__PER_MINUTE": "10"})
    try:
        host = other.base.removeprefix("http://")
        statuses = []
        for n in range(30):
            asked = http.client.HTTPConnection(host)
            asked.putrequest("GET", "/policy")
            asked.putheader("X-Forwarded-For", f"203.0.113.{n}")
            asked.putheader("X-Forwarded-For", "198.51.100.9")
            asked.endheaders()
            statuses.append(asked.getresponse().status)
            asked.close()
        assert 429 in statuses, "each invented first line is another visitor"
        asked = http.client.HTTPConnection(host)
        asked.putrequest("GET", "/metrics")
        asked.putheader("X-Forwarded-For", "127.0.0.1")
        asked.putheader("X-Forwarded-For", "198.51.100.9")
        asked.endheaders()
        assert asked.getresponse().status != 200, "/metrics is open"
    finally:
        other.stop()


def forged_archive(here, folder):
    case, _, _ = here.letter(f"https://alder-photo.example/archive-{time.time()}.jpg", OWNER)
    true, forged = here.folder / "true.zip", here.folder / "forged.zip"
    here.command("export", "case", case, true)
    code, text = run("verify-log", "--archive", true, env=here.env)
    assert code == 0, text
    # The proof changes an event of a case that nobody answered; this one is open.
    changed = here.folder / "forge_archive.py"
    changed.write_text((folder / "forge_archive.py").read_text().replace("case.unanswered", "case.opened"))
    proof(here.folder, changed.name, true, forged)
    code, text = run("verify-log", "--archive", forged, env=here.env)
    assert code != 0, f"a forged archive passes: {text}"


def rewritten(folder):
    here = Installation()
    try:
        here.customer("NW-1", OWNER, "alder-photo.example")
        here.letter("https://alder-photo.example/a.jpg", OWNER)
        database = sqlite3.connect(here.folder / "safeharbor.db")
        found = database.execute("select id, lower(hex(digest)) from checkpoints order by id desc limit 1").fetchone()
        triggers = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f'drop trigger "{name}"')
        assert found, "no checkpoint was made"
        options = ["--checkpoint", f"{found[0]}:{found[1]}"]
        code, text = run("verify-log", *options, env=here.env)
        assert code == 0, f"the checkpoint kept outside is not found: {text}"
        database.execute("update events set kind = 'case.unanswered' where kind = 'case.reached'")
        database.commit()
        database.close()
        proof(folder, "rewrite_history.py", here.folder / "safeharbor.db")
        code, text = run("verify-log", *options, env=here.env)
        assert code != 0, f"a rebuilt chain passes: {text}"
    finally:
        here.stop()


def tampered():
    here = Installation()
    try:
        here.customer("NW-1", OWNER, "alder-photo.example")
        here.letter("https://alder-photo.example/a.jpg", OWNER)
        code, text = run("verify-log", env=here.env)
        assert code == 0, f"a clean record does not pass: {text}"
        database = sqlite3.connect(here.folder / "safeharbor.db")
        # The database refuses it; whoever owns the file does not ask.
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {name}")
        database.execute("update submissions set body = x'00'")
        database.commit()
        database.close()
        code, text = run("verify-log", env=here.env)
        assert code != 0, f"overwritten bytes pass: {text}"
    finally:
        here.stop()
