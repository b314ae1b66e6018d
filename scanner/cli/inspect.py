"""The command inspect: show what is in one file or folder, values included. Stores nothing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, UNREAD
from scanner.cli.answering import spoken

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.inspect import Seen, Told, Unseen
    from scanner.messages import Words


@click.command()
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="A line for each value, as JSON.")
@click.option("--maybe", is_flag=True, help="Show matches from 0.40 on, not only from 0.60.")
@click.pass_obj
def inspect(options: dict[str, Any], path: str, as_json: bool, maybe: bool) -> int:
    """Show what is in one file or folder, values and reasons included; store nothing.

    Exit code 0: all read. 3: something could not be read.
    """
    from connectors.addresses import is_address
    from scanner import platform
    from scanner.log import silence_others
    from scanner.setup import Setup, state_folder
    from scanner.tools import Tools

    if is_address(path):
        raise click.UsageError("what lies on a server is scanned, not inspected; name a file")
    if not os.path.lexists(path):
        raise click.UsageError("there is no such file or folder; check the path")
    setup = Setup.find(options["config"])
    setup.device()
    words = spoken(options, setup.config)
    silence_others()
    with platform.private_temp(state_folder()) as folder:
        tools = Tools(setup.recipe(str(folder), with_index=False, place=""))
        _audit(setup, tools, path)
        met = _Met()
        for target in setup.targets((path,)):
            recipe = replace(setup.recipe_of(target, str(folder)), index=None)
            tools = tools if recipe == tools.recipe else Tools(recipe)
            for event in target.connector.walk():
                _document(event, tools, setup.config, words, met, as_json=as_json, maybe=maybe)
    if not as_json:
        facts = [
            words.count("inspect looked at", met.documents),
            words.count("inspect values", met.values),
            words.count("inspect problems", met.problems),
            words.count("inspect excluded", met.excluded),
        ]
        if not met.values:
            click.echo(words.text("inspect nothing"))
        click.echo(", ".join(facts) + ".", err=True)
    return UNREAD if met.problems else DONE


@dataclass(slots=True)
class _Met:
    """What was met so far; `values` counts each place that a value is shown in."""

    documents: int = 0
    values: int = 0
    problems: int = 0
    excluded: int = 0


def _audit(setup: Any, tools: Any, path: str) -> None:
    from scanner.index.store import Decisions, decisions_path
    from scanner.names import display

    where = decisions_path(setup.config.index_path)
    with Decisions(where) as decisions:
        decisions.log("inspect", display(tools.names.path(os.fsencode(os.path.abspath(path)))))


def _document(
    event: Any,
    tools: Any,
    config: Config,
    words: Words,
    met: _Met,
    *,
    as_json: bool,
    maybe: bool,
) -> None:
    from connectors import Excluded, Unreadable
    from scanner.inspect import Seen, Unseen, inspect
    from scanner.model import Problem
    from scanner.privacy import shown

    if isinstance(event, Excluded):
        met.excluded += event.count
        return
    met.documents += 1
    path = os.fsdecode(event.path)
    seen: Iterator[Told]
    if isinstance(event, Unreadable):
        seen = iter([Unseen(Problem((), event.reason), ())])
    else:
        seen = inspect(event, tools, maybe=maybe)
    is_named = False
    for each in seen:
        if isinstance(each, Excluded):
            met.excluded += each.count
            continue
        if isinstance(each, Seen):
            met.values += 1
        else:
            met.problems += 1
        if as_json:
            sys.stdout.write(json.dumps(_line(each, path, words), ensure_ascii=True) + "\n")
            continue
        if not is_named:
            is_named = True
            click.echo(shown(path))
        for text in _told(each, config, words):
            click.echo(f"  {shown(text)}")


def _line(each: Seen | Unseen, path: str, words: Words) -> dict[str, Any]:
    """Return a line of JSON as CONTRACTS says it."""
    from scanner.inspect import Seen

    inner_path = " › ".join(each.inner)
    message = {"message": each.message} if each.message else {}
    if isinstance(each, Seen):
        return {
            "kind": each.kind,
            "value": each.value,
            "confidence": each.confidence,
            "evidence": list(each.evidence),
            "why": words.why(each.evidence),
            "path": path,
            **message,
            "inner_path": inner_path,
            "where": list(each.where),
        }
    problem = each.problem
    return {
        "problem": f"{problem.reason}:{problem.detail}" if problem.detail else problem.reason,
        "path": path,
        **message,
        "inner_path": inner_path,
        "where": list(problem.where),
    }


def _told(each: Seen | Unseen, config: Config, words: Words) -> Iterator[str]:
    """Yield the lines in words: a value with its reasons, or a problem with what to do."""
    from scanner.answers.mending import config_line
    from scanner.inspect import Seen

    if isinstance(each, Seen):
        where = ", ".join([*_message(each), *each.inner, words.where(each.where)])
        sure = f"{words.certainty(each.confidence)} {words.decimal(each.confidence, 2)}"
        why = words.why(each.evidence)
        yield f"{words.kind(each.kind):18} {each.value:28} {sure:15} {where}  ({why})"
        return
    problem = each.problem
    reason = words.reason(problem.reason, problem.detail)
    where = ", ".join(
        [*_message(each), *each.inner, *([words.where(problem.where)] if problem.where else [])]
    )
    yield words.text("inspect not read", reason=reason) + (f" ({where})" if where else "")
    if advice := words.advice(problem.reason):
        yield f"  → {advice}"
    if line := config_line(problem.reason, problem.detail, config):
        yield f"      {line}"


def _message(each: Seen | Unseen) -> tuple[str, ...]:
    return (each.message,) if each.message else ()
