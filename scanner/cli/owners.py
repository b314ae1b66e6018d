"""Who the owners are: the command owners, and the reports that turn on owners and readers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import answering

if TYPE_CHECKING:
    from scanner.answers.filters import Filters

REPORT_LIMIT = 20


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def owners(options: dict[str, Any], as_json: bool) -> int:
    """Read the list of employees again, and tell which owners it does not know.

    The list is [owners] file in the configuration; documents get today's names, departments and
    managers without being read.
    """
    from dataclasses import asdict

    from scanner.answers.owners import known, unknown
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_owners import told_owners
    from scanner.render import Paper, write_json

    unusable = _read_again(options)
    with answering(options) as answer:
        held, strangers = known(answer.opened), unknown(answer.opened)
        if as_json:
            write_json([asdict(held) | {"unusable_lines": unusable}])
            write_json(each.as_dict() for each in strangers)
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            told_owners(paper, answer.words, held, strangers, unusable)
            told_coverage(paper, answer.coverage(), answer.words)
    return DONE


def _read_again(options: dict[str, Any]) -> int:
    """Give the index today's list, where the configuration names one; return its unusable lines."""
    from scanner.cli.answering import index_of, seal_of
    from scanner.index.employees import settle
    from scanner.index.store import Index
    from scanner.setup import Setup
    from scanner.tools import Tools

    setup = Setup.find(options["config"]).with_employees()
    path = index_of(options, setup.config)
    if len(setup.employees) and path.exists():
        with Index(path) as index:
            tools = Tools(setup.recipe(None), seal_of(setup.config, path))
            index.claim_key(tools.seal.key_id)
            settle(index, setup.employees, tools.names.masked)
    return setup.employees.unusable


@click.command("open")
@click.option("--kind", "kinds", multiple=True, help="These kinds instead of CPR numbers.")
@click.option("--limit", type=click.IntRange(0), help="At most so many; 0: all. [20]")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_open(
    options: dict[str, Any], kinds: tuple[str, ...], limit: int | None, as_json: bool
) -> int:
    """CPR numbers that everyone can read who may log in, riskiest document first."""
    from scanner.answers.filters import Filters
    from scanner.answers.findings import Search
    from scanner.answers.kinds import built_in, named
    from scanner.answers.naming import Naming
    from scanner.answers.opened_to_all import not_known
    from scanner.answers.telling import documents, told_coverage, told_places
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        opened, words = answer.opened, answer.words
        try:
            asked = tuple(named(kind, {*built_in(), *answer.custom}) for kind in kinds)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        filters: Filters = Filters(
            kinds=asked or ("DK_CPR",), readable_by=("everyone",), judging=opened.judging
        )
        search = Search(opened, filters)
        unknown = not_known(opened, filters)
        if as_json:
            write_json(islice(search.lines(words), limit or None))
            coverage = answer.coverage(filters).as_dict() | {"readers_not_known": unknown}
            write_json([{"coverage": coverage}])
        else:
            paper, naming = Paper(), Naming(opened)
            told = ", ".join(words.kind(kind) for kind in filters.kinds)
            paper.title(words.text("title open", kinds=told))
            most = REPORT_LIMIT if limit is None else limit
            if not documents(paper, search, naming, words, most):
                paper.say(words.text("none"))
            if unknown:
                paper.say(words.count("readers not known", unknown))
            told_places(paper, naming, words)
            told_coverage(paper, answer.coverage(filters), words)
    return DONE


@click.command("leavers")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_leavers(options: dict[str, Any], as_json: bool) -> int:
    """What those who have left still hold in their folders and mailboxes.

    Wants a list of employees: [owners] file in the configuration.
    """
    from scanner.answers.leavers import leavers
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_owners import told_leavers
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        if not answer.opened.connection.execute("SELECT 1 FROM employee LIMIT 1").fetchone():
            raise click.UsageError(
                'who is employed here? write [owners] file = "owners.csv" in the configuration,'
                " and run 'fodspor owners'"
            )
        found = leavers(answer.opened)
        if as_json:
            write_json(each.as_dict() for each in found)
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            told_leavers(paper, answer.words, list(found))
            told_coverage(paper, answer.coverage(), answer.words)
    return DONE
