"""The command audit: show the log of look-ups and verdicts, and check that nothing was changed."""

from __future__ import annotations

from typing import Any

import click

from scanner.cli import DONE, FAILED

SHOWN = 50


@click.group()
def audit() -> None:
    """Show and check the log of look-ups, verdicts and logins (docs/pages.md, The log)."""


@audit.command("verify")
@click.pass_obj
def audit_verify(options: dict[str, Any]) -> int:
    """Check the chain: each line holds the hash of the one before. Exit code 1: it is broken.

    Ends with the chain's head. Who keeps a head elsewhere can tell later that nothing before it
    was changed or taken away.
    """
    from scanner.cli.answering import spoken

    config, path = _found(options)
    words = spoken(options, config)
    from scanner.index.store import Decisions

    with Decisions(path) as decisions:
        broken = decisions.verify()
        number, head = decisions.head()
    if broken is not None:
        click.echo(words.text("audit broken", number=str(broken)))
        return FAILED
    click.echo(words.count("audit whole", number))
    click.echo(words.text("audit head", head=head.hex() or "-"))
    return DONE


@audit.command("show")
@click.option("--limit", type=click.IntRange(1), default=SHOWN, help="The last so many lines. [50]")
@click.option("--who", help="Only of this account.")
@click.pass_obj
def audit_show(options: dict[str, Any], limit: int, who: str | None) -> int:
    """Show the last lines: when, who, what, about what. Newest last."""
    from scanner.cli.answering import spoken
    from scanner.index.store import Decisions
    from scanner.privacy import shown

    config, path = _found(options)
    words = spoken(options, config)
    with Decisions(path) as decisions:
        for line in decisions.lines(limit, who=who):
            told = [words.moment(line.at), line.who, line.action, line.subject, line.detail]
            click.echo("\t".join(map(shown, told)).rstrip())
        _, head = decisions.head()
    click.echo(words.text("audit head", head=head.hex() or "-"), err=True)
    return DONE


def _found(options: dict[str, Any]) -> Any:
    from scanner.cli.answering import index_of
    from scanner.config import find_config, load_config
    from scanner.index.store import IndexTrouble, decisions_path

    config = load_config(find_config(options["config"]))
    path = decisions_path(index_of(options, config))
    if not path.exists():
        raise IndexTrouble(f"there is no log at {path} yet")
    return config, path
