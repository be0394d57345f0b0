"""A Safeharbor of its own on loopback: started, asked over HTTP, and stopped by its process id."""
import http.cookiejar
import json
import os
import re
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

PROGRAM = os.environ.get("SAFEHARBOR_PROGRAM", str(Path(__file__).parents[2] / "target/debug/safeharbor"))
SCOPES = "notices:read,notices:write,cases:read,cases:write,customers:read,customers:write,events:read,mail:write"
PASSWORD = "correct horse battery staple"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*arguments, env=None, cwd=None, stdin=None):
    """Runs the program; returns exit code and what it printed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SAFEHARBOR") and k != "DATABASE_URL"}
    done = subprocess.run([PROGRAM, *map(str, arguments)], env={**clean, **(env or {})}, cwd=cwd, input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace")


class Fields(HTMLParser):
    """The values of a form as a browser would send them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.values, self._area = {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "textarea":
            self._area = a.get("name")
            self.values[self._area] = ""
        elif tag == "input" and a.get("name"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.values[a["name"]] = a.get("value") or "on"
                if a.get("type") not in ("checkbox", "radio"):
                    self.values[a["name"]] = a.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data


class Installation:
    """`settings` are environment variables beside those that make a test machine of it."""

    def __init__(self, settings=None):
        self.folder = Path(tempfile.mkdtemp(prefix="safeharbor-cases."))
        self.lmtp = free_port()
        self.env = {
            "SAFEHARBOR_SERVER__DATA_DIR": str(self.folder),
            "SAFEHARBOR_SERVER__LISTEN": "127.0.0.1:0",
            "SAFEHARBOR_SERVER__PER_MINUTE": "1000000",
            "SAFEHARBOR_API__PER_MINUTE": "1000000",
            "SAFEHARBOR_API__ANONYMOUS_PER_HOUR": "1000000",
            "SAFEHARBOR_INTAKE__PER_HOUR": "1000000",
            "SAFEHARBOR_HOST__NAME": "Northwind Hosting",
            "SAFEHARBOR_AGENT__EMAIL": "copyright@northwind.example",
            "SAFEHARBOR_MAIL__FROM": "copyright@northwind.example",
            "SAFEHARBOR_INBOUND__REPLY_ADDRESS": "copyright@northwind.example",
            "SAFEHARBOR_INBOUND__LMTP_LISTEN": f"127.0.0.1:{self.lmtp}",
            "SAFEHARBOR_INBOUND__AUTHSERV_ID": "mx.northwind.example",
            "SAFEHARBOR_WEBHOOKS__ALLOW_PRIVATE": "true",
            "SAFEHARBOR_MAIL__FILES_ARE_DELIVERY": "true",
            **(settings or {}),
        }
        self.command("migrate")
        self.key = self.command("keys", "add", "cases", "--scopes", SCOPES).split()[-1]
        self.command("staff", "add", "lead@northwind.example", "--name", "Lee Lead", "--role", "admin",
                     stdin=(PASSWORD + "\n").encode())
        self.start()
        self._browser = None

    def start(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SAFEHARBOR") and k != "DATABASE_URL"}
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([PROGRAM, "serve"], env={**clean, **self.env}, stdout=self.log, stderr=self.log)
        for _ in range(300):
            found = re.search(r"listens on (http://[^/\s]+)", (self.folder / "log").read_text(errors="replace"))
            if found:
                self.base = found.group(1)
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the program did not start:\n" + (self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def command(self, *arguments, stdin=None, ok=True):
        code, text = run(*arguments, env=self.env, stdin=stdin)
        if ok and code:
            raise RuntimeError(f"{arguments}: exit {code}\n{text}")
        return text

    def ask(self, path, data=None, content_type="application/json", method=None, key=True):
        """Status and body of a request to the API."""
        body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
        headers = {"content-type": content_type}
        if key:
            headers["authorization"] = "Bearer " + self.key
        request = urllib.request.Request(self.base + path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def rows(self, statement, *values):
        """Rows of the database as it is now."""
        connection = sqlite3.connect(f"file:{self.folder / 'safeharbor.db'}?mode=ro", uri=True)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def value(self, statement, *values):
        found = self.rows(statement, *values)
        return found[0][0] if found else None

    def mail(self, raw, to=None, sender=None):
        """Hands a mail over; what became of it."""
        want = {k: v for k, v in (("to", to), ("from", sender)) if v is not None}
        status, answer = self.ask("/api/v1/intake/mail?" + urllib.parse.urlencode(want), raw, "message/rfc822")
        if status != 202:
            raise RuntimeError(f"intake of a mail: {status} {answer}")
        return answer

    def customer(self, account, contact, *assets):
        body = {"name": account, "segment": "shared", "contacts": [{"email": contact}],
                "assets": [{"asset": asset} for asset in assets]}
        status, answer = self.ask(f"/api/v1/customers/{account}", body, method="PUT")
        if status not in (200, 201):
            raise RuntimeError(f"customer {account}: {status} {answer}")

    def notice(self, *urls, **other):
        """A complete notice by a known sender; its receipt."""
        title = other.pop("title", "Work about " + urls[0])
        body = {"complainant": {"name": "Joel Finch", "email": "rights@holtfinch.example", "phone": "+1 207 555 0199",
                                "address": {"street": "1 Wharf Street", "city": "Portland"}},
                "works": [{"title": title, "description": "A photograph of 2020"}],
                "locations": [{"url": url} for url in urls],
                "statements": {"good_faith": True, "accurate": True, "authorized_under_penalty_of_perjury": True},
                "signature": "Joel Finch", **other}
        status, answer = self.ask("/api/v1/notices", body)
        if status != 201:
            raise RuntimeError(f"notice: {status} {answer}")
        return answer

    def owners(self, reference):
        """Accounts for which a notice opened cases."""
        found = self.rows("select c.external_id from cases k join customers c on c.id = k.customer_id "
                          "join notices n on n.id = k.notice_id where n.reference = ? order by 1", reference)
        return [account for (account,) in found]

    def wait(self, statement, *values, seconds=20):
        """The first value of a statement, once there is one."""
        until = time.time() + seconds
        while time.time() < until:
            found = self.value(statement, *values)
            if found is not None:
                return found
            time.sleep(0.2)
        return None

    def letter(self, url, contact):
        """A case about an address and the letter about it: reference of the case, Message-ID, id of the letter."""
        receipt = self.notice(url)
        case = self.value("select k.reference from cases k join notices n on n.id = k.notice_id "
                          "where n.reference = ?", receipt["reference"])
        found = self.wait("select l.message_id || ' ' || l.id from letters l join cases k on k.id = l.case_id where "
                          "k.reference = ? and l.kind = 'notice_to_customer' and l.state = 'accepted' "
                          "and l.to_address = ?", case, contact)
        if found is None:
            raise RuntimeError(f"no letter to {contact} about {case}")
        message_id, letter = found.split()
        return case, message_id.strip("<>"), int(letter)

    @property
    def browser(self):
        """A signed-in member of staff."""
        if self._browser is None:
            jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))
            self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
            page = self._browser.open(self.base + "/staff/login").read().decode()
            seal = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
            form = {"csrf": seal, "email": "lead@northwind.example", "password": PASSWORD}
            self._browser.open(self.base + "/staff/login", urllib.parse.urlencode(form).encode()).read()
        return self._browser

    def page(self, path):
        return self.browser.open(self.base + path).read().decode()

    def draft(self, submission):
        """The fields with which staff would complete a letter."""
        return Fields(self.page(f"/staff/submissions/{submission}/read")).values
