"""The commands of the register: import a customer export, say what is held, forget it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import index_of, seal_of, spoken
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.messages import Words
    from scanner.register.importing import Export

PROGRESS_ROWS = 100_000


@click.group()
def register() -> None:
    """Know the company's customers by fingerprint: import, show, clear."""


@register.command("import")
@click.argument("export", metavar="FILE", type=click.Path(dir_okay=False))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEAD=ROLE",
    help="What a column is: number, cpr, email, consent, withdrawn, delete-after …",
)
@click.option("--dry-run", is_flag=True, help="Read and count; keep nothing.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.pass_obj
def register_import(
    options: dict[str, Any], export: str, columns: tuple[str, ...], dry_run: bool, quiet: bool
) -> int:
    """Put a customer export (CSV) in place of the register that is held.

    Keeps keyed fingerprints of what customers are known by (CPR number, e-mail, phone …), the
    company's own customer number sealed, and what is said of consent and terms. No value. What
    lies in the index already is recognised at once; nothing is read again.
    """
    from scanner.index.store import Decisions, decisions_path
    from scanner.register.columns import ColumnsWrong
    from scanner.register.importing import Export, Given, open_export
    from scanner.register.store import Register, register_path
    from scanner.setup import Setup
    from scanner.tools import Tools

    setup = Setup.find(options["config"])
    index = index_of(options, setup.config)
    tools = Tools(setup.recipe(None, with_index=False), seal_of(setup.config, index))
    words = setup.config.own_words
    given = Given(tools.seal, tools.names, tools.detectors, words, date.today())
    said = spoken(options, setup.config)
    try:
        with open_export(Path(export)) as stream:
            read = Export(stream, given, _said(columns))
            _told_columns(read, tools.names.sealed, said)
            with _progress(quiet) as progress:
                if dry_run:
                    for _ in read.rows(progress):
                        pass
                    counts = {}
                else:
                    _claim(index, tools.seal.key_id)
                    with Register(register_path(index)) as held:
                        roles = " ".join(sorted(set(read.columns.roles) - {"ignore"}))
                        counts = held.replace(
                            read.rows(progress), tools.seal.key_id, {"columns": roles}, given.spoken
                        )
    except ColumnsWrong as error:
        raise click.UsageError(str(error)) from None
    _told_rows(read, counts, tools.names.sealed, said)
    if not dry_run:
        with Decisions(decisions_path(index)) as decisions:
            decisions.log("register import", tools.seal.key_id, f"{counts['customers']} customers")
    return DONE


def _claim(path: Path, key_id: str) -> None:
    from scanner.index.store import Index

    with Index(path) as index:
        index.claim_key(key_id)


def _said(columns: tuple[str, ...]) -> dict[str, str]:
    said = {}
    for each in columns:
        head, mark, role = each.rpartition("=")
        if not mark or not head.strip() or not role.strip():
            raise click.UsageError(f"--column wants HEAD=ROLE, not {typed(each)}")
        said[head] = role
    return said


def _told_columns(read: Export, sealed: Callable[[str], str], words: Words) -> None:
    from scanner.privacy import shown
    from scanner.register.columns import IGNORED, ROLES

    for head, role in zip(read.columns.heads, read.columns.roles, strict=True):
        if role == IGNORED:
            continue
        meant = words.text(f"role {role}") if role in ROLES else words.kind(role)
        click.echo(f"  {shown(sealed(head))}: {meant}")
    left = [
        shown(sealed(head)) or "…"
        for head, role in zip(read.columns.heads, read.columns.roles, strict=True)
        if role == IGNORED
    ]
    if left:
        click.echo(words.text("columns left out", columns=", ".join(left)))


def _told_rows(
    read: Export, counts: dict[str, int], sealed: Callable[[str], str], words: Words
) -> None:
    from scanner.privacy import shown

    told = read.told
    click.echo(words.text("rows read", rows=told.rows))
    for kind, number in told.values.items():
        click.echo(f"  {words.kind(kind)}: {words.number(number)}")
    for index, number in sorted(told.wrong.items()):
        head = shown(sealed(read.columns.heads[index]))
        click.echo(words.text("cells wrong", column=head, number=number))
    if told.unknown:
        click.echo(words.text("rows unknown", number=told.unknown))
    if counts:
        click.echo(
            words.text("register holds", customers=counts["customers"], values=counts["values"])
        )
    else:
        click.echo(words.text("register kept nothing"))


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int], None]]:
    if quiet:
        yield lambda rows: None
    elif sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("0 rows") as status:
            yield lambda rows: status.update(f"{rows:,} rows".replace(",", " "))
    else:
        yield _plain


def _plain(rows: int) -> None:
    if rows % PROGRESS_ROWS == 0:
        click.echo(f"{rows} rows", err=True)


@register.command("show")
@click.pass_obj
def register_show(options: dict[str, Any]) -> int:
    """Say what the register holds: when it was imported, how many customers, which columns."""
    from scanner.register.store import Register, register_path
    from scanner.setup import Setup

    config = Setup.find(options["config"]).config
    path = register_path(index_of(options, config))
    said = spoken(options, config)
    meta: dict[str, str] = {}
    if path.exists():
        with Register(path) as held:
            meta = held.meta()
    if not meta:
        click.echo(said.text("register empty"))
        return DONE
    click.echo(
        said.text("register imported", when=said.moment(meta["imported"]), rows=int(meta["rows"]))
    )
    click.echo(
        said.text("register holds", customers=int(meta["customers"]), values=int(meta["values"]))
    )
    from scanner.register.columns import ROLES

    named = [
        said.text(f"role {role}") if role in ROLES else said.kind(role)
        for role in meta["columns"].split()
    ]
    click.echo(said.text("register columns", columns=", ".join(named)))
    return DONE


@register.command("clear")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def register_clear(options: dict[str, Any], yes: bool) -> int:
    """Forget every customer of the register. The index stays as it is."""
    from scanner.index.store import Decisions, decisions_path
    from scanner.register.store import Register, register_path
    from scanner.setup import Setup

    config = Setup.find(options["config"]).config
    index = index_of(options, config)
    path = register_path(index)
    said = spoken(options, config)
    if path.exists():
        if not yes:
            click.confirm(said.text("register clear?"), abort=True, err=True)
        with Decisions(decisions_path(index)) as decisions:
            decisions.log("register clear", datetime.now(UTC).date().isoformat())
        with Register(path) as held:
            held.clear()
    click.echo(said.text("register empty"))
    return DONE
