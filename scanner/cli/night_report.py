"""The report of a night: asked for by hand, and handed over when a night ends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, FAILED
from scanner.cli.answering import answering
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.messages import Words
    from scanner.setup import Setup


@click.command("night")
@click.option("--html", type=click.Path(dir_okay=False), help="Write it there, as one page.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def report_night(options: dict[str, Any], html: str | None, as_json: bool) -> int:
    """The last night: new findings, worst places, unread, coverage, the kontrolfil."""
    from scanner.nightly import report
    from scanner.nightly.handing import write_whole
    from scanner.render import write_json
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    with answering({**options, "own": True}) as answer:
        found = report.report_of(setup, answer, datetime.now(UTC))
        if html is not None:
            page = report.as_html(found, answer)
            try:
                write_whole(Path(html), page)
            except OSError as error:
                why = error.strerror or type(error).__name__
                click.echo(f"fodspor: {typed(html)} cannot be written ({why})", err=True)
                return FAILED
        elif as_json:
            write_json([report.as_dict(found)])
        else:
            click.echo(report.as_text(found, answer), nl=False)
    return DONE


def write_metrics(
    setup: Setup, words: Words, log: logging.Logger, clock: Callable[[], datetime]
) -> list[str]:
    """Write the figures for monitoring, as [schedule] says; return a sentence if it failed."""
    path = setup.config.schedule.metrics
    if not path:
        return []
    from scanner.index.store import Index, IndexTrouble
    from scanner.nightly.handing import write_whole
    from scanner.nightly.metrics import metrics_of, text_of
    from scanner.nightly.status import status_of

    try:
        with Index(setup.config.index_path, readonly=True) as index:
            text = text_of(metrics_of(setup, index, status_of(setup, index, clock())))
        write_whole(Path(path), text, private=False)
    except (OSError, IndexTrouble) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        log.warning("night: metrics not written (%s)", why)
        return [words.text("metrics not written", why=why)]
    return []


def hand_over(
    setup: Setup, words: Words, log: logging.Logger, clock: Callable[[], datetime]
) -> list[str]:
    """Write and mail the report of the night that ended, as [schedule] says.

    Returns a sentence for each that failed.
    """
    schedule, mail = setup.config.schedule, setup.config.alert.mail
    if not schedule.report and not schedule.mail:
        return []
    from scanner.alert.smtp import NotSent
    from scanner.nightly import handing, report

    options = {"config": str(setup.path), "language": words.language, "own": True}
    failed = []
    with answering(options) as answer:
        found = report.report_of(setup, answer, clock())
        text, page = report.as_text(found, answer), report.as_html(found, answer)
        subject = report.heading(found, answer)
    began = datetime.fromisoformat(found.night.started) if found.night else clock()
    if schedule.report:
        try:
            handing.put(Path(schedule.report), began.astimezone(), text, page)
            log.info("night: report written")
        except OSError as error:
            why = error.strerror or type(error).__name__
            log.warning("night: report not written (%s)", why)
            failed.append(words.text("report not written", why=why))
    if schedule.mail and mail is not None:
        message = handing.mail_of(subject, text, page, mail.sender, schedule.mail, clock())
        try:
            handing.mail(message, mail.server())
            log.info("night: report mailed")
        except NotSent as error:
            log.warning("night: report not mailed (%s)", error)
            failed.append(words.text("report not mailed", why=str(error)))
    return failed
