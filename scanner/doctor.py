"""Say what is installed, what is missing, and what that costs. Changes nothing."""

from __future__ import annotations

import platform as host
import sqlite3
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scanner.secret import SecretSource
    from scanner.setup import Setup
    from scanner.tools import Tools

from scanner.messages import Words

State = Literal["ok", "missing", "fault"]

READERS_NEED = (
    "pypdfium2",
    "python-calamine",
    "lxml",
    "selectolax",
    "striprtf",
    "py7zr",
    "msoffcrypto-tool",
    "extract-msg",
    "phonenumbers",
    "numpy",
    "presidio-analyzer",
)
"""Packages whose absence costs something: `doctor NAME` in the catalogue says what."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `missing` costs something and says what, `fault` must be mended."""

    name: str
    state: State
    text: str


def checks(given: str | None, words: Words) -> Iterator[Check]:
    """Yield every check, the machine first, then the configuration `given` or found."""
    told = words.text(
        "doctor platform",
        python=host.python_version(),
        system=host.system(),
        machine=host.machine(),
    )
    yield Check("python", "ok", told)
    yield Check("sqlite", "ok", sqlite3.sqlite_version)
    for package in READERS_NEED:
        try:
            yield Check(package, "ok", version(package))
        except PackageNotFoundError:
            yield Check(package, "missing", words.text(f"doctor {package}"))
    yield _libmagic(words)
    yield Check("ocr", "missing", words.text("doctor ocr"))
    yield Check("imap", "ok", words.text("doctor imap", tls=ssl.OPENSSL_VERSION))
    try:
        yield Check("smb", "ok", words.text("doctor smb", version=version("smbprotocol")))
    except PackageNotFoundError:
        yield Check("smb", "missing", words.text("doctor smb missing"))
    try:
        yield Check("remote", "ok", words.text("doctor remote", version=version("fsspec")))
    except PackageNotFoundError:
        yield Check("remote", "missing", words.text("doctor remote missing"))
    yield _memory(words)
    yield from _configuration(given, words)


def _libmagic(words: Words) -> Check:
    from contextlib import suppress
    from importlib import import_module

    with suppress(ImportError):
        import_module("pylibmagic")
    try:
        number = import_module("magic").version()
    except (ImportError, OSError, AttributeError, NotImplementedError):
        return Check("libmagic", "missing", words.text("doctor libmagic"))
    return Check("libmagic", "ok", str(number))


def _memory(words: Words) -> Check:
    from scanner.platform import memory_limit_enforced

    if memory_limit_enforced():
        return Check("memory limit", "ok", words.text("doctor memory limit"))
    told = words.text("doctor memory limit missing", system=sys.platform)
    return Check("memory limit", "missing", told)


def _names(tools: Tools, words: Words) -> Check:
    """Say whether names of persons are looked for; only the model's files are looked at."""
    from detectors.names import COMPONENT, WEIGHTS_FILE

    recipe = tools.recipe
    if tools.people is None:
        return Check("names", "missing", words.text("doctor names off"))
    if recipe.names_model:
        return Check(
            "names", "ok", words.text("doctor names", look=recipe.names, model=recipe.names_model)
        )
    if not (COMPONENT / WEIGHTS_FILE).is_file():
        return Check("names", "fault", words.text("doctor names gone"))
    return Check("names", "ok", words.text("doctor names own", look=recipe.names))


def _mailboxes(setup: Setup, words: Words) -> Iterator[Check]:
    """Say of each mailbox whether its secret can be fetched. Logs in nowhere."""
    from scanner.secret import SecretError
    from scanner.typed import typed

    for place in setup.config.place:
        if place.imap is None or (secret := place.imap.token or place.imap.password) is None:
            continue
        name, source = typed(place.name), secret.source()
        try:
            source.fetch()
        except SecretError as error:
            yield Check("mailbox", "fault", f"{name}: {error}")
            continue
        authority = place.imap.ca_file
        try:
            ssl.create_default_context(cafile=authority or None)
        except OSError:
            told = words.text("doctor mailbox authority", place=name, path=authority)
            yield Check("mailbox", "fault", told)
            continue
        yield Check(
            "mailbox", "ok", words.text("doctor mailbox", place=name, where=source.describe())
        )


def _servers(setup: Setup, words: Words) -> Iterator[Check]:
    """Say of each place on a server whether its password can be fetched. Logs in nowhere."""
    from scanner.secret import SecretError
    from scanner.typed import typed

    for place in setup.config.place:
        if place.remote is None:
            continue
        name, source = typed(place.name), place.remote.password.source()
        try:
            source.fetch()
        except SecretError as error:
            yield Check("server", "fault", f"{name}: {error}")
        else:
            told = words.text("doctor share", place=name, where=source.describe())
            yield Check("server", "ok", told)


def _shares(setup: Setup, words: Words) -> Iterator[Check]:
    """Say of each share whether its password can be fetched. Logs in nowhere."""
    from importlib.util import find_spec

    from scanner.secret import SecretError
    from scanner.typed import typed

    for place in setup.config.place:
        if place.smb is None:
            continue
        name, password = typed(place.name), place.smb.password
        if find_spec("smbprotocol") is None:
            yield Check("share", "fault", words.text("doctor share extra", place=name))
            continue
        if place.smb.login == "kerberos" and find_spec("gssapi") is None and not _is_windows():
            yield Check("share", "fault", words.text("doctor share kerberos", place=name))
            continue
        if password is None:
            yield Check("share", "ok", words.text("doctor share ticket", place=name))
            continue
        source = password.source()
        try:
            source.fetch()
        except SecretError as error:
            yield Check("share", "fault", f"{name}: {error}")
            continue
        yield Check("share", "ok", words.text("doctor share", place=name, where=source.describe()))


def _alerts(setup: Setup, words: Words) -> Iterator[Check]:
    """Say whether the employee can be told here, and of each channel whether its secret is there.

    Nothing is sent; 'fodspor alert test' does that.
    """
    from importlib.util import find_spec

    from scanner.alert.desktop import Desktop, NotShown
    from scanner.alert.webhook import Hook

    alert = setup.config.alert
    if alert.desktop:
        desktop = Desktop(words)
        try:
            desktop.look()
            told = words.text("doctor notify", version=version("desktop-notifier"))
            yield Check("notifications", "ok", told)
        except NotShown as error:
            told = words.text(f"alert not shown {error.trouble}")
            yield Check("notifications", "missing", told)
        finally:
            desktop.close()
    else:
        yield Check("notifications", "ok", words.text("doctor notify off"))
    if (mail := alert.mail) is not None:
        people = len(mail.to)
        if mail.password is None:
            told = words.text("doctor alert open", host=mail.host, count=people)
            yield Check("mail", "ok", told)
        else:
            yield _secret("mail", mail.password.source(), words, host=mail.host, count=people)
    if (hook := alert.webhook) is not None:
        source = hook.secret.source()
        yield _secret("webhook", source, words, host=Hook(hook.url, source).host)
    if alert.apprise is not None:
        if find_spec("apprise") is None:
            yield Check("apprise", "fault", words.text("doctor alert extra"))
        else:
            yield _secret("apprise", alert.apprise.urls.source(), words)


def _secret(name: str, source: SecretSource, words: Words, **values: object) -> Check:
    from scanner.secret import SecretError

    try:
        source.fetch()
    except SecretError as error:
        return Check(name, "fault", str(error))
    told = words.text(f"doctor alert {name}", where=source.describe(), **values)
    return Check(name, "ok", told)


def _is_windows() -> bool:
    return sys.platform == "win32"


def _configuration(given: str | None, words: Words) -> Iterator[Check]:
    from scanner.config import ConfigError
    from scanner.index.store import Index, IndexTrouble
    from scanner.recipe import RecipeError
    from scanner.secret import SecretError
    from scanner.setup import Setup
    from scanner.tools import Tools

    try:
        setup = Setup.find(given)
    except ConfigError as error:
        yield Check("config", "fault", str(error))
        return
    if setup.path is None:
        yield Check("config", "fault", words.text("doctor no config"))
        return
    yield Check("config", "ok", str(setup.path))
    try:
        setup.roots()
    except ConfigError as error:
        yield Check("places", "fault", str(error))
    yield from _mailboxes(setup, words)
    yield from _shares(setup, words)
    yield from _servers(setup, words)
    yield from _alerts(setup, words)
    key_id = ""
    try:
        tools = Tools(setup.recipe(None, with_index=False))
        key_id = tools.seal.key_id
        where = setup.config.key_source.describe()
        yield Check("key", "ok", words.text("doctor key", where=where, id=key_id))
        yield Check("gate", "ok", words.text("doctor gate", engine=tools.gate.engine))
        ungated = ", ".join(tools.gate.ungated)
        if ungated:
            told = words.text("doctor gate missing", detectors=ungated)
            yield Check("gate", "missing", told)
        yield _names(tools, words)
    except RecipeError as error:
        yield Check("detectors", "fault", str(error))
    except (SecretError, ValueError) as error:
        yield Check("key", "fault", str(error))
    try:
        path = setup.config.index_path
        if path.exists():
            with Index(path, readonly=True) as opened:
                wrong = opened.check()
                held = opened.meta("key_id")
            if key_id and held and held != key_id:
                wrong.append(f"made under another company key ({held}); see 'fodspor key show'")
            yield Check("index", "fault" if wrong else "ok", "; ".join(wrong) or str(path))
        else:
            yield Check("index", "ok", words.text("doctor no index", path=path))
    except IndexTrouble as error:
        yield Check("index", "fault", str(error))
