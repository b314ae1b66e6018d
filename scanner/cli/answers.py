"""The commands that answer from the index: findings, person, report. They change nothing in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import NO_REGISTER, Answer, answering
from scanner.cli.reports import report
from scanner.risk import LEVELS, Level

if TYPE_CHECKING:
    from scanner.answers.coverage_words import Empty
    from scanner.answers.filters import Filters
    from scanner.answers.person import Hit, Wanted
    from scanner.privacy import Seal

__all__ = ["findings", "person", "report"]

TABLE_LIMIT = 50
STATUSES = ("read", "partial", "unread", "no_text", "placeholder", "gone")


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
@click.option("--customers", is_flag=True, help="Only values of customers that the register knows.")
@click.option("--limit", type=click.IntRange(0), help="At most so many; 0: all. [50 as a table]")
@click.option("--each", is_flag=True, help="Each finding in each place, not a line a document.")
@click.option("--json", "as_json", is_flag=True, help="A line each, as JSON; coverage last.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; coverage on stderr.")
@click.pass_obj
def findings(options: dict[str, Any], /, **given: Any) -> int:
    """Query the index: which documents hold personal data, of which kinds, how risky.

    Riskiest documents first. Values are masked. Ends with its coverage.
    """
    if given["as_json"] and given["as_csv"]:
        raise click.UsageError("--json and --csv exclude each other")
    if given["maybe"] and given["confidence"] is not None:
        raise click.UsageError("--maybe and --confidence exclude each other")
    from scanner.answers.findings import Search
    from scanner.answers.telling import documents, each, told_coverage
    from scanner.render import Paper, write_csv, write_json

    with answering(options) as answer:
        if given["customers"] and not answer.opened.registered:
            raise click.UsageError(NO_REGISTER)
        filters = _filters(answer, given)
        search, words, limit = Search(answer.opened, filters), answer.words, given["limit"]
        lines = search.lines(words)
        if limit:
            lines = islice(lines, limit)
        if given["as_json"]:
            write_json(lines)
            write_json([{"coverage": answer.coverage(filters).as_dict()}])
        elif given["as_csv"]:
            write_csv(search.columns, lines)
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
            empty: Empty = "" if number else "matching" if filters.narrows else "all"
            told_coverage(paper, answer.coverage(filters), words, empty=empty)
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
            customers=given["customers"],
        )
    )
    if filters.path is not None:
        _match_paths(answer, filters.path)
    return filters


def _match_paths(answer: Answer, glob: str) -> None:
    from scanner.answers.filters import path_matcher
    from scanner.answers.findings import add_path_filter
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
    from scanner.answers.person import check_key, gone_documents, hits, lines, names_indexed
    from scanner.answers.telling import person as told_person
    from scanner.answers.telling import told_coverage
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        words, opened = answer.words, answer.opened
        seal = answer.seal()
        check_key(opened, seal)
        values = _wanted(answer, _asked(hidden), kinds, seal)
        _log(answer, values)
        coverage = answer.coverage(kinds={value.kind for value in values})
        unindexed = any(v.kind == "PERSON" for v in values) and not names_indexed(opened)
        if as_json:
            for hit in hits(opened, values, gone=gone):
                write_json(lines(hit, words.why(hit.evidence)))
            looked = {
                "looked_for": [{"kind": v.kind, "masked": v.masked} for v in values],
                "names_indexed": names_indexed(opened),
                "gone": gone_documents(opened, values),
            }
            write_json([{"coverage": coverage.as_dict() | looked}])
            return DONE
        paper = Paper()
        listed = ", ".join(f"{words.kind(v.kind)} {v.masked}" for v in values)
        paper.say(words.text("looked for", values=listed))
        found: list[Hit] = list(hits(opened, values, gone=gone))
        told_person(paper, found, words)
        before = 0 if gone else gone_documents(opened, values)
        if before:
            paper.say(words.count("gone held it", before))
        if unindexed:
            paper.say(words.text("names are not indexed"), "yellow")
        told_coverage(paper, coverage, words, empty="" if found else "all")
        if coverage.not_fully_read or coverage.folders:
            paper.say(words.text("unread may hold it"))
        if coverage.never_scanned or not all(place.whole for place in coverage.places):
            paper.say(words.text("places may hold it"))
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
