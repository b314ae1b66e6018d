"""The command findings: query the index, which it does not change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import NO_REGISTER, Answer, answering
from scanner.risk import LEVELS, Level

if TYPE_CHECKING:
    from scanner.answers.coverage_words import Empty
    from scanner.answers.filters import Filters

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
@click.option(
    "--owner", "owners", multiple=True, help='Only this owner; "none" or "nobody": without one.'
)
@click.option("--department", "departments", multiple=True, help="Only of this department.")
@click.option(
    "--readable-by",
    "readable_by",
    type=click.Choice(["owner", "group", "everyone"]),
    multiple=True,
    help="Only what these can read.",
)
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
    from scanner.answers.naming import Naming
    from scanner.answers.telling import documents, each, told_coverage, told_places
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
            paper, naming = Paper(), Naming(answer.opened)
            if given["each"]:
                number = each(paper, lines, naming, words)
            else:
                shown = TABLE_LIMIT if limit is None else limit
                number = documents(paper, search, naming, words, shown)
            told_places(paper, naming, words)
            empty: Empty = "" if number else "matching" if filters.narrows else "all"
            told_coverage(paper, answer.coverage(filters), words, empty=empty)
    return DONE


def _filters(answer: Answer, given: dict[str, Any]) -> Filters:
    from detectors import MAYBE
    from scanner.answers.filters import Filters
    from scanner.answers.kinds import PLANNED, built_in, named
    from scanner.answers.moments import age, since
    from scanner.answers.scope import (
        departments_named,
        devices_named,
        owners_named,
        places_named,
    )

    opened = answer.opened
    rows = opened.connection.execute("SELECT DISTINCT kind FROM totals").fetchall()
    known = {
        *built_in(),
        *answer.custom,
        *PLANNED,
        *(r[0] for r in rows),
    }
    confidence = given["confidence"]
    if confidence is None:
        confidence = MAYBE if given["maybe"] else None
    level: Level = given["risk"] or "low"
    filters: Filters = _usage(
        lambda: Filters(
            kinds=tuple(dict.fromkeys(named(kind, known) for kind in given["kinds"])),
            devices=devices_named(opened, given["devices"]),
            owners=owners_named(opened, given["owners"]),
            departments=departments_named(opened, given["departments"]),
            readable_by=given["readable_by"],
            places=places_named(opened, given["places"]),
            path=given["path"],
            confidence=confidence,
            judging=opened.judging,
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
