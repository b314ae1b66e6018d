"""The command alert: try the channels over which people are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from scanner.cli import DONE, FAILED


@click.group()
def alert() -> None:
    """Try the channels over which people are told (docs/alerts.md)."""


@alert.command("test")
@click.pass_obj
def alert_test(options: dict[str, Any]) -> int:
    """Send a test over every configured channel, and say which arrived.

    Exit code 1: one of them did not arrive, or there is none.
    """
    from scanner.alert.trial import trial
    from scanner.cli.answering import spoken
    from scanner.log import silence_others
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    silence_others()
    tried = failed = 0
    for channel, why in trial(setup.config, words, datetime.now(UTC)):
        tried += 1
        failed += bool(why)
        key = "alert test failed" if why else "alert test arrived"
        values = {"why": why} if why else {}
        click.echo(words.text(key, channel=words.text(f"alert channel {channel}"), **values))
    if not tried:
        click.echo(words.text("alert test none"), err=True)
    return DONE if tried and not failed else FAILED
