"""Find documents and mails by words of their path and mail folder, or the day a mail was sent.

Names that are sealed are not found by what is sealed in them; subjects are not in the index.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scanner.answers.findings import Shown, shown_document
from scanner.answers.moments import stored
from scanner.answers.opened import Opened

MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A document, and whether it is a mail archive or a mail in one."""

    document: Shown
    in_archive: bool


def by_name(opened: Opened, text: str, day: date | None, most: int) -> list[Named]:
    """Return the documents, the newest first, that are gone included; at most `most`.

    `text`: words that all stand in the path or the mail folder; `day`: of sending, of mails alone.
    """
    conditions: list[str] = ["NOT coalesce(d.folder, 0)"]
    values: list[object] = []
    source = "document d"
    if day is not None:
        source = (
            "letter l CROSS JOIN occurrence o ON o.content=l.content AND o.inner='[]'"
            " CROSS JOIN document d ON d.id=o.document"
        )
        midnight = datetime.combine(day, time()).astimezone()
        conditions.append("l.sent >= ? AND l.sent < ?")
        values += [stored(midnight), stored(midnight + timedelta(days=1))]
    for word in text.split()[:MOST_WORDS]:
        # LIKE knows the case of ASCII alone
        forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
        paths = [f"%{_literal(form)}%" for form in sorted(forms)]
        folders = sorted({*paths, *(f"%{_literal(json.dumps(form)[1:-1])}%" for form in forms)})
        conditions.append(
            f"({' OR '.join([_LIKE.format('d.display')] * len(paths))} OR d.mail_folder IS NOT NULL"
            f" AND ({' OR '.join([_LIKE.format('d.mail_folder')] * len(folders))}))"
        )
        values += [*paths, *folders]
    if not values:
        return []
    rows = opened.connection.execute(
        "SELECT DISTINCT d.id, d.item<>'' OR d.listing IS NOT NULL"
        f" FROM {source} WHERE {' AND '.join(conditions)}"
        " ORDER BY d.modified DESC, d.id LIMIT ?",
        (*values, most),
    ).fetchall()
    return [Named(shown_document(opened, number), bool(archive)) for number, archive in rows]


_LIKE = "{} LIKE ? ESCAPE '\\'"


def _literal(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
