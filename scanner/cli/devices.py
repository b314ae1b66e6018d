"""The report of the devices that the company's index was collected from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import answering

if TYPE_CHECKING:
    from scanner.answers.devices import Device
    from scanner.messages import Words
    from scanner.render import Paper

NOT_COLLECTED = "this index is of one device alone; 'fodspor collect' makes one of many"


@click.command("devices")
@click.option("--json", "as_json", is_flag=True, help="As JSON lines; coverage last.")
@click.pass_obj
def report_devices(options: dict[str, Any], as_json: bool) -> int:
    """Which devices reported when, which are silent, and which scanned the same share."""
    from scanner.answers.devices import devices, shared_in_words, shared_places
    from scanner.answers.telling import told_coverage
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        opened, words = answer.opened, answer.words
        if not opened.collected:
            raise click.UsageError(NOT_COLLECTED)
        found = devices(opened, answer.config.collect.silent_days)
        shared = shared_places(opened)
        if as_json:
            write_json(each.as_dict() for each in found)
            write_json(each.as_dict() for each in shared)
            write_json([{"coverage": answer.coverage().as_dict()}])
        else:
            paper = Paper()
            paper.title(words.text("title devices"))
            _table(paper, found, words)
            for device in found:
                for place in device.unknown_places:
                    name = f"{device.reporting.device}: {place}"
                    paper.say(words.text("place unknown", place=name), "yellow")
            for pair in shared:
                paper.say(shared_in_words(pair, words), "yellow")
            told_coverage(paper, answer.coverage(), words)
    return DONE


def _table(paper: Paper, found: list[Device], words: Words) -> None:
    heads = ("device", "reported", "last run", "documents", "not read", "disk", "state")
    paper.table(
        [words.text(f"head {name}") for name in heads],
        [
            [
                each.reporting.device,
                words.moment(each.reporting.reported),
                words.moment(each.last_run),
                words.number(each.documents),
                words.number(each.not_read),
                words.text(f"disk {each.encryption or 'unknown'}"),
                words.text("device silent" if each.reporting.silent else "device reporting"),
            ]
            for each in found
        ],
        right=(3, 4),
    )
