"""Put the report on known customers into words and tables for eyes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scanner.answers.customers import Concerned, Customer, Reason, Standing
from scanner.answers.naming import Naming
from scanner.answers.telling import owner_of
from scanner.messages import Words
from scanner.privacy import shown
from scanner.render import Paper


def customers(paper: Paper, words: Words, found: Concerned) -> None:
    """Write how many customers are concerned, for each reason."""
    paper.title(words.text("title customers"))
    known = found.known
    if known is not None:
        paper.say(
            words.text(
                "customers known", customers=known.customers, when=words.moment(known.imported)
            ),
            "dim",
        )
    paper.table(
        [
            words.text(f"head {name}")
            for name in ("why", "customers", "found", "documents", "devices")
        ],
        [
            [
                words.text(f"customer {each.reason}"),
                *map(words.number, (each.customers, each.found, each.documents, each.devices)),
            ]
            for each in found.sums()
        ],
        right=(1, 2, 3, 4),
    )
    if known is not None and not known.says_consent:
        paper.say(words.text("register no consent"), "yellow")
    if known is not None and not known.says_terms:
        paper.say(words.text("register no terms"), "yellow")


def standing(paper: Paper, words: Words, held: Sequence[Standing]) -> None:
    """Write what the register says of the customers known by a value that was looked for."""
    for each in held:
        facts = []
        if each.consent is not None:
            key = "standing consent" if each.consent else "customer no_consent"
            facts.append(words.text(key) + (f" ({shown(each.purpose)})" if each.purpose else ""))
        if each.withdrawn:
            day = each.withdrawn.replace("yes", "")
            facts.append(words.text("customer withdrawn") + (f" {words.date(day)}" if day else ""))
        if each.delete_after:
            facts.append(words.text("standing delete", date=words.date(each.delete_after)))
        masked = each.masked or words.text("customer unnumbered")
        paper.say(f"{words.text('customer is known')} {masked}: {', '.join(facts) or '–'}", "bold")


def customers_places(
    paper: Paper, words: Words, naming: Naming, found: Concerned, most: int | None
) -> None:
    """Write the documents that hold such customers, at most `most`."""
    rows = [
        [
            naming.document(each.document),
            owner_of(each.document.whose, words),
            _reasons(each.counts, words),
        ]
        for each in found.places(most)
    ]
    if not rows:
        return
    paper.say()
    paper.title(words.text("title customers places"))
    paper.table([words.text(f"head {name}") for name in ("document", "owner", "customers")], rows)
    number = found.documents
    if number > len(rows):
        paper.say(words.text("more documents", shown=len(rows), number=number), "dim")


def customers_each(
    paper: Paper,
    words: Words,
    found: Concerned,
    most: int | None,
    number_of: Callable[[Customer], str],
) -> None:
    """Write a row for each such customer, by the number that `number_of` gives."""
    rows = [
        [
            number_of(each) or words.text("customer unnumbered"),
            ", ".join(words.text(f"customer {reason}") for reason in each.reasons),
            shown(each.purpose),
            each.delete_after or each.withdrawn.replace("yes", ""),
            words.number(each.documents),
            words.number(each.devices),
        ]
        for each in found.customers(most)
    ]
    if not rows:
        return
    paper.say()
    paper.table(
        [
            words.text(f"head {name}")
            for name in ("customer", "why", "purpose", "date", "documents", "devices")
        ],
        rows,
        right=(4, 5),
    )


def _reasons(counts: Mapping[Reason, int], words: Words) -> str:
    return ", ".join(
        f"{words.text(f'customer {reason}')} {words.number(count)}"
        for reason, count in counts.items()
    )


def line_of(customer: Customer, number: str) -> dict[str, Any]:
    """Return a customer as a JSON line; `number` as it may be shown."""
    return {
        "customer": number,
        "reasons": list(customer.reasons),
        "purpose": shown(customer.purpose),
        "consented": customer.consented,
        "source": shown(customer.source),
        "withdrawn": customer.withdrawn,
        "delete_after": customer.delete_after,
        "documents": customer.documents,
        "devices": customer.devices,
    }
