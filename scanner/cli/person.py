"""The command person: every place that holds a value. Values are asked for, never an argument."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import Answer, answering

if TYPE_CHECKING:
    from scanner.answers.pasted import Understood
    from scanner.answers.person import Hit, Wanted

MOST_CHARACTERS = 1_000_000


@click.command()
@click.option("--kind", "kinds", multiple=True, help="What the value is, such as cpr or e-mail.")
@click.option("--hidden", is_flag=True, help="Do not show what is typed.")
@click.option("--gone", is_flag=True, help="Also places that held it and are gone.")
@click.option("--limit", type=click.IntRange(0), default=0, help="At most so many; 0: all. [0]")
@click.option("--json", "as_json", is_flag=True, help="A line each place, as JSON; coverage last.")
@click.pass_obj
def person(
    options: dict[str, Any],
    kinds: tuple[str, ...],
    hidden: bool,
    gone: bool,
    limit: int,
    as_json: bool,
) -> int:
    """Show every place that holds one person's data: CPR number, e-mail, phone, name …

    Asks for the value, or reads values from stdin, one a line. They are never an argument, and
    never stored: the look-up is logged by fingerprint.
    """
    from scanner.answers.customers import standing
    from scanner.answers.in_paths import named as named_in_paths
    from scanner.answers.naming import Naming
    from scanner.answers.person import (
        check_key,
        check_sound,
        gone_documents,
        hits,
        lines,
        names_indexed,
        wanted,
    )
    from scanner.answers.telling import person as told_person
    from scanner.answers.telling import told_coverage, told_places
    from scanner.answers.told_customers import standing as told_standing
    from scanner.render import Paper, write_json

    with answering(options) as answer:
        words, opened = answer.words, answer.opened
        seal = answer.seal()
        check_key(opened, seal)
        understood = _understood(answer, _asked(answer, hidden), kinds)
        read = [candidate for each in understood for candidate in each.candidates]
        asked = wanted(read, seal)
        values = list({value.fingerprint: value for value in asked}.values())
        _log(answer, values)
        found = sorted(hits(opened, values, gone=gone), key=_surest)
        if {hit.wanted.fingerprint for hit in found} != {value.fingerprint for value in values}:
            check_sound(opened)
        people = [each for each in zip(asked, read, strict=True) if each[0].kind == "PERSON"]
        found += named_in_paths(opened, people, gone=gone)
        coverage = answer.coverage(kinds={value.kind for value in values})
        indexed = names_indexed(opened)
        told = found[: limit or None]
        customers = {v.fingerprint: standing(opened, v.fingerprint) for v in values}
        if as_json:
            for hit in told:
                write_json(lines(hit, words.why(hit.evidence)))
            looked = {
                "looked_for": [
                    _looked_for(value)
                    | (
                        {"customers": [each.as_dict() for each in customers[value.fingerprint]]}
                        if opened.registered
                        else {}
                    )
                    for value in values
                ],
                "key_id": seal.key_id,
                "names_indexed": indexed,
                "names_looked_for": answer.names_look,
                "contents": len(found),
                "gone": gone_documents(opened, values),
            }
            write_json([{"coverage": coverage.as_dict() | looked}])
            return DONE
        paper, naming = Paper(), Naming(opened)
        listed = ", ".join(f"{words.kind(v.kind)} {v.masked}" for v in values)
        paper.say(words.text("looked for", values=listed))
        for note in _notes(answer, understood):
            paper.say(note, "yellow")
        told_standing(paper, words, list(dict.fromkeys(chain(*customers.values()))))
        told_person(paper, told, naming, words)
        if len(found) > len(told):
            paper.say()
            paper.say(words.text("more contents", shown=len(told), number=len(found)), "dim")
        told_places(paper, naming, words)
        before = 0 if gone else gone_documents(opened, values)
        if before:
            paper.say(words.count("gone held it", before))
        if any(value.kind == "PERSON" for value in values):
            if answer.names_look != "off" and not indexed:
                paper.say(words.text("names are not indexed"), "yellow")
            elif answer.names_look != "everywhere":
                paper.say(words.text(f"names {answer.names_look}"), "yellow")
        told_coverage(paper, coverage, words, empty="" if found else "all")
        if coverage.not_fully_read or coverage.folders:
            paper.say(words.text("unread may hold it"))
        if coverage.never_scanned or not all(place.whole for place in coverage.places):
            paper.say(words.text("places may hold it"))
    return DONE


def _surest(hit: Hit) -> tuple[float, int]:
    """Order hits: surest first, most places first."""
    return -round(hit.confidence, 1), -len(hit.places)


def _looked_for(value: Wanted) -> dict[str, Any]:
    """Return what was looked for: the digits of the fingerprint are those of `findings --json`."""
    return {
        "kind": value.kind,
        "masked": value.masked,
        "fingerprint": value.fingerprint.hex()[:12],
    }


def _notes(answer: Answer, understood: list[Understood]) -> list[str]:
    """Return what the reader should know of how the values were understood."""
    words = answer.words
    notes = []
    if any(each.taken_out for each in understood):
        notes.append(words.text("taken out"))
    if any(each.lost_zero for each in understood):
        notes.append(words.text("lost zero"))
    wrong = sorted({kind for each in understood for kind in each.mislabelled})
    if wrong:
        notes.append(words.text("mislabelled", kinds=", ".join(map(words.kind, wrong))))
    return notes


def _asked(answer: Answer, hidden: bool) -> list[str]:
    from scanner.answers.written import values_of

    if not sys.stdin.isatty():
        text = _decoded(sys.stdin.buffer.read(MOST_CHARACTERS))
    else:
        prompt = answer.words.text("prompt person")
        text = click.prompt(prompt, hide_input=hidden, err=True)
        if not hidden and sys.stderr.isatty():
            click.echo("\x1b[1A\x1b[2K", nl=False, err=True)  # no value stays on the screen
    try:
        values = values_of(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not values:
        raise click.UsageError("no value given; type one, or pipe them in, one a line")
    return values


def _decoded(piped: bytes) -> str:
    """Return what was piped in, in the encodings that Danish programs write."""
    try:
        return piped.decode("utf-8-sig")
    except UnicodeDecodeError:
        return piped.decode("cp1252", "replace")


def _understood(answer: Answer, written: list[str], kinds: tuple[str, ...]) -> list[Understood]:
    from scanner.answers.kinds import PLANNED, built_in, named
    from scanner.answers.pasted import Reader
    from scanner.setup import Setup
    from scanner.tools import all_detectors

    known = {*built_in(), *answer.custom, *PLANNED}
    try:
        asked = {named(kind, known) for kind in kinds}
    except ValueError as error:
        raise click.UsageError(f"--kind: {error}") from None
    detectors = all_detectors(Setup(answer.config, None).recipe(None, with_index=False))
    reader = Reader(detectors, answer.config.own_words, asked)
    found: list[Understood] = []
    for number, value in enumerate(written, 1):
        understood = reader.understand(value)
        if understood is None:
            what = " or ".join(sorted(asked)) if asked else "value of any kind known here"
            raise click.UsageError(
                f"value {number} is no {what}; check it, or say what it is with --kind"
            )
        found.append(understood)
    return found


def _log(answer: Answer, values: list[Wanted]) -> None:
    from scanner.index.looked_up import LOOKED_UP, look_up_line
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(answer.opened.index.path)) as decisions:
        decisions.log(LOOKED_UP, *look_up_line((value.kind, value.fingerprint) for value in values))
