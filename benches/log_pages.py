#!/usr/bin/env python3
"""Which tables and indexes the pages in SQLite's write-ahead log belong to: what a notice costs.

Copy both files of a server under load first, the log before the database:

    cp DATA/safeharbor.db-wal log && cp DATA/safeharbor.db database && benches/log_pages.py database log

Prints how many pages of each were written, and how many different ones.
"""
import collections
import sqlite3
import struct
import sys


def owners(database):
    """The table or index of each page."""
    db = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    return {page: name + (" (overflow)" if kind == "overflow" else "")
            for name, page, kind in db.execute("SELECT name, pageno, pagetype FROM dbstat")}


def frames(log):
    """Page numbers in the log since it was begun anew, and whether a commit ends there (https://www.sqlite.org/fileformat2.html, 4.1)."""
    with open(log, "rb") as file:
        head = file.read(32)
        size, salt = struct.unpack(">I", head[8:12])[0], head[16:24]
        while len(frame := file.read(24)) == 24 and frame[8:16] == salt:
            page, end = struct.unpack(">II", frame[:8])
            file.seek(size, 1)
            yield page, end > 0


def main(database, log):
    owner, written, different, commits = owners(database), collections.Counter(), collections.defaultdict(set), 0
    for page, end in frames(log):
        name = owner.get(page, "not in the copy")
        written[name] += 1
        different[name].add(page)
        commits += end
    print(f"{sum(written.values()):,} pages in {commits:,} commits")
    for name, count in written.most_common():
        print(f"{count:9,} {len(different[name]):9,} {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
