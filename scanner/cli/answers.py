"""The commands that answer from the index: findings, person, report. They change nothing in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.risk import LEVELS, Level

if TYPE_CHECKING:
    from scanner.answers.coverage import Configured, Coverage
    from scanner.answers.filters import Filters
    from scanner.answers.opened import Opened
    from scanner.answers.person import Hit, Wanted
    from scanner.config import Config
    from scanner.messages import Words
    from scanner.privacy import Seal

TABLE_LIMIT = 50
REPORT_LIMIT = 20
STATUSES = ("read", "partial", "unread", "no_text", "placeholder", "gone")


class Answer:
    """What every answering command has at hand: config, index, words, and the coverage."""

    def __init__(self, config: Config, opened: Opened, language: str) -> None:
        from scanner.messages import words

        self.config = config
        self.opened = opened
        self.words: Words = words(language)

    def configured(self) -> Configured:
        """Return what the configuration says of coverage."""
        from scanner.answers.coverage import Configured
        from scanner.answers.kinds import built_in, not_looked_for

        looked_for = {*(self.config.detect.kinds or built_in()), *self.custom}
        names = tuple(place.name for place in self.config.place)
        return Configured(names, looked_for, not_looked_for(looked_for))

    @property
    def custom(self) -> dict[str, str]:
        """The config's own kinds, each with the law's group."""
        return {kind.name: kind.level for kind in self.config.detect.kind}

    def coverage(self, filters: Filters | None = None) -> Coverage:
        """Count the coverage of the places that an answer is about."""
        from scanner.answers.coverage import coverage_of

        if filters is None:
            return coverage_of(self.opened, self.configured())
        return coverage_of(
            self.opened, self.configured(), places=filters.places, devices=filters.devices
        )

    def seal(self) -> Seal:
        """Fetch the company key. Raises SecretError."""
        from scanner.privacy import Seal
        from scanner.tools import company_key

        return Seal(company_key(self.config.key_source))


@contextmanager
def answering(options: dict[str, Any]) -> Iterator[Answer]:
    """Open the configured index for one answer. Raises ConfigError, IndexTrouble."""
    from scanner.answers.opened import opened
    from scanner.config import find_config, load_config

    config = load_config(find_config(options["config"]))
    with opened(config.index_path) as held:
        yield Answer(config, held, options["language"])


def _usage(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.option("--kind", "kinds", multiple=True, help="Only this kind, such as DK_CPR or cpr.")
@click.option("--device", "devices", multiple=True, help="Only this device, by label or id.")
@click.option("--owner", "owners", multiple=True, help='Only this owner; "none": without one.')
@click.option("--place", "places", multiple=True, help="Only this place, by name.")
@click.option("--path", "path", metavar="GLOB", help='Only such paths: "*.xlsx", "salg/**".')
@click.option("--confidence", type=click.FloatRange(0, 1), help="At least this sure, 0-1. [0.60]")
@click.option("--maybe", is_flag=True, help="From 0.40 on: what is possible too.")
@click.option("--risk", type=click.Choice(LEVELS), help="Documents of at least this risk.")
@click.option(
    "--status", "statuses", type=click.Choice(STATUSES), multiple=True, help="Of this status."
)
@click.option("--age", metavar="SPAN", help='Modified longer ago: "2y" or ">2y"; since: "<30d".')
@click.option(
    "--since", metavar="WHEN", help='First seen since a date or span: "2026-11-01", "7d".'
)
@click.option("--limit", type=click.IntRange(0), help="At most so many; 0: all. [50 as a table]")
@click.option("--each", is_flag=True, help="Each finding in each place, not a line a document.")
@click.option("--json", "as_json", is_flag=True, help="A line each, as JSON; coverage last.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; coverage on stderr.")
@click.pass_obj
def findings(options: dict[str, Any], **given: Any) -> int:
    """Query the index: which documents hold personal data, of which kinds, how risky.

    Riskiest documents first. Values are masked. Ends with its coverage.
    """
    if given["as_json"] and given["as_csv"]:
        raise click.UsageError("--json and --csv exclude each other")
    if given["maybe"] and given["confidence"] is not None:
        raise click.UsageError("--maybe and --confidence exclude each other")
    from scanner.answers.findings import COLUMNS, Search
    from scanner.answers.telling import documents, each, told_coverage
    from scanner.render import Paper, write_csv, write_json

    with answering(options) as answer:
        filters = _filters(answer, given)
        search, words, limit = Search(answer.opened, filters), answer.words, given["limit"]
        lines = search.lines(words)
        if limit:
            lines = islice(lines, limit)
        if given["as_json"]:
            write_json(lines)
            write_json([{"coverage": answer.coverage(filters).as_dict()}])
        elif given["as_csv"]:
            write_csv(COLUMNS, lines)
            sys.stdout.flush()
            paper = Paper(sys.stderr, terminal=False)
            told_coverage(paper, answer.coverage(filters), words)
        else:
            paper = Paper()
            if given["each"]:
                number = each(paper, lines, words)
            else:
                shown = TABLE_LIMIT if limit is None else limit
                number = documents(paper, search, words, shown)
            told_coverage(paper, answer.coverage(filters), words, nothing=not number)
    return DONE


def _filters(answer: Answer, given: dict[str, Any]) -> Filters:
    from detectors import FINDING, MAYBE
    from scanner.answers.filters import Filters
    from scanner.answers.kinds import built_in, named
    from scanner.answers.moments import age, since
    from scanner.answers.scope import devices_named, places_named

    opened = answer.opened
    rows = opened.connection.execute("SELECT DISTINCT kind FROM totals").fetchall()
    known = {
        *built_in(),
        *answer.custom,
        *answer.configured().not_looked_for,
        *(r[0] for r in rows),
    }
    confidence = given["confidence"]
    if confidence is None:
        confidence = MAYBE if given["maybe"] else FINDING
    level: Level = given["risk"] or "low"
    filters: Filters = _usage(
        lambda: Filters(
            kinds=tuple(dict.fromkeys(named(kind, known) for kind in given["kinds"])),
            devices=devices_named(opened, given["devices"]),
            owners=given["owners"],
            places=places_named(opened, given["places"]),
            path=given["path"],
            confidence=confidence,
            risk=level,
            statuses=given["statuses"],
            age=age(given["age"], opened.moment) if given["age"] else None,
            since=since(given["since"], opened.moment) if given["since"] else None,
        )
    )
    if filters.path is not None:
        _match_paths(answer, filters.path)
    return filters


def _match_paths(answer: Answer, glob: str) -> None:
    from scanner.answers.findings import add_path_filter
    from scanner.answers.filters import path_matcher
    from scanner.answers.scope import path_opener

    opener = path_opener(answer.opened, answer.seal)
    matcher = _usage(lambda: path_matcher(glob, opener))
    add_path_filter(answer.opened.connection, matcher)


@click.command()
@click.option("--kind", "kinds", multiple=True, help="What the value is, such as DK_CPR or cpr.")
@click.option("--hidden", is_flag=True, help="Do not show what is typed.")
@click.option("--gone", is_flag=True, help="Also places that held it and are gone.")
@click.option("--json", "as_json", is_flag=True, help="A line each place, as JSON; coverage last.")
@click.pass_obj
def person(
    options: dict[str, Any], kinds: tuple[str, ...], hidden: bool, gone: bool, as_json: bool
) -> int:
    """Show every place that holds one person's data: CPR number, e-mail, phone, name …

    Asks for the value, or reads values from stdin, one a line. They are never an argument, and
    never stored: the look-up is logged by fingerprint.
    """
    from scanner.answers.person import check_key, hits, lines, names_indexed
    from scanner.answers.telling import person as told_person
    from scanner.answers.telling import told_coverage
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        words, opened = answer.words, answer.opened
        seal = answer.seal()
        check_key(opened, seal)
        values = _wanted(answer, _asked(hidden), kinds, seal)
        _log(answer, values)
        coverage = answer.coverage()
        unindexed = any(v.kind == "PERSON" for v in values) and not names_indexed(opened)
        if as_json:
            number = 0
            for hit in hits(opened, values, gone=gone):
                number += 1
                write_json(lines(hit, words.why(hit.evidence)))
            looked = {
                "looked_for": [{"kind": v.kind, "masked": v.masked} for v in values],
                "names_indexed": names_indexed(opened),
            }
            write_json([{"coverage": coverage.as_dict() | looked}])
            return DONE
        paper = Paper()
        listed = ", ".join(f"{words.kind(v.kind)} {v.masked}" for v in values)
        paper.say(words.text("looked for", values=listed))
        found: list[Hit] = list(hits(opened, values, gone=gone))
        told_person(paper, found, words)
        if unindexed:
            paper.say(words.text("names are not indexed"), "yellow")
        told_coverage(paper, coverage, words, nothing=not found)
        if coverage.not_fully_read or coverage.folders:
            paper.say(words.text("unread may hold it"))
    return DONE


def _asked(hidden: bool) -> list[str]:
    from scanner.answers.written import values_of

    if not sys.stdin.isatty():
        values: list[str] = _usage(lambda: values_of(sys.stdin.read(1_000_000)))
    else:
        text = click.prompt("CPR, e-mail, phone, name …", hide_input=hidden, err=True)
        if not hidden and sys.stderr.isatty():
            click.echo("\x1b[1A\x1b[2K", nl=False, err=True)  # no value stays on the screen
        values = _usage(lambda: values_of(text))
    if not values:
        raise click.UsageError("no value given; type one, or pipe them in, one a line")
    return values


def _wanted(answer: Answer, written: list[str], kinds: tuple[str, ...], seal: Seal) -> list[Wanted]:
    from scanner.answers.kinds import PLANNED, built_in, named
    from scanner.answers.person import wanted
    from scanner.answers.written import candidates
    from scanner.setup import Setup
    from scanner.tools import all_detectors

    known = {*built_in(), *answer.custom, *PLANNED}
    asked = _usage(lambda: {named(kind, known) for kind in kinds})
    detectors = all_detectors(Setup(answer.config, None).recipe(None, with_index=False))
    words = {kind.name: kind.words for kind in answer.config.detect.kind}
    found: list[Wanted] = []
    for number, value in enumerate(written, 1):
        read = candidates(value, detectors, words, asked)
        if not read:
            what = " or ".join(sorted(asked)) if asked else "value of any kind known here"
            raise click.UsageError(
                f"value {number} is no {what}; check it, or say what it is with --kind"
            )
        found += wanted(read, seal)
    return list({value.fingerprint: value for value in found}.values())


def _log(answer: Answer, values: list[Wanted]) -> None:
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(answer.opened.index.path)) as decisions:
        for value in values:
            decisions.log("person", value.fingerprint.hex(), value.kind)


@click.group()
def report() -> None:
    """Answer a question: overview, risk, copies, unread."""


@report.command("overview")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_overview(options: dict[str, Any], as_json: bool) -> int:
    """Documents, kinds, places, owners, and what the last run changed."""
    from dataclasses import asdict

    from scanner.answers import overview as held
    from scanner.answers.kinds import groups
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_reports import overview
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        opened = answer.opened
        statuses = held.statuses(opened)
        kinds = held.kinds(opened, groups(answer.custom))
        places, owners = held.by_place(opened), held.by_owner(opened)
        changes = held.changes(opened)
        if as_json:
            write_json([{"documents": statuses}])
            write_json(asdict(each) for each in kinds)
            write_json({"place": g.name, **_without_name(asdict(g))} for g in places)
            write_json({"owner": g.name, **_without_name(asdict(g))} for g in owners)
            write_json({"change": asdict(each)} for each in changes)
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            overview(paper, answer.words, statuses, kinds, places, owners, changes)
            told_coverage(paper, answer.coverage(), answer.words)
    return DONE


def _without_name(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "name" and value is not None}


@report.command("risk")
@click.option("--limit", type=click.IntRange(1, 1000), default=REPORT_LIMIT, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_risk(options: dict[str, Any], limit: int, as_json: bool) -> int:
    """The folders and documents that would be worst to lose. Places, never people."""
    from scanner.answers import riskiest
    from scanner.answers.kinds import groups
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_reports import risk
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        folders = riskiest.folders(answer.opened, groups(answer.custom), limit)
        documents = list(riskiest.documents(answer.opened, limit))
        if as_json:
            write_json(each.as_dict() for each in (*folders, *documents))
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            risk(paper, answer.words, folders, documents)
            told_coverage(paper, answer.coverage(), answer.words, nothing=not documents)
    return DONE


@report.command("copies")
@click.option("--all", "all_", is_flag=True, help="Also copies of what holds no findings.")
@click.option("--limit", type=click.IntRange(0), help="At most so many of each; 0: all. [20]")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_copies(options: dict[str, Any], all_: bool, limit: int | None, as_json: bool) -> int:
    """The same content in several places, and lists that hold nearly the same values."""
    from scanner.answers.copies import copied
    from scanner.answers.near import near_copies
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_reports import exact_copies
    from scanner.answers.told_reports import near_copies as told_near
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        near = near_copies(answer.opened)
        if as_json:
            most = limit or None
            write_json(each.as_dict() for each in islice(copied(answer.opened, all_=all_), most))
            write_json(each.as_dict() for each in near.clusters[:most])
            coverage = answer.coverage().as_dict() | {"near_copies_cut": near.cut}
            write_json([{"coverage": coverage}])
        else:
            most = (REPORT_LIMIT if limit is None else limit) or None
            copies, number = [], 0
            for each in copied(answer.opened, all_=all_):
                number += 1
                if most is None or number <= most:
                    copies.append(each)
            paper = Paper()
            exact_copies(paper, answer.words, copies, number)
            clusters = near.clusters[:most]
            told_near(paper, answer.words, clusters, len(near.clusters), cut=near.cut)
            told_coverage(paper, answer.coverage(), answer.words)
    return DONE


@report.command("unread")
@click.option(
    "--examples",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="For each reason.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_unread(options: dict[str, Any], examples: int, as_json: bool) -> int:
    """What could not be read: why, how much, what to do, when it is tried again."""
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_reports import unread
    from scanner.answers.unread import causes
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        words = answer.words
        found = causes(answer.opened, examples=examples)
        if as_json:
            write_json(
                {
                    "reason": cause.reason,
                    "detail": cause.detail,
                    "unread": cause.unread,
                    "partial": cause.partial,
                    "bytes": cause.bytes,
                    "what": words.reason(cause.reason, cause.detail),
                    "advice": words.advice(cause.reason),
                    "retry": words.retry(cause.reason),
                    "examples": [example.as_dict() for example in cause.examples],
                }
                for cause in found
            )
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            paper.title(words.text("title unread"))
            if not found:
                paper.say(words.text("none"))
            unread(paper, words, found)
            told_coverage(paper, answer.coverage(), words)
    return DONE
