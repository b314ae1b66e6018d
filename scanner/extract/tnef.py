"""Read what Outlook sends as winmail.dat: as the mail it is, by the mail's reader."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.archives import MESSAGE
from connectors.pst.form import Broken
from connectors.pst.letter import LEAST_BYTES, TIMES, written
from scanner.extract import Event, Source, eml
from scanner.extract.budget import Budget, Trouble
from scanner.extract.tnef_item import TnefItem, parsed
from scanner.model import Problem


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield what scanner.extract.eml yields of the mail that the item becomes.

    What is broken is passed by and told: corrupt, truncated. Raises Trouble: too_large as for any
    mail, corrupt.
    """
    if source.size * eml.MEMORY_TIMES > budget.limits.memory_bytes:
        raise Trouble("too_large", "memory_bytes")
    source.stream.seek(0)
    try:
        tnef = parsed(source.stream.read())
        mail = written(TnefItem(tnef), LEAST_BYTES + TIMES * source.size, budget.folder)
    except Broken as error:
        raise Trouble(error.reason) from None
    with mail:
        size = mail.seek(0, 2)
        yield from eml.read(Source(mail, size, source.name, MESSAGE), budget)
    if tnef.is_cut:
        yield Problem((), "truncated")
    if tnef.is_suspect:
        yield Problem((), "corrupt")
