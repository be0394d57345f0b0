"""Mail, bounces, CSV, addresses, webhooks. `INDEX.md` beside the inputs says what is right."""
import json
import re
import time
from pathlib import Path

from installation import Installation, run

TOKEN = re.compile(rb"1m8h[0-9a-z]{22}(?=[@\s>n])")
CASE = re.compile(rb"C-[0-9A-Z]{4}-[0-9A-Z]{4}")
HUMAN = "https://alder-photo.example/gg.jpg"


def cases(folder):
    here = Installation()
    try:
        here.command("customers", "import", folder / "cust.csv")
        here.command("customers", "import", folder / "cust2.csv", ok=False)
        for theme in (answers, bounces, mails, addresses, documents):
            yield from theme(here, folder)
    finally:
        here.stop()
    for theme in (tables, idn_contacts):
        yield from theme(folder)


def filled_in(raw, letter):
    """A mail that answers a letter of another installation, made to answer one of this one."""
    case, message_id, _ = letter
    raw = TOKEN.sub(message_id.split("@")[0].encode(), raw)
    return CASE.sub(case.encode(), raw)


def reviews(here, submission):
    return here.value("select count(*) from reviews where submission_id = ? and done_at is null", submission)


# Answers of people, whatever their help desk writes above them.
def answers(here, folder):
    letters = {"owner@alder-photo.example": here.letter("https://alder-photo.example/r.jpg", "owner@alder-photo.example"),
               "ute@buch.example": here.letter("https://bücher.example/r.jpg", "ute@buch.example")}

    def reply(file):
        raw = file.read_bytes()
        sender = re.search(rb"^From:.*?([\w.-]+@[\w.-]+)", raw, re.M).group(1).decode()
        done = here.mail(filled_in(raw, letters[sender]))
        assert done["kind"] == "reply" and not done["again"], done
        case = letters[sender][0]
        linked = here.value("select count(*) from events e join cases k on e.subject = 'case:' || k.id "
                            "where k.reference = ? and e.facts like '%' || ? || '%'", case, f"\"submission\":{done['submission']}")
        assert linked or reviews(here, done["submission"]), "neither on the case nor before staff"

    for file in sorted(folder.glob("r_*.eml")):
        if file.name == "r_arf.eml":
            continue
        yield file.name, lambda: reply(file)

    def complaint():
        raw = (folder / "r_arf.eml").read_bytes()
        done = here.mail(filled_in(raw, letters["owner@alder-photo.example"]))
        assert done["kind"] not in ("draft", "notices"), done

    yield "r_arf.eml", complaint


# Bounces: the block of our addressee decides.
def bounces(here, folder):
    def bounce(file, number):
        raw = file.read_bytes()
        named = re.findall(rb"(?:Final-Recipient:[^;]*;\s*|remis a |To:.*?<)(\S+?@b\d+\.example)", raw)
        contact = named[-1].decode()
        site = f"bounce-{number}.example"
        here.customer(f"B-{number}", contact, site)
        letter = here.letter(f"https://{site}/x.jpg", contact)
        done = here.mail(filled_in(raw, letter), sender="")
        assert done["kind"] == "bounce", done
        state = here.value("select state from letters where id = ?", letter[2])
        assert state == "bounced", f"the letter is {state}"

    for number, file in enumerate(sorted(folder.glob("b_*.eml"))):
        yield file.name, lambda: bounce(file, number)


def mails(here, folder):
    def another(first, second):
        for name in (first, second):
            done = here.mail((folder / name).read_bytes())
            assert done["kind"] == "draft" and not done["again"], f"{name}: {done}"
            assert reviews(here, done["submission"]), f"{name}: nobody is asked to look"

    yield "noid_a.eml, noid_b.eml", lambda: another("noid_a.eml", "noid_b.eml")

    def reached(name, address):
        done = here.mail((folder / name).read_bytes())
        assert done["kind"] == "draft" and reviews(here, done["submission"]), done
        assert here.draft(done["submission"])["email"] == address, here.draft(done["submission"])["email"]

    yield "s_mailman_munged.eml", lambda: reached("s_mailman_munged.eml", "rights@holtfinch.example")
    yield "s_reply_to.eml", lambda: reached("s_reply_to.eml", "case-4711@vendor.example")

    def urls(name, right):
        done = here.mail((folder / name).read_bytes())
        found = here.draft(done["submission"]).get("urls", "").split()
        assert found == right, f"found {found}"

    at = "https://alder-photo.example/"
    yield "html_table.eml", lambda: urls("html_table.eml", [f"{at}t{n}.jpg" for n in range(1, 14)] + [f"{at}t14.jpg?a=1&b=2"])
    yield "h_div.eml", lambda: urls("h_div.eml", [f"{at}a1.jpg", f"{at}a2.jpg"])
    yield "h_tr.eml", lambda: urls("h_tr.eml", [f"{at}a1.jpg", f"{at}a2.jpg"])
    yield "h_img.eml", lambda: urls("h_img.eml", [f"{at}a1.jpg"])
    yield "url_flowed.eml", lambda: urls(
        "url_flowed.eml", [at + "very/long/path/that/gets/wrapped/by/the/mail/program/heron.jpg"])

    def all_forms():
        done = here.mail((folder / "urls_text.eml").read_bytes())
        found = here.draft(done["submission"]).get("urls", "").split()
        numbers = [re.search(r"/u(\d\d)(_\(2\))?\.jpg$", url) for url in found]
        assert all(numbers), f"not clean: {[u for u, n in zip(found, numbers) if not n]}"
        missed = {f"{n:02}" for n in range(1, 22)} - {n.group(1) for n in numbers}
        assert not missed and len(found) == 21, f"missed {sorted(missed)}, found {len(found)}"

    yield "urls_text.eml", all_forms

    def one_notice(name, title=None):
        done = here.mail((folder / name).read_bytes())
        assert done["kind"] == "notices" and len(done["notices"]) == 1, done
        if title:
            stored = here.value("select w.title from works w join notices n on n.id = w.notice_id where n.reference = ?",
                                done["notices"][0]["reference"])
            assert stored == title, stored

    for name, title in (("acns_utf16.eml", None), ("acns_1252.eml", "Heron’s “Dawn”"), ("acns_noboundary_end.eml", None),
                        ("eml_octet.eml", None)):
        yield name, lambda: one_notice(name, title)

    def readable(name, words):
        done = here.mail((folder / name).read_bytes())
        page = here.page(f"/staff/submissions/{done['submission']}/read")
        assert words in page, f"{words!r} is not on the page"

    yield "missing_boundary.eml", lambda: readable("missing_boundary.eml", "alder-photo.example")
    yield "cs_none8bit.eml", lambda: readable("cs_none8bit.eml", "It’s mine – “Heron”".replace("’", "’"))
    yield "smime_opaque.eml", lambda: readable("smime_opaque.eml", "not checked")

    def no_raw_base64():
        done = here.mail((folder / "b64_garbage.eml").read_bytes())
        page = here.page(f"/staff/submissions/{done['submission']}/read")
        raw = (folder / "b64_garbage.eml").read_text(errors="replace").replace("\r", "").split("\n\n", 1)[1].strip().splitlines()
        assert not any(len(line) > 15 and line in page for line in raw), "the encoded lines are shown"

    yield "b64_garbage.eml", no_raw_base64

    def limited():
        before = here.value("select count(*) from letters where to_address like 'reply%@helpdesk.example'")
        for n in range(25):
            here.mail(f"From: Desk <reply+{1000 + n}@helpdesk.example>\nTo: copyright@northwind.example\nSubject: Ticket {n}\n"
                      f"Message-ID: <t{n}.{time.time()}@helpdesk.example>\nDate: Sat, 28 Nov 2026 10:00:00 +0000\n\n"
                      f"We received your request {n}.\n".encode())
        drawn = here.value("select count(*) from letters where to_address like 'reply%@helpdesk.example' "
                           "and state <> 'withheld'") - before
        assert drawn <= 10, f"25 mails drew {drawn} receipts"

    yield "K21 receipt loop", limited


def addresses(here, folder):
    data = json.loads((folder / "K05_K06_K22.json").read_text())
    for entry in next(v for k, v in data.items() if k.startswith("K05")):
        def owned():
            found = here.owners(here.notice(entry["url"])["reference"])
            assert found == [entry["right_owner"].split()[0]], found
        yield f"K05 {entry['url']}", owned

    def same_material(number, entry):
        site = f"b30-{number}.example"
        here.customer(f"S-{number}", f"s{number}@c.example", site)
        one, two = (entry[k].replace("b30.example", site) for k in ("first", "second"))
        here.notice(one, title="Same")
        again = here.notice(two, title="Same")
        assert not again["cases"] and [l["state"] for l in again["locations"]] == ["duplicate"], again["locations"]

    for number, entry in enumerate(next(v for k, v in data.items() if k.startswith("K06"))):
        yield f"K06 {entry['second']}", lambda: same_material(number, entry)
    for entry in next(v for k, v in data.items() if k.startswith("K22")):
        def read():
            owners = here.owners(here.notice(entry["written"], title=f"K22 {time.time()}")["reference"])
            assert owners in (["P-7"], ["V-1"]), owners
        yield f"K22 {entry['written']!r}", read


def documents(here, folder):
    def utf_16():
        status, answer = here.ask("/api/v1/notices", (folder / "x_utf-16.xml").read_bytes(), "application/xml")
        assert status == 201, f"{status} {answer}"

    yield "x_utf-16.xml", utf_16

    def operations():
        _, document = here.ask("/api/v1/openapi.json")
        ids = [o["operationId"] for p in document["paths"].values() for o in p.values()
               if isinstance(o, dict) and "operationId" in o]
        assert len(ids) == len(set(ids)), f"{len(ids)} operations, {len(set(ids))} ids"
        assert document.get("servers"), "no servers"

    yield "K19 operation ids", operations


def tables(folder):
    def unclosed_last():
        here = Installation()
        try:
            code, text = run("customers", "import", folder / "unbalanced_last.csv", env=here.env)
            accounts = {a for (a,) in here.rows("select external_id from customers")}
            name = here.value("select name from customers where external_id = 'CL-2'") or ""
            assert code == 2 and "3" in text, f"exit {code}: {text}"
            assert "CL-3" not in name, f"CL-2 is called {name!r}"
            assert {"CL-3", "CL-4"} <= accounts or "CL-3" in text, text
        finally:
            here.stop()

    yield "unbalanced_last.csv", unclosed_last

    def unclosed_middle():
        here = Installation()
        try:
            code, text = run("customers", "import", folder / "unbalanced_mid.csv", env=here.env)
            accounts = {a for (a,) in here.rows("select external_id from customers")}
            assert code == 2, f"exit {code}: {text}"
            named = re.search(r"\b[23]\b.*\b5\b", text, re.S)
            assert {"CN-1", "CN-2", "CN-3"} <= accounts or named, text
        finally:
            here.stop()

    yield "unbalanced_mid.csv", unclosed_middle

    def of_another():
        here = Installation()
        try:
            here.command("customers", "import", folder / "cust.csv")
            code, text = run("customers", "import", folder / "other_owner.csv", env=here.env)
            assert "NW-1" in text, f"exit {code}, and the account it was taken from is not named: {text}"
        finally:
            here.stop()

    yield "other_owner.csv", of_another


def idn_contacts(folder):
    def written_to():
        here = Installation()
        try:
            code, text = run("customers", "import", folder / "emails.csv", env=here.env)
            stored = [m for (m,) in here.rows("select email from contacts")]
            letter = here.letter("https://cy1.example/a.jpg", next(m for m in stored if "cy" in m and m.startswith("info@")))
            sent = max((here.folder / "mail").glob("*notice_to_customer*"), key=lambda p: p.stat().st_mtime).read_text()
            assert "info@xn--bcher-cy-65a.example" in sent, [l for l in sent.splitlines() if l.startswith("To:")]
            assert letter and ("jörg" in " ".join(stored) or "jörg" in text), f"exit {code}: {text}"
        finally:
            here.stop()

    yield "emails.csv", written_to
