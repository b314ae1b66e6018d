"""The command scan: read the configured places, or the given folders, into the index."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, INTERRUPTED, UNREAD
from scanner.cli.answering import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.messages import Words
    from scanner.nightly.manners import Manners
    from scanner.pipeline import Target
    from scanner.recipe import Recipe
    from scanner.setup import Setup


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
@click.option(
    "--nightly", is_flag=True, help="For schedulers: within the window and manners of [schedule]."
)
@click.pass_obj
def scan(
    options: dict[str, Any],
    places: tuple[str, ...],
    full: bool,
    estimate: bool,
    workers: int | None,
    quiet: bool,
    as_json: bool,
    nightly: bool,
) -> int:
    """Scan what the config names, or the given folders, into the index.

    Exit code 0: all read. 3: done, with something unread or partial. 130: interrupted, state kept.
    75: a nightly scan that was put off.
    """
    from scanner.config import ConfigError
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    try:
        setup = setup.with_employees()
    except ConfigError as error:  # the list is help: a night without it is read all the same
        click.echo(f"fodspor: {error}; owners stay as they are", err=True)
    targets = setup.targets(places)
    if estimate:
        return _estimate(setup, targets, words, as_json)
    run = partial(run_scan, setup, targets, words, full, workers, quiet, as_json)
    if not nightly:
        return run(None)
    if places:
        raise click.UsageError("--nightly is for all places of the configuration; name none")
    from scanner.cli.nightly import night

    return night(setup, targets, words, run, quiet=quiet)


def run_scan(
    setup: Setup,
    targets: Sequence[Target],
    words: Words,
    full: bool,
    workers: int | None,
    quiet: bool,
    as_json: bool,
    manners: Manners | None,
) -> int:
    """Scan the targets one after the other, and print how it went; return the exit code.

    `manners`: of a night, which say what comes first, what is left out, and when to stop.
    """
    from scanner import platform
    from scanner.cli.judging import judged
    from scanner.cli.settling import PlaceBusy, settled
    from scanner.executor import executor_for
    from scanner.index.employees import settle
    from scanner.index.store import COLLECTED, Index, IndexTrouble, now
    from scanner.log import last_line, open_log
    from scanner.pipeline import Refused
    from scanner.pipeline import scan as scan_place
    from scanner.progress import progress
    from scanner.setup import state_folder
    from scanner.summary import print_summary
    from scanner.tools import tools_of

    def stops() -> bool:
        return interrupts.asked or (manners is not None and manners.stop())

    state = state_folder()
    run = uuid.uuid4().hex[:8]
    log = open_log(state / "logs", run)
    platform.lower_priority()
    summaries: list[Any] = []
    refused = Refused()
    with (
        last_line(log),
        _told_so_far(summaries, setup.config.index_path, words, as_json),
        platform.private_temp(state) as folder,
        platform.Interrupts() as interrupts,
    ):
        since = now() if full else ""

        def recipe_of(target: Target) -> Recipe:
            return replace(setup.recipe_of(target, str(folder)), reread_before=since)

        with Index(setup.config.index_path) as index:
            if index.meta(COLLECTED) is not None:
                raise IndexTrouble(
                    f"{index.path} is collected from many devices and not scanned into; "
                    "name this device's own index in [index] path"
                )
            index.claim_key(tools_of(recipe_of(targets[0])).seal.key_id)
            if kept := setup.note_changes():
                click.echo(words.text("private kept", names=words.listed(kept)), err=True)
            _know_device(index, setup)
            settle(index, setup.employees, tools_of(recipe_of(targets[0])).names.masked)
            for line in judged(index, map(recipe_of, targets), words):
                if not quiet:
                    click.echo(line, err=True)
            count = workers or setup.config.worker_count
            if manners is not None:
                label = tools_of(recipe_of(targets[0])).names.label
                targets = manners.first_things_first(targets, index, label)
            for recipe, of_recipe in groupby(targets, recipe_of):
                tools = tools_of(recipe)
                with ExitStack() as pools:
                    everyday = pools.enter_context(executor_for(recipe, count))
                    for asked in of_recipe:
                        if stops():
                            break
                        if manners is not None and manners.leaves_out(asked, setup.config):
                            continue
                        with ExitStack() as stack:
                            try:
                                target = stack.enter_context(
                                    settled(asked, setup, index, tools, quiet=quiet)
                                )
                            except PlaceBusy:
                                if manners is None:
                                    raise
                                manners.met_busy(asked)
                                continue
                            executor = everyday
                            if target.connections:  # workers of its own end with their connections
                                few = min(count, target.connections)
                                executor = stack.enter_context(executor_for(recipe, few))
                            log.info("scan started")
                            name = os.path.basename(target.place) or target.place
                            show = stack.enter_context(progress(name, words, quiet=quiet))
                            summary = scan_place(
                                target,
                                recipe,
                                index,
                                executor,
                                progress=show,
                                stop=stops,
                                away=refused.known(target),
                            )
                        refused.learn(target, summary.lost)
                        figures = _figures(summary.counts)
                        log.info("run %d %s %s", summary.run, summary.status, figures)
                        summaries.append(summary)
                        if manners is not None:
                            manners.ended(asked, summary)
                if interrupts.asked or (manners is not None and manners.stopped):
                    break
        if setup.config.index.deliver:
            late = _delivered(setup, folder, words)
            log.info("delivery %s", "failed" if late else "done")
    complete = all(summary.complete for summary in summaries) and not (
        manners is not None and (manners.stopped or manners.left_out or manners.busy)
    )
    if not (quiet and complete):
        print_summary(summaries, setup.config.index_path, words, as_json=as_json)
    if interrupts.asked:
        click.echo(words.text("summary interrupted"), err=True)
        return INTERRUPTED
    if setup.config.index.deliver and late:
        click.echo(late, err=True)
        return UNREAD
    return DONE if complete else UNREAD


def _delivered(setup: Any, folder: Path, words: Words) -> str:
    """Hand the index over where the configuration says so; return what went wrong."""
    from scanner.company.deliver import deliver
    from scanner.index.store import IndexTrouble

    config = setup.config
    try:
        deliver(config.index_path, setup.device(), Path(config.index.deliver), folder)
    except IndexTrouble as error:
        return words.text("deliver failed", error=str(error))
    return ""


@contextmanager
def _told_so_far(summaries: list[Any], index: Path, words: Words, as_json: bool) -> Iterator[None]:
    """When a place fails, tell what became of the places before it."""
    from scanner.summary import print_summary

    try:
        yield
    except Exception:
        if summaries:
            print_summary(summaries, index, words, as_json=as_json)
        raise


def _figures(counts: Any) -> str:
    return json.dumps(counts.as_dict() | {"excluded": sum(counts.excluded.values())})


def _know_device(index: Any, setup: Any) -> None:
    import platform as host

    from scanner.encryption import disk_encryption
    from scanner.index.store import now

    label = setup.config.device.label or host.node()
    with index.transaction() as connection:
        connection.execute(
            "INSERT INTO device(id, label, platform, last_seen, encryption) VALUES (?,?,?,?,?)"
            " ON CONFLICT(id) DO UPDATE SET label=excluded.label, last_seen=excluded.last_seen,"
            " encryption=excluded.encryption",
            (setup.device(), label, host.system(), now(), disk_encryption(index.path) or None),
        )


def _estimate(setup: Any, targets: Any, words: Words, as_json: bool) -> int:
    from connectors import Unreadable
    from scanner.pipeline import Refused, estimate
    from scanner.summary import expected_seconds, print_away, print_estimate
    from scanner.typed import typed

    last = expected_seconds(setup.config.index_path)
    code = DONE
    refused = Refused()
    for target in targets:
        name = typed(target.place)
        try:
            if (known := refused.known(target)) is not None:
                raise known
            seen = estimate(target.connector)
        except Unreadable as error:
            refused.learn(target, error.lost)
            print_away(name, error, words, as_json=as_json)
            code = UNREAD
        else:
            print_estimate(name, seen, last, words, as_json=as_json)
    return code
