#!/usr/bin/env python3
"""How long pages take when the tables are large.

Fills an embedded database with so many cases, with rows made up in the database itself, starts the server on it, signs in
and asks for the pages staff use all day, one after the other over one connection, each many times. Prints the median and
the 99th percentile until the last byte.

    cargo build --release && benches/pages.py --cases 1000000 --folder /tmp/pages
"""
import argparse, http.client, random, re, sqlite3, subprocess, time, urllib.parse
from pathlib import Path

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSWORD = "a password for the bench"
DAY = 86_400_000_000


def reference(kind, n):
    text = "".join(LETTERS[n >> 5 * i & 31] for i in range(7, -1, -1))
    return f"{kind}-{text[:4]}-{text[4:]}"


def in_sql(kind, n):
    """The same in SQL."""
    digits = [f"substr('{LETTERS}', ({n} >> {5 * i} & 31) + 1, 1)" for i in range(7, -1, -1)]
    return f"'{kind}-' || {' || '.join(digits[:4])} || '-' || {' || '.join(digits[4:])}"


def fill(folder, cases, binary):
    subprocess.run([binary, "migrate", "--data", folder], check=True, stdout=subprocess.DEVNULL)
    db = sqlite3.connect(Path(folder) / "safeharbor.db", isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -2000000", "temp_store = MEMORY"):
        db.execute(f"PRAGMA {pragma}")
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    now = int(time.time() * 1e6)
    customers = max(cases // 50, 10)
    rows = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < ?)"
    # One account has a twentieth of all cases, the others have about fifty each.
    owner = f"CASE WHEN i % 20 = 0 THEN 1 ELSE 1 + i * 104729 % {customers} END"
    # The newest are open: one in fifty of all, spread over the states.
    state = f"CASE WHEN i > {cases} * 0.98 THEN CASE i % 4 WHEN 0 THEN 'awaiting' WHEN 1 THEN 'unanswered' WHEN 2 THEN 'answered' ELSE 'review' END ELSE 'closed' END"
    at = f"({now} - ({cases} - i) * (730 * {DAY} / {cases}))"
    db.execute("BEGIN")
    db.execute(f"""{rows} INSERT INTO customers SELECT i, 'A-' || i, 'Customer ' || i, 'customer ' || i, CASE i % 3 WHEN 0 THEN 'vps' ELSE 'shared' END,
        'good', {now}, 0, 0, 0, NULL, 0, 0, {now}, 1 FROM r""", (customers,))
    db.execute(f"{rows} INSERT INTO contacts SELECT i, i, 'Owner', 'Owner ' || i, 'owner' || i || '@mailbox.example', '', NULL FROM r", (customers,))
    db.execute("""INSERT INTO submissions (id, received_at, channel, sender_address, user_agent, content_type, body, digest)
        VALUES (1, 0, 'form', '', '', 'text/plain', x'00', x'00')""")
    db.execute(f"""{rows} INSERT INTO senders SELECT i, 'sender' || i || '@rights.example', 'address', NULL, 'Sender ' || i, 'sender ' || i,
        'sender' || i || '@rights.example', 'form', 'automatic', 'good', 1000, 1, 0, {now}, NULL FROM r""", (1000,))
    db.execute(f"""{rows} INSERT INTO notices (id, reference, submission_id, received_at, class, complainant_name, organization, email, phone, address,
        role, rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, locations, hosted, unreadable, sender_id)
        SELECT i, {in_sql('N', 'i')}, 1, {at}, 'complete', 'Joel Finch', 'Holt', 'sender' || (1 + i % 1000) || '@rights.example', '', '', 'agent', 'Maren Holt', 1, 1, 1, 1, 1,
        'Joel Finch', '', '[]', 1, 1, 0, 1 + i % 1000 FROM r""", (cases,))
    db.execute(f"""{rows} INSERT INTO cases (id, reference, notice_id, customer_id, state, site, segment, sender, sender_key, sender_domain, locations, missing,
        received_at, forwarded_at, deadline, extended, remind_at, answer, answered_at, outcome, closed_at, counts, strike_id, version, sort_at, downstream)
        SELECT i, {in_sql('C', 'i')}, i, {owner}, {state}, 'site' || (i % 100000) || '.example', 'shared', 'Holt', 'holt', 'rights.example', 1, 0, {at}, {at}, {now} + 20 * {DAY}, 0, NULL,
        CASE WHEN i % 4 = 2 THEN 'removed' END, CASE WHEN i % 4 = 2 THEN {at} END, CASE WHEN i <= {cases} * 0.98 THEN 'removed' END,
        CASE WHEN i <= {cases} * 0.98 THEN {at} END, 1, NULL, 1, {at}, 0 FROM r""", (cases,))
    db.execute(f"""{rows} INSERT INTO locations (id, notice_id, case_id, position, as_written, shown, kind, detail, state, state_at, material, state_by)
        SELECT i, i, i, 0, 'https://site' || (i % 100000) || '.example/' || i || '.jpg', 'site' || (i % 100000) || '.example/' || i || '.jpg', 'web', '', 'reported', {at}, i * 7919, '' FROM r""", (cases,))
    db.execute(f"""{rows} INSERT INTO events (subject, seq, at, actor, kind, facts, reason, hash)
        SELECT 'case:' || (1 + i / 4 * 10), i % 4, {now}, 'system', 'case.opened', '{{}}', '', x'00' FROM r""", (cases // 3,))
    db.execute(f"""{rows} INSERT INTO letters (id, message_id, kind, case_id, notice_id, customer_id, to_name, to_address, subject, state, carries_deadline,
        created_at, attempts, due_at, settled_at, answer, secrets) SELECT i, '<' || i || '@h.example>', 'notice_to_customer', i * 10, NULL, NULL, '', 'owner@mailbox.example', 'A notice',
        CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'accepted' END, 1, {at}, 1, {at}, {at}, '250 ok', '' FROM r""", (cases // 10,))
    db.execute(f"{rows} INSERT INTO letter_words SELECT i, 'text', CAST('<p>text</p>' AS BLOB), 0 FROM r", (cases // 10,))
    db.execute(f"""{rows} INSERT INTO strikes (id, customer_id, case_id, received_at, told_at, counted_at, expires_at, status, policy_version, ended_at, ended_reason)
        SELECT i, (SELECT customer_id FROM cases WHERE id = i * 10), i * 10, {at}, {at}, {at}, {now} + 300 * {DAY}, 'active', 1, NULL, '' FROM r""", (cases // 10,))
    db.execute(f"""INSERT INTO reviews (kind, case_id, note, raised_at, done_by)
        SELECT 'whole_site', id, '', sort_at, '' FROM cases WHERE id > {cases} - {cases} / 50 AND id % 4 = 3""")
    for name, sql in indexes:
        db.execute(sql)
    db.execute("""UPDATE customers SET cases = (SELECT count(*) FROM cases WHERE customer_id = customers.id),
        total_strikes = (SELECT count(*) FROM strikes WHERE customer_id = customers.id)""")
    db.execute("UPDATE customers SET active_strikes = total_strikes, last_strike_at = CASE WHEN total_strikes > 0 THEN created_at END")
    db.execute(f"""INSERT INTO flags (customer_id, raised_at, policy_version, reasons)
        SELECT id, {now}, 1, '[]' FROM customers WHERE active_strikes >= 3""")
    db.execute("UPDATE customers SET standing = 'flagged' WHERE active_strikes >= 3")
    db.execute("COMMIT")
    db.execute("PRAGMA journal_mode = WAL")
    db.close()


class Browser:
    def __init__(self, address):
        self.connection, self.cookie = http.client.HTTPConnection(address, timeout=60), ""

    def ask(self, method, path, form=None):
        headers = {"Cookie": self.cookie}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        if answer.getheader("set-cookie"):
            self.cookie = answer.getheader("set-cookie").split(";")[0]
        return answer.status, body


def sign_in(browser):
    _, page = browser.ask("GET", "/staff/login")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    status, _ = browser.ask("POST", "/staff/login", {"csrf": csrf, "email": "bench@host.example", "password": PASSWORD})
    assert status == 303, status


def pages(db, cases):
    some = random.Random(1)
    heavy = db.execute("SELECT id FROM customers ORDER BY cases DESC LIMIT 1").fetchone()[0]
    customers = db.execute("SELECT max(id) FROM customers").fetchone()[0]
    any_case = lambda: reference("C", some.randrange(1, cases + 1))
    return {
        "queue": lambda: "/staff/",
        "queue, awaiting": lambda: "/staff/?view=awaiting",
        "queue, closed": lambda: "/staff/?view=closed",
        "needs review": lambda: "/staff/?view=review",
        "search, reference": lambda: f"/staff/?q={any_case()}",
        "search, domain": lambda: f"/staff/?q=site{some.randrange(100000)}.example",
        "search, account": lambda: f"/staff/?q=A-{some.randrange(1, customers)}",
        "case": lambda: f"/staff/cases/{any_case()}",
        "notice": lambda: f"/staff/notices/{reference('N', some.randrange(1, cases + 1))}",
        "customer": lambda: f"/staff/customers/{some.randrange(1, customers)}",
        "customer with most cases": lambda: f"/staff/customers/{heavy}",
        "repeat infringers": lambda: "/staff/repeat-infringers",
        "outbox": lambda: "/staff/outbox",
        "senders": lambda: "/staff/senders",
        "transparency": lambda: "/transparency",
        "metrics": lambda: "/metrics",
    }


def measure(folder, cases, times, binary):
    environment = {"SAFEHARBOR_SERVER__PER_MINUTE": "1000000", "SAFEHARBOR_LOG": "error"}
    subprocess.run([binary, "staff", "add", "bench@host.example", "--name", "Bench", "--role", "admin", "--data", folder],
                   input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL, env=environment)
    began = time.time()
    server = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--data", folder], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        address = re.search(r"http://([0-9.:]+)", server.stdout.readline()).group(1)
        print(f"start {time.time() - began:.2f} s")
        browser = Browser(address)
        sign_in(browser)
        db = sqlite3.connect(f"file:{folder}/safeharbor.db?mode=ro", uri=True)
        print(f"{cases:,} cases, {db.execute('SELECT count(*) FROM strikes').fetchone()[0]:,} strikes, "
              f"most of one customer {db.execute('SELECT max(cases) FROM customers').fetchone()[0]:,}")
        print(f"{'page':<28}{'p50 ms':>9}{'p99 ms':>9}")
        for name, path in pages(db, cases).items():
            took = []
            for _ in range(times):
                at = path()
                start = time.perf_counter()
                status, _ = browser.ask("GET", at)
                took.append((time.perf_counter() - start) * 1000)
                assert status in (200, 303), (at, status)
            took.sort()
            print(f"{name:<28}{took[len(took) // 2]:>9.1f}{took[int(len(took) * 0.99)]:>9.1f}", flush=True)
        status = Path(f"/proc/{server.pid}/status").read_text()
        print("server at most", int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) // 1024, "MB")
    finally:
        server.terminate()
        server.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=200)
    options.add_argument("--folder", required=True, help="kept, and used again where it is filled")
    options.add_argument("--binary", default="target/release/safeharbor")
    given = options.parse_args()
    if not (Path(given.folder) / "safeharbor.db").exists():
        began = time.time()
        fill(given.folder, given.cases, given.binary)
        print(f"filled in {time.time() - began:.0f} s, {(Path(given.folder) / 'safeharbor.db').stat().st_size >> 20:,} MB")
    measure(given.folder, given.cases, given.times, given.binary)


if __name__ == "__main__":
    main()
