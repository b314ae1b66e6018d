"""The index that the officers' pages are timed on: generated, with all that these pages need.

`made` writes ten million findings in one place; `furnished` gives an index what is missing, once:
places, devices, employees, readers, runs, unread, copies, verdicts, cases and a long audit.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.scale import device_index
from detectors.names.canonical import short
from scanner.answers.written import canonical_name
from scanner.demo import fake
from scanner.index.store import Decisions, Index, decisions_path
from scanner.platform import write_private
from scanner.privacy import Seal

DOCUMENTS = 1_320_000
FINDINGS = 10_000_000
PEOPLE = 300
DEPARTMENTS = 12
PLACES = 32
ON_SERVER = 12
RUNS = 30
VERDICTS = 5_000
CASES = 150
AUDIT = 200_000
LISTS = 6
LISTED = 40_000
"""Distinct CPR numbers in each of the few large lists of customers."""
MANY, FEW = 1_500, 5
"""Contents that hold the person who is found in many places, and the one found in few."""
KEY = "5a" * 32
FURNISHED = "bench-furnished"
CUSTOMER = (
    '[[detect.kind]]\nname = "CUSTOMER_NUMBER"\nregex = "K-[0-9]{6}"\nwords = ["kundenr"]\n'
    "weight = 0.6\n"
)
MAIL = '[mail]\ndomains = ["firma.example"]\n'


class Sought:
    """The values that the bench looks up: the same in each run, made up, nowhere written."""

    def __init__(self) -> None:
        chance = random.Random(7)
        self.many = fake.cpr(chance)
        self.few = fake.cpr(chance)
        self.miss = fake.cpr(chance)
        self.name = fake.name(chance)
        self.email = fake.email(chance)
        self.phone = fake.phone(chance)
        self.customer = "K-410032"


def made(folder: Path, documents: int) -> None:
    """Generate the index, its key and configuration in a folder."""
    write_private(folder / "fodspor.key", KEY + "\n")
    (folder / "fodspor.toml").write_text(
        f'[device]\nid = "{uuid.UUID(int=1)}"\nlanguage = "da"\n[index]\npath = "index.db"\n'
        '[key]\nfile = "fodspor.key"\n',
        "utf-8",
    )
    device_index(folder / "index.db", 1, documents, Seal(bytes.fromhex(KEY)), "0101900000")
    with Index(folder / "index.db") as index, index.transaction() as connection:
        (held,) = connection.execute("SELECT count(*) FROM finding").fetchone()
        connection.execute(
            "INSERT INTO finding(content, kind, fingerprint, masked, confidence, evidence, count,"
            " places, first_run) SELECT content, kind, randomblob(16), masked, confidence,"
            " evidence, count, places, first_run FROM finding LIMIT ?",
            (max(0, round(FINDINGS * documents / DOCUMENTS) - held),),
        )


def furnished(folder: Path) -> None:
    """Give an index what pages need and `made` does not write, unless it has it."""
    config = folder / "fodspor.toml"
    for table in (CUSTOMER, MAIL):
        if table not in (told := config.read_text("utf-8")):
            config.write_text(told + table, "utf-8")
    path = folder / "index.db"
    with Index(path) as index:
        if index.meta(FURNISHED):
            return
        index.connection.execute("PRAGMA synchronous=OFF")
        index.connection.execute("PRAGMA cache_size=-1000000")
        with index.transaction() as connection:
            _places(connection)
            _documents(connection)
            _contents(connection)
            _sought(connection, Seal(bytes.fromhex(KEY)))
            _totals(connection)
            index.set_meta(FURNISHED, "1")
        index.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _decided(decisions_path(path), index.connection)


def _devices() -> list[str]:
    return [
        str(uuid.UUID(int=random.Random(n).getrandbits(128), version=4))
        for n in range(PLACES - ON_SERVER + 1)
    ]


def _places(connection: sqlite3.Connection) -> None:
    """A file server with shares of departments, and laptops with one place each."""
    devices = _devices()
    today = datetime(2026, 11, 29, 2, tzinfo=UTC)
    connection.execute("DELETE FROM device")
    connection.execute("DELETE FROM place")
    connection.execute("DELETE FROM run")
    for at, each in enumerate(devices):
        connection.execute(
            "INSERT INTO device(id, label, platform, last_seen, encryption) VALUES (?,?,?,?,?)",
            (each, f"pc-{at}" if at else "fil01", "Linux", today.isoformat(), "on"),
        )
    for place in range(1, PLACES + 1):
        device = devices[max(0, place - ON_SERVER)]
        root = f"/srv/afdeling{place}" if place <= ON_SERVER else "/home"
        connection.execute(
            "INSERT INTO place(id, device, name, root, display) VALUES (?,?,?,?,?)",
            (place, device, f"place{place}", root.encode(), root),
        )
        for number in range(1, RUNS + 1):
            began = (today - timedelta(days=RUNS - number)).isoformat()
            connection.execute(
                "INSERT INTO run(id, place, number, started, ended, status, counts, coverage,"
                " versions) VALUES (?,?,?,?,?,'done','{}','{}','{}')",
                ((number - 1) * PLACES + place, place, number, began, began),
            )
            if number == RUNS:
                connection.executemany(
                    "INSERT INTO excluded(run, rule, count, bytes) VALUES (?,?,?,?)",
                    [((number - 1) * PLACES + place, f"rule{n}", 40, 4000) for n in range(6)],
                )


def _documents(connection: sqlite3.Connection) -> None:
    """Owners, readers, folders five deep, and what was not read, for many reasons."""
    connection.executescript(
        "CREATE TEMP TABLE of_place(place INTEGER PRIMARY KEY, device TEXT, display TEXT);"
        "INSERT INTO of_place SELECT id, device, display FROM place;"
    )
    connection.execute("BEGIN")  # ended by executescript
    path = (
        f"(SELECT display FROM of_place WHERE place=1+id%{PLACES})||'/team '||(id/{PLACES}%40)"
        f"||'/project '||(id/{PLACES * 40}%60)||'/year '||(2015+id%9)||'/document '||id||'.csv'"
    )
    connection.execute(
        f"UPDATE document SET place=1+id%{PLACES},"
        f" device=(SELECT device FROM of_place WHERE place=1+id%{PLACES}),"
        f" display={path}, path=CAST({path} AS BLOB), owner='person'||(id*7%{PEOPLE}),"
        " readable_by=CASE WHEN id%50=0 THEN 'everyone' WHEN id%3 THEN 'group' ELSE 'owner' END,"
        f" first_run=1+id%{PLACES}+{PLACES}*(id%{RUNS - 1}),"
        " status=CASE id%100 WHEN 0 THEN 'unread' WHEN 1 THEN 'partial' WHEN 2 THEN"
        "  CASE id%1000 WHEN 2 THEN 'placeholder' ELSE 'no_text' END ELSE 'read' END,"
        " reason=CASE WHEN id%100=0 THEN CASE id/100%6 WHEN 0 THEN 'encrypted' WHEN 1 THEN"
        "  'corrupt' WHEN 2 THEN 'locked' WHEN 3 THEN 'timeout' WHEN 4 THEN 'no_access' ELSE"
        "  'too_large' END WHEN id%100=1 THEN CASE id/100%2 WHEN 0 THEN 'encrypted' ELSE"
        "  'limit' END ELSE '' END"
    )
    connection.execute(
        "UPDATE document SET owner='few' WHERE id%30000=11"  # somebody with few documents
    )
    connection.executemany(
        "INSERT OR REPLACE INTO employee(account, name, department, left_on) VALUES (?,?,?,?)",
        [
            *(
                (
                    f"person{n}",
                    f"Person {n}",
                    f"Department {n % DEPARTMENTS}",
                    "2026-01-31" * (n % 60 == 0),
                )
                for n in range(PEOPLE)
            ),
            ("few", "Person Few", "Small department", ""),
        ],
    )
    connection.execute(
        "UPDATE occurrence SET first_run=(SELECT first_run FROM document d WHERE d.id=document)"
    )


def _contents(connection: sqlite3.Connection) -> None:
    """Kinds of Articles 9 and 10, lists of customers in several places, parts, problems, mails."""
    connection.execute("UPDATE finding SET kind='HEALTH' WHERE id%700=0")
    connection.execute("UPDATE finding SET kind='CRIMINAL_RECORD' WHERE id%9000=1")
    connection.execute(
        "INSERT INTO part(parent, name, child) SELECT t.content, 'attachment.csv', o.content"
        " FROM occurrence o JOIN occurrence t ON t.document=o.document AND t.inner='[]'"
        " WHERE o.inner<>'[]' AND t.id<>o.id"
    )
    connection.execute(
        'INSERT INTO problem(content, "where", reason, detail) SELECT o.content, \'["page 3"]\','
        " d.reason, '' FROM document d JOIN occurrence o ON o.document=d.id"
        " WHERE d.status='partial'"
    )
    connection.execute(
        "INSERT INTO letter(content, sent, sender, sender_domain, recipients, domains, identity)"
        " SELECT id, '2026-10-01T10:00:00+00:00', 'a••@firma.example', 'firma.example', 2,"
        " '[\"other.example\"]', randomblob(16) FROM content WHERE id%40=0"
    )
    connection.execute(
        "INSERT INTO moved(document, run, path) SELECT id, first_run, path FROM document"
        " WHERE id%200=7"
    )
    lists = [
        row[0]
        for row in connection.execute(
            "SELECT content FROM occurrence WHERE inner='[]' GROUP BY content"
            " HAVING count(*) BETWEEN 5 AND 9 ORDER BY content LIMIT ?",
            (LISTS,),
        )
    ]
    for content in lists:
        connection.execute(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM n WHERE n<?)"
            " INSERT INTO finding(content, kind, fingerprint, masked, confidence, evidence, count,"
            " places, first_run) SELECT ?, 'DK_CPR', randomblob(16), '0101••-••••', 0.95,"
            " 'label check', 1, json_array(json_array('Ark1', 'B'||n)), 1 FROM n",
            (LISTED, content),
        )
        connection.execute("UPDATE content SET risk=99 WHERE id=?", (content,))
        connection.execute(
            "UPDATE document SET risk=99 WHERE id IN"
            " (SELECT document FROM occurrence WHERE content=?)",
            (content,),
        )


def _sought(connection: sqlite3.Connection, seal: Seal) -> None:
    """Put the people who are looked up where they are to be found, and names into paths."""
    sought = Sought()
    canonical = canonical_name(sought.name) or sought.name
    values = (
        ("DK_CPR", sought.many, MANY, 0),
        ("DK_CPR", sought.few, FEW, 1),
        ("EMAIL_ADDRESS", sought.email, MANY // 5, 2),
        ("PHONE_NUMBER", "+45" + sought.phone, MANY // 5, 3),
        ("CUSTOMER_NUMBER", sought.customer, FEW * 10, 4),
    )
    for kind, value, number, at in values:
        connection.execute(
            "INSERT INTO finding(content, kind, fingerprint, masked, confidence, evidence, count,"
            " places, first_run) SELECT id, ?, ?, '••', 0.95, 'label check', 1,"
            " '[[\"line 1\"]]', 1 FROM content WHERE id%500=? ORDER BY id LIMIT ?",
            (kind, seal.fingerprint(kind, value), at, number),
        )
    print_ = seal.fingerprint("PERSON", canonical)
    connection.execute(
        "UPDATE finding SET name_fingerprint=randomblob(16) WHERE kind='PERSON' AND id%2=0"
    )
    connection.execute(
        "INSERT INTO finding(content, kind, fingerprint, name_fingerprint, masked, confidence,"
        " evidence, count, places, first_run) SELECT id, 'PERSON', ?, ?, 'A••••••', 0.75, 'check',"
        " 1, '[[\"line 1\"]]', 1 FROM content WHERE id%500=9 ORDER BY id LIMIT ?",
        (print_, seal.fingerprint("PERSON", short(canonical)), MANY // 5),
    )
    path = f"replace(display, 'project ', '{sought.name} ')"
    connection.execute(
        f"UPDATE document SET display={path}, path=CAST({path} AS BLOB) WHERE id%20000=77"
    )
    connection.execute(
        "INSERT INTO name_finding(document, kind, fingerprint, masked, confidence, evidence, count,"
        " places, first_run) SELECT id, 'DK_CPR', randomblob(16), '0101••-••••', 0.95, 'check', 1,"
        " '[]', 1 FROM document WHERE id%300=5"
    )


def _totals(connection: sqlite3.Connection) -> None:
    """Count as scans do, and give earlier days nearly the same numbers."""
    from scanner.index.record import count_totals
    from scanner.judging import DEFAULT

    connection.execute("DELETE FROM totals")
    last = date(2026, 11, 29)
    for place in range(1, PLACES + 1):
        count_totals(connection, place, last.isoformat(), DEFAULT)
    for back in range(1, RUNS):
        connection.execute(
            "INSERT INTO totals SELECT place, kind, ?, documents-?, distinct_values, hits"
            " FROM totals WHERE day=?",
            ((last - timedelta(days=back)).isoformat(), back, last.isoformat()),
        )


def _decided(path: Path, index: sqlite3.Connection) -> None:
    """Some thousands of verdicts of every sort, proposals, cases, and a long audit."""
    from scanner.index.decided import Said, Target, decide
    from scanner.index.verdicts import Basis

    with Decisions(path) as decisions:
        connection = decisions.connection
        connection.execute("PRAGMA synchronous=OFF")
        rows = index.execute(
            "SELECT id, device, path_key, item, display, path, readable_by FROM document"
            " WHERE gone_run IS NULL AND risk > 0 ORDER BY risk DESC, id LIMIT ?",
            (3 * VERDICTS,),
        ).fetchall()
        choice = ("belongs", "belongs", "false alarm", "move", "delete", "waits")
        kinds = {"DK_CPR": 10**6, "HEALTH": 10**6, "CRIMINAL_RECORD": 10**6}
        for at, (number, device, key, item, display, _, readers) in enumerate(rows[::3]):
            decision = choice[at % len(choice)]
            basis = Basis(kinds if at % 50 else {}, key, readers)
            target = Target(display, document=number, device=device, item=item, basis=basis)
            due = date(2026, 11, 1) + timedelta(days=at % 200)
            said = Said(
                decision,  # type: ignore[arg-type]
                "because it is so",
                date(2027, 11, 1) if decision not in ("move", "delete") else None,
                "contract" if decision == "belongs" else "",
                f"purpose {at % 40}" if decision == "belongs" else "",
                f"person{at % PEOPLE}" if at % 3 else "",
                due if decision in ("move", "delete") else None,
            )
            decide(decisions, [target], said, "anna")
        connection.execute(
            "UPDATE proposal SET answer='approved', answered=made, answered_by='bo' WHERE id%5"
        )
        for at in range(60):
            number, device, _, _, display, stored, _ = rows[at * 50]
            folder = stored[: stored.rfind(b"/", 0, stored.rfind(b"/")) + 1]
            name = display[: len(folder)]
            target = Target(name, device=device, folder=folder, basis=Basis(kinds, b"", "everyone"))
            ended = date(2027, 11, 1)
            decide(
                decisions,
                [target],
                Said("belongs", "because", ended, "contract", f"purpose {at % 40}"),
                "anna",
            )
        for at in range(10):
            glob = f"*/team {at}/**/year 201{at}/*.csv"
            target = Target(glob, glob=glob, basis=Basis(kinds, b"", "everyone"))
            decide(decisions, [target], Said("waits", "because", date(2027, 11, 1)), "anna")
        _cases(decisions, index)
        _audit(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _cases(decisions: Decisions, index: sqlite3.Connection) -> None:
    from scanner.index import cases

    prints = index.execute(
        "SELECT DISTINCT fingerprint FROM finding WHERE kind='DK_CPR' AND id BETWEEN 1000 AND 9000"
        " LIMIT ?",
        (CASES,),
    ).fetchall()
    begun = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for at, (print_,) in enumerate(prints):
        kind = cases.TYPES[at % len(cases.TYPES)]
        values = [cases.Value("DK_CPR", print_, "0101••-••••")] if kind != "breach" else []
        device = _devices()[0] if kind == "breach" else ""
        number = cases.begin(decisions, kind, "request", begun, values, "anna", device)
        found = cases.case(decisions, number)
        if at % 2 and found is not None:
            cases.add(decisions, number, "evidence", {"places": 0, "left": [], "kept": []}, "anna")
            cases.close(decisions, found, "done", "anna")


def _audit(connection: sqlite3.Connection) -> None:
    """Append lines as `Decisions.log` does, many at a time."""
    (held,) = connection.execute("SELECT count(*) FROM audit").fetchone()
    previous = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()[0]

    def lines() -> Iterator[tuple[object, ...]]:
        nonlocal previous
        for at in range(AUDIT - held):
            row = (
                f"2026-11-30T{at // 10000 % 24:02}:00:00+00:00",
                f"officer{at % 9}",
                ("person", "refused", "export", "verdict belongs")[at % 4],
                hashlib.sha256(str(at).encode()).hexdigest()[:32],
                json.dumps({"number": at}),
            )
            digest = hashlib.sha256(previous + "\x1f".join(row).encode()).digest()
            yield (*row, previous, digest)
            previous = digest

    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO audit(at, who, action, subject, detail, previous, hash)"
        " VALUES (?,?,?,?,?,?,?)",
        lines(),
    )
    connection.execute("COMMIT")
