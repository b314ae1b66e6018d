"""The commands that look after the installation: ignore, index, doctor."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, FAILED
from scanner.cli.forget import forget
from scanner.cli.judging import judge
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.messages import Words


@click.group()
def ignore() -> None:
    """Keep values that are never to be reported, as fingerprints."""


@ignore.command("add")
@click.option("--kind", required=True, help="The kind, such as DK_CPR, cpr or e-mail.")
@click.option("--reason", default="", help="Why; kept with the entry.")
@click.pass_obj
def ignore_add(options: dict[str, Any], kind: str, reason: str) -> int:
    """Add values, one a line: prompted for on a terminal, else read from stdin."""
    from scanner.answers.kinds import PLANNED, built_in, named
    from scanner.answers.pasted import Reader
    from scanner.privacy import mask

    with _decisions(options) as (decisions, tools):
        words = {own.name: own.words for own in tools.recipe.custom}
        words |= {kind: each.words for kind, each in tools.own.items()}
        try:
            kind = named(kind, {*built_in(), *PLANNED, *words})
        except ValueError as error:
            raise click.UsageError(f"--kind: {error}") from None
        values = _values()
        if not values:
            raise click.UsageError("no value given; type one a line, or pipe them in")
        reader = Reader(tools.detectors, words, {kind})
        found = [reader.understand(value) for value in values]
        if not all(found):
            raise click.UsageError(f"a value given is no {kind}; nothing was added")
        held = {row[0] for row in decisions.ignored()}
        canonicals = dict.fromkeys(c.value for each in found if each for c in each.candidates)
        again = 0
        for canonical in canonicals:
            fingerprint = tools.seal.fingerprint(kind, canonical)
            again += fingerprint in held
            decisions.log("ignore add", fingerprint.hex(), kind)
            decisions.ignore(fingerprint, kind, mask(kind, canonical), reason)
        told = _words(options)
        click.echo(told.count("ignore added", len(canonicals) - again))
        if again:
            click.echo(told.count("ignore again", again))
    return DONE


@ignore.command("remove")
@click.argument("fingerprint")
@click.pass_obj
def ignore_remove(options: dict[str, Any], fingerprint: str) -> int:
    """Report a value again, by its fingerprint as `ignore list` shows it."""
    with _decisions(options) as (decisions, _):
        held = [row[0] for row in decisions.ignored() if row[0].hex().startswith(fingerprint)]
        if len(held) != 1:
            raise click.UsageError(
                f"{len(held)} entries begin with {fingerprint}; name exactly one"
            )
        decisions.log("ignore remove", held[0].hex())
        decisions.unignore(held[0])
        click.echo("removed")
    return DONE


@ignore.command("list")
@click.pass_obj
def ignore_list(options: dict[str, Any]) -> int:
    """List what is ignored: fingerprints and masks."""
    with _decisions(options) as (decisions, _):
        for fingerprint, kind, masked, reason, added in decisions.ignored():
            click.echo(f"{fingerprint.hex()[:12]}  {kind}  {masked}  {added}  {reason}")
    return DONE


def _values() -> list[str]:
    if sys.stdin.isatty():
        value = click.prompt("Value", hide_input=True, err=True)
        return [value.strip()] if value.strip() else []
    return [line.strip() for line in sys.stdin if line.strip()]


class _decisions:  # noqa: N801 - a context manager used like a function
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def __enter__(self) -> tuple[Any, Any]:
        from scanner.cli.answering import index_of, seal_of
        from scanner.index.store import Decisions, Index, decisions_path
        from scanner.setup import Setup
        from scanner.tools import Tools

        setup = Setup.find(self._options["config"])
        path = index_of(self._options, setup.config)
        tools = Tools(setup.recipe(None, with_index=False), seal_of(setup.config, path))
        if path.exists():
            with Index(path) as index:
                index.claim_key(tools.seal.key_id)
        self._open = Decisions(decisions_path(path))
        return self._open, tools

    def __exit__(self, *_: object) -> None:
        self._open.connection.close()


@click.group()
def index() -> None:
    """Check, judge anew, compact or export the index, or forget a place."""


index.add_command(forget)
index.add_command(judge)


@index.command("check")
@click.pass_obj
def index_check(options: dict[str, Any]) -> int:
    """Check the index and the audit chain. Exit code 1 when something is wrong."""
    from scanner.cli.answering import index_of
    from scanner.index.store import Decisions, Index, decisions_path
    from scanner.setup import Setup

    path = index_of(options, Setup.find(options["config"]).config)
    with Index(path, readonly=True) as opened:
        wrong = opened.check()
    with Decisions(decisions_path(path)) as decisions:
        broken = decisions.verify()
    if broken is not None:
        wrong.append(f"the audit chain is broken from row {broken} on")
    for line in wrong:
        click.echo(line)
    click.echo("the index is sound" if not wrong else "see docs/operations.md, A damaged index")
    return FAILED if wrong else DONE


@index.command("compact")
@click.pass_obj
def index_compact(options: dict[str, Any]) -> int:
    """End history past its term, and give the space back."""
    from scanner.cli.answering import index_of
    from scanner.index.store import Index
    from scanner.setup import Setup

    config = Setup.find(options["config"]).config
    path = index_of(options, config)
    before = path.stat().st_size if path.exists() else 0
    with Index(path) as opened:
        gone = opened.compact(config.index.keep_history_days, datetime.now(UTC))
    after = path.stat().st_size
    click.echo(", ".join(f"{count} {table}" for table, count in gone.items()) + " rows deleted")
    _shorten_log(config, path)
    click.echo(f"{before} → {after} bytes")
    return DONE


def _shorten_log(config: Config, path: Path) -> None:
    """Delete the lines of the log whose term is over, as two persons agreed or by default."""
    from scanner.index.store import Decisions, decisions_path
    from scanner.rekey import ROTATED
    from scanner.rotating import BEGUN, TAKEN
    from scanner.two_persons import log_days

    if not decisions_path(path).exists():
        return
    days = log_days(config, path)
    asked = config.index.keep_log_days
    if days > asked:
        click.echo(f"the log is kept {days} days, not {asked}: two accounts have to agree first")
    before = datetime.now(UTC) - timedelta(days=days)
    with Decisions(decisions_path(path)) as decisions:
        again = (BEGUN, TAKEN, ROTATED)
        count = decisions.shorten(before.isoformat(timespec="seconds"), again)
    if count:
        click.echo(f"{count} lines of the log deleted")


@index.command("export")
@click.argument("target", type=click.Path(dir_okay=False))
@click.pass_obj
def index_export(options: dict[str, Any], target: str) -> int:
    """Write a whole copy of the index, fit to be handed over; scans may go on meanwhile."""
    import sqlite3

    from scanner.cli.answering import index_of
    from scanner.index.store import Index, IndexTrouble, explain
    from scanner.platform import make_private_file
    from scanner.setup import Setup

    path = Path(target)
    if path.exists():
        raise IndexTrouble(f"{typed(target)} exists already; name another file")
    config = Setup.find(options["config"]).config
    with Index(index_of(options, config), readonly=True) as opened:
        try:
            make_private_file(path)
            copy = sqlite3.connect(path)
            opened.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.close()
        except (sqlite3.Error, OSError) as error:
            path.unlink(missing_ok=True)
            raise explain(error, path) from None
    click.echo(f"{path}: {path.stat().st_size} bytes, sealed under the same key")
    return DONE


def _words(options: dict[str, Any]) -> Words:
    """Return the words for a command that must speak whatever the configuration is worth."""
    from scanner.cli.answering import spoken
    from scanner.config import Config, ConfigError, find_config, load_config

    try:
        return spoken(options, load_config(find_config(options["config"])))
    except ConfigError:
        return spoken(options, Config())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def doctor(options: dict[str, Any], as_json: bool) -> int:
    """Show what is installed, what is missing, and what that costs. Exit code 1 on a fault."""
    from scanner.doctor import checks

    words = _words(options)
    failed = False
    for check in checks(options["config"], words):
        failed = failed or check.state == "fault"
        if as_json:
            click.echo(json.dumps({"check": check.name, "state": check.state, "text": check.text}))
        else:
            width = shutil.get_terminal_size().columns
            state = words.text(f"doctor state {check.state}")
            line = f"{state:8} {check.name:17} {check.text}"
            click.echo(line if not sys.stdout.isatty() else line[: max(width, 40)])
    return FAILED if failed else DONE
