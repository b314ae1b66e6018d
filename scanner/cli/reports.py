"""The reports that answer from the index, each one question. They change nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import NO_REGISTER, Answer, answering
from scanner.cli.devices import report_devices
from scanner.cli.month import report_month
from scanner.cli.night_report import report_night
from scanner.cli.owners import report_leavers, report_open

if TYPE_CHECKING:
    from scanner.answers.customers import Customer

REPORT_LIMIT = 20


@click.group()
def report() -> None:
    """Answer a question: overview, risk, open, leavers, copies, customers, devices, unread …"""


report.add_command(report_night)
report.add_command(report_open)
report.add_command(report_leavers)
report.add_command(report_devices)
report.add_command(report_month)


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
    from scanner.answers.naming import Naming
    from scanner.answers.telling import told_coverage, told_places
    from scanner.answers.told_reports import risk
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        folders = riskiest.folders(answer.opened, groups(answer.custom), limit)
        documents = list(riskiest.documents(answer.opened, limit))
        if as_json:
            write_json(folder.as_dict() for folder in folders)
            write_json(document.as_dict() for document in documents)
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper, naming = Paper(), Naming(answer.opened)
            risk(paper, answer.words, naming, folders, documents)
            told_places(paper, naming, answer.words)
            told_coverage(paper, answer.coverage(), answer.words, empty="" if documents else "all")
    return DONE


@report.command("copies")
@click.option("--all", "all_", is_flag=True, help="Also copies of what holds no findings.")
@click.option("--limit", type=click.IntRange(0), help="At most so many of each; 0: all. [20]")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_copies(options: dict[str, Any], all_: bool, limit: int | None, as_json: bool) -> int:
    """The same content in several places, and lists that hold nearly the same values."""
    from scanner.answers.copies import copied
    from scanner.answers.naming import Naming
    from scanner.answers.near import near_copies
    from scanner.answers.telling import told_coverage, told_places
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
            paper, naming = Paper(), Naming(answer.opened)
            exact_copies(paper, answer.words, naming, copies, number)
            told_near(paper, answer.words, naming, near, most)
            told_places(paper, naming, answer.words)
            told_coverage(paper, answer.coverage(), answer.words)
    return DONE


@report.command("customers")
@click.option("--each", is_flag=True, help="A line for each customer, not for each document.")
@click.option(
    "--numbers", is_flag=True, help="Open the customers' own numbers (wants the key; is logged)."
)
@click.option("--limit", type=click.IntRange(0), help="At most so many; 0: all. [20]")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_customers(
    options: dict[str, Any], each: bool, numbers: bool, limit: int | None, as_json: bool
) -> int:
    """Known customers without consent, opted out, or past their date, whose data still lies here.

    Wants a register: fodspor register import FILE.
    """
    from dataclasses import asdict

    from scanner.answers.customers import Concerned
    from scanner.answers.naming import Naming
    from scanner.answers.telling import told_coverage, told_places
    from scanner.answers.told_customers import customers, customers_each, customers_places, line_of
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        if not answer.opened.registered:
            raise click.UsageError(NO_REGISTER)
        found, words = Concerned(answer.opened), answer.words
        number_of = _numbers(answer) if numbers else _masked
        most = limit or None if as_json or limit is not None else REPORT_LIMIT
        coverage = answer.coverage()
        if as_json:
            write_json({"sum": asdict(one)} for one in found.sums())
            if each:
                write_json(line_of(one, number_of(one)) for one in found.customers(most))
            else:
                write_json(place.as_dict() for place in found.places(most))
            write_json([{"coverage": coverage.as_dict()}])
        else:
            paper = Paper()
            customers(paper, words, found)
            if each:
                customers_each(paper, words, found, most, number_of)
            else:
                naming = Naming(answer.opened)
                customers_places(paper, words, naming, found, most)
                told_places(paper, naming, words)
            told_coverage(paper, coverage, words)
    return DONE


def _masked(customer: Customer) -> str:
    return customer.masked


def _numbers(answer: Answer) -> Callable[[Customer], str]:
    """Return how to open a customer's number, and log that they are opened."""
    from scanner.index.store import Decisions, decisions_path

    seal = answer.seal()
    with Decisions(decisions_path(answer.opened.index.path)) as decisions:
        decisions.log("register numbers", seal.key_id)

    def opened(customer: Customer) -> str:
        if not customer.number:
            return ""
        return seal.unseal_name(customer.number).decode("utf-8", "surrogateescape")

    return opened


@report.command("outside")
@click.option("--limit", type=click.IntRange(0), help="At most so many; 0: all. [20]")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_outside(options: dict[str, Any], limit: int | None, as_json: bool) -> int:
    """Mails with CPR numbers or special categories to recipients outside the company.

    Wants the company's own domains: [mail] domains in the configuration.
    """
    from scanner.answers.naming import Naming
    from scanner.answers.outside import sent_outside
    from scanner.answers.telling import told_coverage, told_places
    from scanner.answers.told_reports import outside
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        own = answer.config.mail.domains
        if not own:
            raise click.UsageError(
                'which domains are the company\'s own? write [mail] domains = ["firma.dk"] in the'
                " configuration"
            )
        mails = sent_outside(answer.opened, own)
        if as_json:
            write_json(each.as_dict() for each in islice(mails, limit or None))
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            most = (REPORT_LIMIT if limit is None else limit) or None
            found = list(islice(mails, most))
            number = len(found) + sum(1 for _ in mails)
            paper, naming = Paper(), Naming(answer.opened)
            outside(paper, answer.words, naming, found, number)
            told_places(paper, naming, answer.words)
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
    from scanner.answers.mending import config_line
    from scanner.answers.naming import Naming
    from scanner.answers.telling import told_coverage, told_places
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
                    "config": config_line(cause.reason, cause.detail, answer.config),
                    "retry": words.retry(cause.reason),
                    "examples": [example.as_dict() for example in cause.examples],
                }
                for cause in found
            )
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper, naming = Paper(), Naming(answer.opened)
            paper.title(words.text("title unread"))
            if not found:
                paper.say(words.text("none"))
            unread(paper, words, naming, found, answer.config)
            told_places(paper, naming, words)
            told_coverage(paper, answer.coverage(), words)
    return DONE
