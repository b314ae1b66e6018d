"""The command status: how the nightly scan fares, for people and for monitoring."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from scanner.cli import DONE, FAILED, UNREAD
from scanner.cli.answering import spoken


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def status(options: dict[str, Any], as_json: bool) -> int:
    """The last night, what is left, what comes next, what is amiss. No findings.

    Exit code 0: all is well. 3: something is left or waits. 1: the nightly scan does not work.
    """
    from scanner.index.store import Index
    from scanner.nightly.status import status_of
    from scanner.nightly.told_status import told_status
    from scanner.render import Paper, write_json
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    with Index(setup.config.index_path, readonly=True) as index:
        found = status_of(setup, index, datetime.now(UTC))
    if as_json:
        write_json([found.as_dict()])
    else:
        told_status(Paper(), found, spoken(options, setup.config))
    if found.faulty:
        return FAILED
    return UNREAD if found.troubles else DONE
