"""The command belongs: say that a file belongs where it lies, with the reason. Reads no file."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE

if TYPE_CHECKING:
    from scanner.index.verdicts import Basis
    from scanner.setup import Setup


REASON_SIGNS = 10_000
"""Read from stdin at most; what is kept of it is shorter (scanner.index.verdicts)."""


@click.command()
@click.argument("path")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which it holds; else as [alert] verdict_days says.",
)
@click.option("--undo", is_flag=True, help="Take it back: the file is told of again.")
@click.pass_obj
def belongs(options: dict[str, Any], path: str, until: datetime | None, undo: bool) -> int:
    """Say that a file belongs where it lies. Asks why, or reads the reason from stdin.

    It is not told of again until then, unless it grows by a fifth, gains a kind of data, moves, or
    more people can read it. The reason is kept, and those responsible can read it.
    """
    from scanner.cli.answering import spoken
    from scanner.index.store import Decisions, decisions_path
    from scanner.index.verdicts import keep
    from scanner.index.verdicts import undo as take_back
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    document, name, basis = _found(setup, path)
    with Decisions(decisions_path(setup.config.index_path)) as decisions:
        if undo:
            ended = take_back(decisions, document)
            if ended:
                decisions.log("verdict undone", f"document {document}")
            click.echo(words.text("alert undone" if ended else "alert not undone"))
            return DONE
        last = until.date() if until else _today() + timedelta(setup.config.alert.verdict_days)
        if last < _today():
            raise click.UsageError("--until is over already; name a day to come")
        reason = _reason(words.text("alert ask", name=name))
        told = keep(decisions, document, reason, last, basis)
    _tell_officers(setup, document, name, told, last)
    click.echo(words.text("alert kept", until=words.date(last.isoformat())))
    return DONE


def _today() -> date:
    return datetime.now(UTC).date()


def _found(setup: Setup, given: str) -> tuple[int, str, Basis]:
    """Return the document at a path: its number, its name fit for eyes, what it is like."""
    from connectors.spelling import real
    from scanner.alert.neutral import PATH_SIGNS, neutral
    from scanner.company_key import company_seal
    from scanner.index.store import Index
    from scanner.index.verdicts import basis_of
    from scanner.names import display
    from scanner.places import innermost
    from scanner.typed import typed

    device = setup.device()
    plain = os.fsencode(os.path.abspath(given))
    true = real(plain)
    root = innermost(setup.roots(), true)
    paths = dict.fromkeys((plain, true, *((root.spelled(true),) if root else ())))
    seal = company_seal(setup.config.key_source)
    with Index(setup.config.index_path, readonly=True) as index:
        for path in paths:
            row = index.connection.execute(
                "SELECT id, path FROM document WHERE device=? AND path_key=? AND item=''"
                " AND gone_run IS NULL",
                (device, seal.path_key(path)),
            ).fetchone()
            if row is None:
                continue
            basis = basis_of(index.connection, row[0], setup.config.judging)
            if basis is not None:
                return row[0], neutral(display(row[1]), PATH_SIGNS), basis
    raise click.UsageError(
        f"{typed(given)} is not in the index; name a file, and run 'fodspor scan' on it first"
    )


def _reason(question: str) -> str:
    """Ask for the reason, or read it from stdin: it may name somebody, and is no argument."""
    asked = sys.stdin.isatty()
    reason = str(click.prompt(question, err=True)) if asked else sys.stdin.read(REASON_SIGNS)
    if not reason.strip():
        raise click.UsageError("no reason given; write why it belongs here")
    return reason


def _tell_officers(setup: Setup, document: int, name: str, reason: str, until: date) -> None:
    """Leave the answer for the channels to officers; watching sends it."""
    import logging

    from scanner.alert.events import verdict_event
    from scanner.alert.opening import carriers_of
    from scanner.alert.post import Post
    from scanner.alert.state import State, StateTrouble, state_path
    from scanner.messages import words

    config = setup.config
    carriers = carriers_of(config, words(config.device.language))
    if not carriers:
        return
    at = datetime.now(UTC)
    event = verdict_event(config.device.id, document, name, reason, until.isoformat(), at)
    state = State(state_path(config.index_path), at)
    try:
        Post(state, carriers, logging.getLogger("fodspor")).put([event], at)
    except StateTrouble as error:
        click.echo(f"those responsible are not told: {error}", err=True)
    finally:
        state.close()
