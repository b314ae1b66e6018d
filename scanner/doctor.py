"""Say what is installed, what is missing, and what that costs. Changes nothing."""

from __future__ import annotations

import platform as host
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

State = Literal["ok", "missing", "fault"]

READERS_NEED = {
    "pypdfium2": "PDF is read by pdfminer.six alone: slower, and less of damaged files",
    "python-calamine": "xlsx, xls, xlsb and ods are not read",
    "lxml": "docx, pptx, odt and what spreadsheets hide are not read",
    "selectolax": "HTML is not read",
    "striprtf": "RTF is not read",
    "py7zr": "7z archives are not read",
    "msoffcrypto-tool": "encrypted Office files are not opened with known passwords",
    "phonenumbers": "phone numbers are not found",
    "presidio-analyzer": "presidio recognisers named in the config do not run",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `missing` costs something and says what, `fault` must be mended."""

    name: str
    state: State
    text: str


def checks(given: str | None) -> Iterator[Check]:
    """Yield every check, the machine first, then the configuration `given` or found."""
    yield Check("python", "ok", f"{host.python_version()} on {host.system()} {host.machine()}")
    yield Check("sqlite", "ok", sqlite3.sqlite_version)
    for package, cost in READERS_NEED.items():
        try:
            yield Check(package, "ok", version(package))
        except PackageNotFoundError:
            yield Check(package, "missing", cost)
    yield _libmagic()
    yield Check("ocr", "missing", "text in pictures and scanned pages is not read; reported so")
    yield _memory()
    yield from _configuration(given)


def _libmagic() -> Check:
    from contextlib import suppress
    from importlib import import_module

    with suppress(ImportError):
        import_module("pylibmagic")
    try:
        number = import_module("magic").version()
    except (ImportError, OSError, AttributeError, NotImplementedError):
        return Check("libmagic", "missing", "rare types are named by their signature alone")
    return Check("libmagic", "ok", str(number))


def _memory() -> Check:
    from scanner.platform import memory_limit_enforced

    if memory_limit_enforced():
        return Check("memory limit", "ok", "enforced for each worker")
    return Check("memory limit", "missing", f"not enforced on {sys.platform}; deadlines are")


def _configuration(given: str | None) -> Iterator[Check]:
    from scanner.config import ConfigError
    from scanner.index.store import Index, IndexTrouble
    from scanner.secret import SecretError
    from scanner.setup import Setup
    from scanner.tools import Tools

    try:
        setup = Setup.find(given)
    except ConfigError as error:
        yield Check("config", "fault", str(error))
        return
    if setup.path is None:
        yield Check("config", "fault", "none found; run 'fodspor init'")
        return
    yield Check("config", "ok", str(setup.path))
    try:
        setup.roots()
    except ConfigError as error:
        yield Check("places", "fault", str(error))
    key_id = ""
    try:
        tools = Tools(setup.recipe(None, with_index=False))
        key_id = tools.seal.key_id
        yield Check("key", "ok", f"{setup.config.key_source.describe()}, id {tools.seal.key_id}")
        yield Check("gate", "ok", f"{tools.gate.engine} engine")
        ungated = ", ".join(tools.gate.ungated)
        if ungated:
            yield Check("gate", "missing", f"slow, all text is searched: {ungated}")
    except (SecretError, ValueError) as error:
        yield Check("key", "fault", str(error))
    try:
        path = setup.config.index_path
        if path.exists():
            with Index(path, readonly=True) as opened:
                wrong = opened.check()
                held = opened.meta("key_id")
            if key_id and held and held != key_id:
                wrong.append(f"made under another company key ({held}); mend [key]")
            yield Check("index", "fault" if wrong else "ok", "; ".join(wrong) or str(path))
        else:
            yield Check("index", "ok", f"{path} is made by the first scan")
    except IndexTrouble as error:
        yield Check("index", "fault", str(error))
