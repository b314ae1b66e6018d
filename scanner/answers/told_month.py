"""Put the report of a month into words: sections that a page, a Word document or a terminal shows.

No person is named in it, and no document.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.answers.coverage_words import sentences
from scanner.answers.month import GROUPS, Between, Month
from scanner.messages import Words
from scanner.sections import Block, Section, Sheet

TASKS = ("overdue", "open", "told", "done")


def title(month: Month, words: Words) -> str:
    """Return the heading: the month, as people write it."""
    name = words.text(f"month {month.span.month}")
    return words.text("month title", month=name, year=f"{month.span.year}")


def told_month(month: Month, words: Words) -> list[Section]:
    """Return the report's sections, the coverage first."""
    return [
        (words.text("month coverage"), _coverage(month, words)),
        (words.text("month found"), _found(month, words)),
        (words.text("month decided"), _decided(month, words)),
        (words.text("month cases"), _cases(month, words)),
    ]


def _changed(each: Between, words: Words) -> str:
    sign = "+" if each.change > 0 else "−" if each.change < 0 else "±"
    return f"{sign}{words.number(abs(each.change))}"


def _coverage(month: Month, words: Words) -> Sequence[Block]:
    blocks: list[Block] = []
    if not month.span.whole:
        blocks.append(words.text("month not over", when=words.moment(month.span.until)))
    if month.first_run and month.first_run > month.span.start:
        blocks.append(words.text("month first run", when=words.moment(month.first_run)))
    if month.forgotten:
        blocks.append(words.text("month forgotten"))
    total = month.runs.total()
    ended = [
        f"{words.run_status(status)} {words.number(number)}"
        for status, number in month.runs.most_common()
    ]
    blocks.append(words.count("month runs", total) + (f" ({', '.join(ended)})." if total else "."))
    blocks.append(words.count("month whole", month.whole_places, all=month.all_places))
    silent, unread = len(month.coverage.silent), month.coverage.not_fully_read
    blocks.append(words.count("month silent", silent))
    blocks.append(words.count("month unread", unread))
    if month.stolen:
        blocks.append(words.count("month stolen", month.stolen))
    return blocks


def _found(month: Month, words: Words) -> Sequence[Block]:
    heads = [words.text(f"month head {head}") for head in ("group", "before", "after", "change")]
    rows = [
        [
            words.text(f"group {group}"),
            words.number(each.before),
            words.number(each.after),
            _changed(each, words),
        ]
        for group, each in month.groups.items()
    ]
    each = month.documents
    rows.append(
        [
            words.text("month all"),
            words.number(each.before),
            words.number(each.after),
            _changed(each, words),
        ]
    )
    blocks: list[Block] = [words.text("month counted"), Sheet(heads, rows, right=(1, 2, 3))]
    if month.places:
        blocks.append(words.text("month by place"))
        blocks.append(
            Sheet(
                [words.text("head place"), *(words.text(f"group {group}") for group in GROUPS)],
                [
                    [
                        name,
                        *(
                            f"{words.number(held[group].after)} ({_changed(held[group], words)})"
                            for group in GROUPS
                        ),
                    ]
                    for name, held in month.places.items()
                ],
                right=(1, 2, 3, 4),
            )
        )
    return blocks


def _decided(month: Month, words: Words) -> Sequence[Block]:
    blocks: list[Block] = []
    if month.decided:
        blocks.append(
            Sheet(
                [words.text("month head decision"), words.text("month head number")],
                [
                    [words.text(f"decision {decision}"), words.number(number)]
                    for decision, number in month.decided.most_common()
                ],
                right=(1,),
            )
        )
    else:
        blocks.append(words.text("month none decided"))
    number = words.number(month.undecided)
    if month.undecided_at_least:
        number = words.text("at least", number=number)
    blocks.append(words.count("month undecided", month.undecided, told=number))
    blocks.append(words.text("month tasks", **{state: month.tasks[state] for state in TASKS}))
    return blocks


def _cases(month: Month, words: Words) -> Sequence[Block]:
    if month.cases is None:
        return [words.text("month cases whole")]
    blocks: list[Block] = []
    if month.cases:
        heads = ("type", "opened", "closed", "in time", "open", "late")
        blocks.append(
            Sheet(
                [words.text(f"month head {head}") for head in heads],
                [
                    [
                        words.text(f"case {each.type}"),
                        *map(
                            words.number,
                            (each.opened, each.closed, each.in_time, each.open, each.late),
                        ),
                    ]
                    for each in month.cases
                ],
                right=(1, 2, 3, 4, 5),
            )
        )
    else:
        blocks.append(words.text("month no cases"))
    if month.notified is not None:
        blocks.append(
            words.count("month breaches", month.notified.before, in_time=month.notified.after)
        )
    return blocks


def coverage_section(month: Month, words: Words) -> Section:
    """Return what the answer rests on, for where no page says it below."""
    return words.text("web coverage"), sentences(month.coverage, words)
