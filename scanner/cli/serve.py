"""The command serve: the officers' pages in a browser, and the accounts that may log in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scanner.config import Config
    from scanner.web.accounts import Accounts

MISSING = (
    "the officers' pages need the extra web: pip install 'fodspor[web]' in Fodspor's environment"
)
PASSWORD_SIGNS = 2000
"""Read from stdin at most; what is allowed is less (scanner.web.accounts)."""


@click.group(invoke_without_command=True)
@click.option("--host", help="The address to serve on; another than this machine needs TLS.")
@click.option("--port", type=click.IntRange(0, 65535), help="Its port; 0: any that is free.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None) -> int | None:
    """Serve the officers' pages (docs/pages.md) until it is interrupted.

    On this machine alone, unless [serve] names a certificate. Make an account first:
    'fodspor serve account add NAME --role compliance'.
    """
    if context.invoked_subcommand is not None:
        return None
    _needed()
    from scanner.web.running import run

    config, index = _found(context.obj)
    return run(_served(config, host, port), index)


def _served(config: Config, host: str | None, port: int | None) -> Config:
    """Return the configuration with what was asked for on the command line."""
    from scanner.config.serve import refused

    changed = {"host": host or config.serve.host}
    if why := refused(changed["host"], config.serve.certificate):
        raise click.UsageError(why)
    number = config.serve.port if port is None else port
    table = config.serve.model_copy(update={**changed, "port": number})
    return config.model_copy(update={"serve": table})


def _needed() -> None:
    try:
        import argon2  # noqa: F401
        import datasette.app  # noqa: F401
    except ImportError:
        raise MissingExtra(MISSING) from None


class MissingExtra(click.ClickException):
    """The pages cannot be served here."""

    exit_code = USAGE


def _found(options: dict[str, Any]) -> tuple[Config, Path]:
    from scanner.cli.answering import index_of
    from scanner.config import find_config, load_config

    config = load_config(find_config(options["config"]))
    return config, index_of(options, config)


@serve.group()
def account() -> None:
    """Keep the accounts that may log in. Passwords are asked for, or read from stdin."""


@account.command("add")
@click.argument("name")
@click.option("--role", required=True, help="compliance, deputy, it, manager, employee, service …")
@click.option("--department", "departments", multiple=True, help="Sees this department alone.")
@click.option("--employee", default="", help="The owner whose documents are this account's own.")
@click.option("--may", "grants", multiple=True, help='Give it "sql" or "preview" too.')
@click.option("--speaks", type=click.Choice(["en", "da"]), help="Its language; else [device]'s.")
@click.pass_obj
def account_add(
    options: dict[str, Any],
    name: str,
    role: str,
    departments: tuple[str, ...],
    employee: str,
    grants: tuple[str, ...],
    speaks: str | None,
) -> int:
    """Make an account."""
    with _accounts(options) as (accounts, index):
        from scanner.web.accounts import Account, check

        made = Account(name, role, departments, employee, speaks or "", grants)  # type: ignore[arg-type]
        check(made)
        accounts.add(made, _password())
        _log(index, "account added", " ".join((name, role, *grants)))
    return DONE


@account.command("list")
@click.pass_obj
def account_list(options: dict[str, Any]) -> int:
    """Show the accounts."""
    with _accounts(options) as (accounts, _):
        for each in accounts.all():
            more = [*each.departments, each.employee, *each.grants, "closed" * each.disabled]
            click.echo("\t".join([each.name, each.role, ", ".join(filter(None, more))]).rstrip())
    return DONE


@account.command("remove")
@click.argument("name")
@click.pass_obj
def account_remove(options: dict[str, Any], name: str) -> int:
    """Remove an account, which ends what it has open."""
    with _accounts(options) as (accounts, index):
        accounts.remove(name)
        _log(index, "account removed", name)
    return DONE


@account.command("password")
@click.argument("name")
@click.pass_obj
def account_password(options: dict[str, Any], name: str) -> int:
    """Set another password, which ends every session of the account."""
    with _accounts(options) as (accounts, index):
        accounts.set_password(name, _password())
        _log(index, "account password", name)
    return DONE


@serve.command("link")
@click.argument("employee", required=False)
@click.option("--days", type=click.IntRange(1, 30), default=7, help="Holds so many days. [7]")
@click.option("--revoke", type=click.IntRange(1), help="End the link of this number instead.")
@click.pass_obj
def link(options: dict[str, Any], employee: str | None, days: int, revoke: int | None) -> int:
    """Make a signed link to the page of one employee, and nothing else; or end one.

    EMPLOYEE: the owner as the index writes it. The link is told once, here.
    """
    if (employee is None) == (revoke is None):
        raise click.UsageError("name an employee, or the number of a link to --revoke")
    with _accounts(options) as (_, index):
        from datetime import UTC, datetime

        from scanner.web.accounts import WebFile, web_path
        from scanner.web.links import Links
        from scanner.web.pages.links import address_of, told_of

        config, _ = _found(options)
        with WebFile(web_path(index)) as file:
            links = Links(file, lambda: datetime.now(UTC))
            if revoke is not None:
                if links.get(revoke) is None:
                    raise click.UsageError("there is no such link")
                _log(index, "link revoked", f"link {revoke}")
                links.revoke(revoke)
                return DONE
            assert employee is not None
            if not _owns(index, employee):
                raise click.UsageError(
                    "the index knows no such owner; 'fodspor owners' shows those that it knows"
                )
            made, token = links.make(employee, days, "")
            _log(index, "link made", f"link {made.number}", told_of(employee, made.expires))
    click.echo(address_of(config.serve, token))
    return DONE


def _owns(index: Path, employee: str) -> bool:
    from scanner.index.store import Index

    with Index(index, readonly=True) as held:
        query = (
            "SELECT 1 FROM employee WHERE account=?1 UNION SELECT 1 FROM document WHERE owner=?1"
        )
        return held.connection.execute(f"{query} LIMIT 1", (employee,)).fetchone() is not None


def _log(index: Path, action: str, subject: str, detail: str = "") -> None:
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(index)) as decisions:
        decisions.log(action, subject, detail)


def _accounts(options: dict[str, Any]) -> Any:
    from contextlib import contextmanager

    _needed()
    from scanner.web.accounts import Accounts, AccountTrouble, WebFile, web_path

    @contextmanager
    def opened() -> Iterator[tuple[Accounts, Path]]:
        _, index = _found(options)
        try:
            with WebFile(web_path(index)) as file:
                yield Accounts(file), index
        except AccountTrouble as error:
            raise click.UsageError(str(error)) from None

    return opened()


def _password() -> str:
    if sys.stdin.isatty():
        told: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return told
    return sys.stdin.readline(PASSWORD_SIGNS).rstrip("\r\n")
