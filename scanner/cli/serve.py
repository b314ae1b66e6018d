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


def _log(index: Path, action: str, subject: str) -> None:
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(index)) as decisions:
        decisions.log(action, subject)


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
