"""The commands that read documents: scan and inspect."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scanner.cli import DONE, INTERRUPTED, UNREAD


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]…")
@click.option("--full", is_flag=True, help="Read everything again, changed or not.")
@click.option(
    "--estimate", is_flag=True, help="Count files, bytes and expected time; read nothing."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.")
@click.option(
    "--quiet", is_flag=True, help="No progress, and a summary only if something is amiss."
)
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON lines.")
@click.pass_obj
def scan(
    options: dict[str, Any],
    places: tuple[str, ...],
    full: bool,
    estimate: bool,
    workers: int | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Scan what the config names, or the given folders, into the index.

    Exit code 0: all read. 3: done, with something unread or partial. 130: interrupted, state kept.
    """
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    targets = setup.targets(places)
    if estimate:
        return _estimate(setup, targets, as_json)
    from scanner import platform
    from scanner.cli.settling import settled
    from scanner.executor import executor_for
    from scanner.index.store import Index, now
    from scanner.log import last_line, open_log
    from scanner.pipeline import scan as run_scan
    from scanner.setup import state_folder
    from scanner.summary import print_summary
    from scanner.tools import tools_of

    state = state_folder()
    run = uuid.uuid4().hex[:8]
    log = open_log(state / "logs", run)
    platform.lower_priority()
    summaries: list[Any] = []
    with (
        last_line(log),
        _told_so_far(summaries, setup.config.index_path, as_json),
        platform.private_temp(state) as folder,
        platform.Interrupts() as interrupts,
    ):
        recipe = setup.recipe(str(folder))
        if full:
            recipe = replace(recipe, reread_before=now())
        tools = tools_of(recipe)
        with Index(setup.config.index_path) as index:
            index.claim_key(tools.seal.key_id)
            _know_device(index, setup)
            count = workers or setup.config.worker_count
            with executor_for(recipe, count) as executor:
                for asked in targets:
                    if interrupts.asked:
                        break
                    with settled(asked, setup, index, tools, quiet=quiet) as target:
                        log.info("scan started")
                        with _progress(target.place, quiet) as show:
                            summary = run_scan(
                                target,
                                recipe,
                                index,
                                executor,
                                progress=show,
                                stop=lambda: interrupts.asked,
                            )
                    log.info("run %d %s %s", summary.run, summary.status, _figures(summary.counts))
                    summaries.append(summary)
    complete = all(summary.complete for summary in summaries)
    if not (quiet and complete):
        print_summary(summaries, setup.config.index_path, as_json=as_json)
    if interrupts.asked:
        return INTERRUPTED
    return DONE if complete else UNREAD


@contextmanager
def _told_so_far(summaries: list[Any], index: Path, as_json: bool) -> Iterator[None]:
    """When a place fails, tell what became of the places before it."""
    from scanner.summary import print_summary

    try:
        yield
    except Exception:
        if summaries:
            print_summary(summaries, index, as_json=as_json)
        raise


def _figures(counts: Any) -> str:
    return json.dumps(counts.as_dict() | {"excluded": sum(counts.excluded.values())})


def _know_device(index: Any, setup: Any) -> None:
    import platform as host

    from scanner.index.store import now

    label = setup.config.device.label or host.node()
    with index.transaction() as connection:
        connection.execute(
            "INSERT INTO device(id, label, platform, last_seen) VALUES (?,?,?,?)"
            " ON CONFLICT(id) DO UPDATE SET label=excluded.label, last_seen=excluded.last_seen",
            (setup.device(), label, host.system(), now()),
        )


@contextmanager
def _progress(place: str, quiet: bool) -> Iterator[Any]:
    from scanner.progress import progress

    with progress(os.path.basename(place) or place, quiet=quiet) as show:
        yield show


def _estimate(setup: Any, targets: Any, as_json: bool) -> int:
    from scanner.pipeline import estimate
    from scanner.summary import expected_seconds, print_estimate
    from scanner.typed import typed

    last = expected_seconds(setup.config.index_path)
    for target in targets:
        print_estimate(typed(target.place), estimate(target.connector), last, as_json=as_json)
    return DONE


@click.command()
@click.argument("path", type=click.Path(exists=True))
@click.option("--json", "as_json", is_flag=True, help="A line for each value, as JSON.")
@click.option("--maybe", is_flag=True, help="Show matches from 0.40 on, not only from 0.60.")
@click.pass_obj
def inspect(options: dict[str, Any], path: str, as_json: bool, maybe: bool) -> int:
    """Show what is in one file or folder, values and reasons included; store nothing.

    Exit code 0: all read. 3: something could not be read.
    """
    from connectors import Excluded
    from scanner import platform
    from scanner.log import silence_others
    from scanner.setup import Setup, state_folder
    from scanner.tools import Tools

    setup = Setup.find(options["config"])
    silence_others()
    unread = documents = left_out = 0
    with platform.private_temp(state_folder()) as folder:
        recipe = setup.recipe(str(folder), with_index=False)
        tools = Tools(recipe)
        _audit(setup, tools, path)
        for document in _documents(setup, path):
            if isinstance(document, Excluded):
                left_out += document.count
                continue
            documents += 1
            unread += _show(document, tools, options["language"], as_json=as_json, maybe=maybe)
    if not as_json:
        click.echo(
            f"{documents} documents looked at, {unread} problems, {left_out} left out by rules",
            err=True,
        )
    return UNREAD if unread else DONE


def _audit(setup: Any, tools: Any, path: str) -> None:
    from scanner.index.store import Decisions, decisions_path
    from scanner.names import display

    where = decisions_path(setup.config.index_path)
    with Decisions(where) as decisions:
        decisions.log("inspect", display(tools.names.path(os.fsencode(os.path.abspath(path)))))


def _documents(setup: Any, path: str) -> Iterator[Any]:
    for target in setup.targets((path,)):
        yield from target.connector.walk()


def _show(document: Any, tools: Any, language: str, *, as_json: bool, maybe: bool) -> int:
    from connectors import Unreadable
    from scanner.inspect import Seen, Unseen, inspect
    from scanner.messages import why
    from scanner.model import Problem
    from scanner.privacy import shown

    path = os.fsdecode(document.path)
    unread = 0
    events: Any
    if isinstance(document, Unreadable):
        events = [Unseen(Problem((), document.reason), ())]
    else:
        events = inspect(document, tools, maybe=maybe)
    for event in events:
        inner = list(event.inner)
        if isinstance(event, Seen):
            words = why(event.evidence, language)
            line: dict[str, Any] = {
                "kind": event.kind,
                "value": event.value,
                "confidence": event.confidence,
                "evidence": list(event.evidence),
                "why": words,
                "path": path,
                "inner_path": " › ".join(inner),
                "where": list(event.where),
            }
            text = (
                f"{event.kind:18} {event.value:24} {event.confidence:.2f}  "
                + ", ".join([*inner, *event.where])
                + f"  ({words})"
            )
        else:
            unread += 1
            problem = event.problem
            name = f"{problem.reason}:{problem.detail}" if problem.detail else problem.reason
            line = {
                "problem": name,
                "path": path,
                "inner_path": " › ".join(inner),
                "where": list(problem.where),
            }
            text = f"not read: {name}  " + ", ".join([*inner, *problem.where])
        if as_json:
            sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
        else:
            click.echo(shown(f"{path}: {text}"))
    return unread
