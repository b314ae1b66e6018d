"""The report of a month: what lies where, decided, overdue, cases, without names of persons."""

from __future__ import annotations

from typing import Any

import click

from scanner.cli import DONE
from scanner.cli.answering import answering


@click.command("month")
@click.option("--month", "text", default="", help="Such as 2026-10. [the last whole one]")
@click.option("--json", "as_json", is_flag=True, help="As one line of JSON; coverage last.")
@click.pass_obj
def report_month(options: dict[str, Any], text: str, as_json: bool) -> int:
    """A month for those who lead: found by group and place, decided, overdue, cases; no names."""
    from datetime import UTC, datetime

    from scanner.answers.month import month_of, span_of
    from scanner.answers.telling import told_coverage
    from scanner.answers.told_month import title, told_month
    from scanner.render import Paper, write_json

    try:
        span = span_of(text, datetime.now(UTC))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with answering(options) as answer:
        coverage = answer.coverage()
        days = answer.config.index.keep_history_days
        found = month_of(answer.opened, span, coverage, history_days=days)
        if as_json:
            write_json([found.as_dict(), {"coverage": coverage.as_dict()}])
            return DONE
        paper = Paper()
        paper.title(title(found, answer.words))
        for heading, blocks in told_month(found, answer.words):
            paper.say()
            paper.title(heading)
            for block in blocks:
                if isinstance(block, str):
                    paper.say(block)
                else:
                    paper.table(block.heads, block.rows, right=block.right)
        told_coverage(paper, coverage, answer.words)
    return DONE
