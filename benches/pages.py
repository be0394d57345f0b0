#!/usr/bin/env python3
"""How long pages take when the tables are large.

Fills a database with so many cases, with rows made up in the database itself, starts the server on it, signs in
and asks for the pages staff use all day, one after the other over one connection, each many times. Prints the median and
the 99th percentile until the last byte.

    cargo build --release && benches/pages.py --cases 1000000 --folder /tmp/pages
    benches/pages.py --cases 1000000 --folder /tmp/empty --postgres postgres://user@host/empty
"""
import argparse, http.client, os, random, re, sqlite3, subprocess, time, urllib.parse
from pathlib import Path

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSWORD = "a password for the bench"
DAY = 86_400_000_000


def reference(kind, n):
    text = "".join(LETTERS[n >> 5 * i & 31] for i in range(7, -1, -1))
    return f"{kind}-{text[:4]}-{text[4:]}"


def in_sql(kind, n):
    """The same in SQL."""
    digits = [f"substr('{LETTERS}', CAST({n} / {1 << 5 * i} % 32 + 1 AS INTEGER), 1)" for i in range(7, -1, -1)]
    return f"'{kind}-' || {' || '.join(digits[:4])} || '-' || {' || '.join(digits[4:])}"


class Sqlite:
    """An embedded database, filled by rows made up in SQL."""
    blob, true = "x'00'", "1"

    def __init__(self, folder):
        self.path, self.arguments = Path(folder) / "safeharbor.db", ["--data", folder]

    def is_filled(self):
        return self.path.exists()

    def begin(self):
        self.db = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -2000000", "temp_store = MEMORY"):
            self.do(f"PRAGMA {pragma}")
        self.indexes = self.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()

    def do(self, sql):
        self.db.execute(sql)

    def end(self):
        self.do("PRAGMA journal_mode = WAL")
        self.db.close()

    def ask(self, sql):
        return sqlite3.connect(f"file:{self.path}?mode=ro", uri=True).execute(sql).fetchone()[0]

    def megabytes(self):
        return self.path.stat().st_size >> 20


class Postgres:
    """A PostgreSQL database of its own, through psql."""
    blob, true = "'\\x00'::bytea", "TRUE"

    def __init__(self, folder, url):
        self.url, self.arguments = url, ["--data", folder]
        os.environ["SAFEHARBOR_DATABASE__URL"] = url

    def is_filled(self):
        there = self.ask("SELECT to_regclass('cases') IS NOT NULL") == "t"
        return there and int(self.ask("SELECT count(*) FROM cases")) > 0

    def begin(self):
        listed = self.ask("""SELECT indexname || chr(9) || indexdef FROM pg_indexes WHERE schemaname = current_schema()
            AND indexname NOT IN (SELECT conname FROM pg_constraint)""")
        self.indexes = [line.split("\t") for line in listed.splitlines()]

    def do(self, sql):
        self.ask(f"SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; {sql}")

    def end(self):
        self.ask("VACUUM ANALYZE")

    def ask(self, sql):
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url]
        return subprocess.run(words, input=sql, check=True, capture_output=True, text=True).stdout.strip()

    def megabytes(self):
        return int(self.ask("SELECT pg_database_size(current_database())")) >> 20


def fill(db, cases, binary):
    subprocess.run([binary, "migrate", *db.arguments], check=True, stdout=subprocess.DEVNULL)
    db.begin()
    for name, _ in db.indexes:
        db.do(f"DROP INDEX {name}")
    for sql in rows(cases, db.blob, db.true):
        db.do(sql)
    for _, sql in db.indexes:
        db.do(sql)
    for sql in figures(cases):
        db.do(sql)
    db.end()


def rows(cases, blob, true):
    """Statements that fill the tables."""
    now = int(time.time() * 1e6)
    customers = max(cases // 50, 10)
    each = lambda count: f"WITH RECURSIVE r(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM r WHERE i < {count})"
    # One account has a twentieth of all cases, the others have about fifty each.
    owner = f"CASE WHEN i % 20 = 0 THEN 1 ELSE 1 + i * 104729 % {customers} END"
    # The newest are open: one in fifty of all, spread over the states.
    state = f"CASE WHEN i > {cases} * 0.98 THEN CASE i % 4 WHEN 0 THEN 'awaiting' WHEN 1 THEN 'unanswered' WHEN 2 THEN 'answered' ELSE 'review' END ELSE 'closed' END"
    at = f"({now} - ({cases} - i) * (730 * {DAY} / {cases}))"
    no = "FALSE" if true == "TRUE" else "0"
    yield f"""{each(customers)} INSERT INTO customers (id, external_id, name, name_key, segment, standing, standing_since, warned, active_strikes, total_strikes,
        last_strike_at, unanswered, created_at, version) SELECT i, 'A-' || i, 'Customer ' || i, 'customer ' || i, CASE i % 3 WHEN 0 THEN 'vps' ELSE 'shared' END,
        'good', {now}, {no}, 0, 0, NULL, 0, {now}, 1 FROM r"""
    yield f"{each(customers)} INSERT INTO contacts SELECT i, i, 'Owner', 'Owner ' || i, 'owner' || i || '@mailbox.example', '', NULL FROM r"
    yield f"""INSERT INTO submissions (id, received_at, channel, sender_address, user_agent, content_type, body, digest)
        VALUES (1, 0, 'form', '', '', 'text/plain', {blob}, {blob})"""
    yield f"""{each(1000)} INSERT INTO senders SELECT i, 'sender' || i || '@rights.example', 'address', NULL, 'Sender ' || i, 'sender ' || i,
        'sender' || i || '@rights.example', 'form', 'automatic', 'good', 1000, 1, 0, {now}, NULL FROM r"""
    yield f"""{each(cases)} INSERT INTO notices (id, reference, submission_id, received_at, class, complainant_name, organization, email, phone, address,
        role, rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, locations, hosted, unreadable, sender_id)
        SELECT i, {in_sql('N', 'i')}, 1, {at}, 'complete', 'Joel Finch', 'Holt', 'sender' || (1 + i % 1000) || '@rights.example', '', '', 'agent', 'Maren Holt',
        {true}, {true}, {true}, {true}, 1, 'Joel Finch', '', '[]', 1, 1, 0, 1 + i % 1000 FROM r"""
    yield f"""{each(cases)} INSERT INTO cases (id, reference, notice_id, customer_id, state, site, segment, sender, locations, missing,
        received_at, forwarded_at, deadline, extended, remind_at, answer, answered_at, outcome, closed_at, counts, strike_id, version, sort_at, downstream)
        SELECT i, {in_sql('C', 'i')}, i, {owner}, {state}, 'site' || (i % 100000) || '.example', 'shared', 'Holt', 1, 0, {at}, {at}, {now} + 20 * {DAY}, {no}, NULL,
        CASE WHEN i % 4 = 2 THEN 'removed' END, CASE WHEN i % 4 = 2 THEN {at} END, CASE WHEN i <= {cases} * 0.98 THEN 'removed' END,
        CASE WHEN i <= {cases} * 0.98 THEN {at} END, {true}, NULL, 1, {at}, {no} FROM r"""
    yield f"""{each(cases)} INSERT INTO locations (id, notice_id, case_id, position, as_written, shown, kind, detail, state, state_at, material, state_by)
        SELECT i, i, i, 0, 'https://site' || (i % 100000) || '.example/' || i || '.jpg', 'site' || (i % 100000) || '.example/' || i || '.jpg', 'web', '', 'reported', {at}, i * 7919, '' FROM r"""
    yield f"""{each(cases // 3)} INSERT INTO events (subject, seq, at, actor, kind, facts, salt, hash)
        SELECT 'case:' || (1 + i / 4 * 10), i % 4, {now}, 'system', 'case.closed', '{{"outcome":"removed"}}', {blob}, {blob} FROM r"""
    yield f"""{each(cases // 10)} INSERT INTO letters (id, message_id, kind, case_id, notice_id, customer_id, to_name, to_address, subject, state, carries_deadline,
        created_at, attempts, due_at, settled_at, answer, tokens) SELECT i, '<' || i || '@h.example>', 'notice_to_customer', i * 10, NULL, NULL, '', 'owner@mailbox.example', 'A notice',
        CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'accepted' END, {true}, {at}, 1, {at}, {at}, '250 ok', '' FROM r"""
    yield f"{each(cases // 10)} INSERT INTO sent_letters SELECT i, {at}, 0, {blob}, {blob}, 0 FROM r"
    yield f"""{each(cases // 10)} INSERT INTO strikes (id, customer_id, case_id, received_at, told_at, counted_at, expires_at, status, policy_version, ended_at, ended_reason)
        SELECT i, (SELECT customer_id FROM cases WHERE id = i * 10), i * 10, {at}, {at}, {at}, {now} + 300 * {DAY}, 'active', 1, NULL, '' FROM r"""
    yield f"""INSERT INTO reviews (kind, case_id, note, raised_at, done_by)
        SELECT 'whole_site', id, '', sort_at, '' FROM cases WHERE id > {cases} - {cases} / 50 AND id % 4 = 3"""


def figures(cases):
    """Statements that count what was filled in."""
    now = int(time.time() * 1e6)
    yield """UPDATE cases SET ordinal = n FROM (SELECT id AS of, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS n FROM cases) AS numbered
        WHERE numbered.of = cases.id"""
    yield "UPDATE customers SET total_strikes = (SELECT count(*) FROM strikes WHERE customer_id = customers.id)"
    yield "UPDATE customers SET active_strikes = total_strikes, last_strike_at = CASE WHEN total_strikes > 0 THEN created_at END"
    yield "INSERT INTO strike_counts SELECT segment, active_strikes, count(*) FROM customers WHERE active_strikes > 0 GROUP BY segment, active_strikes"
    yield f"""INSERT INTO flags (customer_id, raised_at, policy_version, reasons)
        SELECT id, {now}, 1, '[]' FROM customers WHERE active_strikes >= 3"""
    yield "UPDATE customers SET standing = 'flagged' WHERE active_strikes >= 3"


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
    heavy = db.ask("SELECT customer_id FROM cases ORDER BY ordinal DESC LIMIT 1")
    customers = int(db.ask("SELECT max(id) FROM customers"))
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


def measure(db, cases, times, binary):
    environment = os.environ | {"SAFEHARBOR_SERVER__PER_MINUTE": "1000000", "SAFEHARBOR_LOG": "error"}
    subprocess.run([binary, "staff", "add", "bench@host.example", "--name", "Bench", "--role", "admin", *db.arguments],
                   input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL, env=environment)
    began = time.time()
    server = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", *db.arguments], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        address = re.search(r"http://([0-9.:]+)", server.stdout.readline()).group(1)
        print(f"start {time.time() - began:.2f} s")
        browser = Browser(address)
        sign_in(browser)
        print(f"{cases:,} cases, {int(db.ask('SELECT count(*) FROM strikes')):,} strikes, "
              f"most of one customer {int(db.ask('SELECT max(ordinal) FROM cases')):,}")
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
    options.add_argument("--postgres", help="address of an empty database, or one filled by this")
    given = options.parse_args()
    db = Postgres(given.folder, given.postgres) if given.postgres else Sqlite(given.folder)
    if not db.is_filled():
        began = time.time()
        fill(db, given.cases, given.binary)
        print(f"filled in {time.time() - began:.0f} s, {db.megabytes():,} MB")
    measure(db, given.cases, given.times, given.binary)


if __name__ == "__main__":
    main()
