"""Render the commented configuration that `fodspor init` writes. Writes no file itself."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from scanner.config.tables import Config, model_of

TABLE_NOTES = {
    "device": "This device. Its id stays the same when the machine is renamed.",
    "index": "Where the index lies, and how long its history is kept.",
    "key": "The company key, as exactly one of: keyring, env, command, file.",
    "alert": "Who is told of what: docs/alerts.md.",
    "alert.apprise": "Any other service (chat, SMS …), through the library apprise.",
    "alert.mail": "The mail server, and who gets mail.",
    "alert.webhook": "A system of the company's that takes each message, signed.",
    "collect": "One index from many devices: for the machine that runs 'fodspor collect'.",
    "place": "A folder to scan, a mailbox or a share; one table for each.",
    "place.imap": "How to log in to a mailbox: below the [[place]] whose path is one.",
    "place.remote": "How to log in by SFTP, WebDAV or S3: below the [[place]] of such a path.",
    "place.smb": "How to log in to a share: below the [[place]] whose path is one.",
    "detect": "What is looked for.",
    "detect.kind": "A kind of your own; one table for each.",
    "names": "Names of persons.",
    "owners": "Whom the owners of documents are.",
    "limits": "What a scan leaves out by rule, and what one document may cost.",
    "serve": "The officers' pages, for 'fodspor serve': docs/pages.md.",
    "special_categories": "Articles 9 and 10. Off on employees' devices: docs/privacy.md.",
    "watch": "Watch mode: what 'fodspor watch' watches, and what may lie where.",
    "mail": "Mail: what is inside the house, for 'fodspor report outside'.",
    "privacy": "What stays closed, and how to open what is locked.",
    "schedule": "The nightly scan: when it runs, and its manners (docs/nightly.md).",
}


def example(
    device: str = "",
    key_file: str = "fodspor.key",
    index: str = "",
    place: str | None = "/srv/share",
    language: str = "en",
    keyring: str = "",
) -> str:
    """Return a commented configuration with every option once; without `place`, none is active.

    `keyring`: the entry that holds the key, instead of the file.
    """
    values: dict[str, dict[str, Any]] = {
        "device": {"id": device or str(uuid.UUID(int=0)), "language": language},
        "index": {"path": index},
        "key": {"keyring": keyring} if keyring else {"file": key_file},
        "collect": {"key": {"file": str(Path(key_file).with_name("company.key"))}},
        "place": {
            "name": Path(place or "/srv/share").name or "share",
            "path": place or "/srv/share",
        },
        "place.imap": {"password": {"keyring": "fodspor/anna"}},
        "place.remote": {"user": "scanner", "password": {"keyring": "fodspor/server"}},
        "place.smb": {"user": "FIRMA\\scanner", "password": {"keyring": "fodspor/share"}},
        "alert.mail": {
            "host": "mail.firma.dk",
            "user": "fodspor@firma.dk",
            "password": {"keyring": "fodspor/mail"},
            "sender": "fodspor@firma.dk",
            "to": ("gdpr@firma.dk",),
        },
        "alert.webhook": {
            "url": "https://siem.firma.dk/fodspor",
            "secret": {"keyring": "fodspor/webhook"},
        },
        "alert.apprise": {"urls": {"keyring": "fodspor/apprise"}},
        "detect.kind": {
            "name": "CUSTOMER_NUMBER",
            "regex": "K-[0-9]{6}",
            "words": ("kundenr",),
            "weight": 0.3,
        },
    }
    off = {name for name in values if "." in name} | (set() if place else {"place"})
    lines = [
        "# Fodspor's configuration. Every option stands here once, with its default.",
        "# A secret is never written here: say where it lies.",
    ]
    for name, field in Config.model_fields.items():
        model = model_of(field.annotation)
        assert model is not None
        lines += _table(name, model, values, off, many="tuple" in str(field.annotation))
    return "\n".join(lines) + "\n"


def _table(
    name: str,
    model: type[BaseModel],
    values: dict[str, dict[str, Any]],
    off: set[str],
    *,
    many: bool,
) -> list[str]:
    mark = "# " if name in off else ""
    head = f"[[{name}]]" if many else f"[{name}]"
    lines = ["", f"# {TABLE_NOTES[name]}", mark + head]
    after: list[str] = []
    given = values.get(name, {})
    for key, field in model.model_fields.items():
        inner = model_of(field.annotation)
        if inner is not None and f"{name}.{key}" in TABLE_NOTES:
            listed = "tuple" in str(field.annotation)
            after += _table(f"{name}.{key}", inner, values, off, many=listed)
            continue
        value = given.get(
            key, None if field.is_required() else field.get_default(call_default_factory=True)
        )
        shown = value is not None and (key in given or name != "key")
        lines.append(f"# {field.description}")
        text = _toml(value) if value is not None else '""'
        lines.append(f"{mark or ('' if shown else '# ')}{key} = {text}")
    return lines + after


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        if sum(len(str(each)) for each in value) > 80:
            return "[\n" + "".join(f"    {_toml(each)},\n" for each in value) + "]"
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
