"""The command line. It alone puts the pieces together; each command loads what it needs."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from scanner import __version__

DONE, FAILED, USAGE, UNREAD, PUT_OFF, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes: all read; failed; configuration or usage; done with something unread; a nightly scan
that was put off (EX_TEMPFAIL of sysexits.h: try again later); interrupted."""

NO_VALUE = "this command takes no value as an argument; it is asked for, or read from stdin"

COMMANDS = {
    "init": ("scanner.cli.init", "Write a commented config, a key file and an empty index."),
    "scan": ("scanner.cli.scan", "Scan what the config names, or the given folders."),
    "schedule": (
        "scanner.cli.schedule",
        "Let the system's scheduler start the nightly scan: install, show, remove.",
    ),
    "status": ("scanner.cli.status", "Say how the nightly scan fares; for monitoring too."),
    "kontrolfil": ("scanner.cli.kontrolfil", "Plant the file that every run of a place must find."),
    "watch": ("scanner.cli.watch", "Flag newly saved files, as soon as they are saved."),
    "inspect": ("scanner.cli.inspect", "Show what is in one file or folder; store nothing."),
    "findings": ("scanner.cli.answers", "Query the index."),
    "person": ("scanner.cli.person", "Show every place that holds one person's data."),
    "report": (
        "scanner.cli.reports",
        "Answer a question: overview, risk, open, leavers, copies, unread.",
    ),
    "belongs": ("scanner.cli.belongs", "Say that a file belongs where it lies, and why."),
    "alert": ("scanner.cli.alert", "Try the channels over which people are told."),
    "owners": ("scanner.cli.owners", "Know whose documents are: read the list of employees."),
    "ignore": ("scanner.cli.admin", "Keep values that are never to be reported."),
    "register": (
        "scanner.cli.register",
        "Know the company's customers by fingerprint: import, show, clear.",
    ),
    "deliver": ("scanner.cli.company", "Hand this device's index over: a copy into a folder."),
    "collect": ("scanner.cli.company", "Merge the indexes of many devices into the company's."),
    "index": ("scanner.cli.admin", "Check, judge, compact or export the index; forget a place."),
    "key": ("scanner.cli.keys", "Show or rotate the company key; what to do when one is stolen."),
    "serve": ("scanner.cli.serve", "Serve the officers' pages; keep the accounts that log in."),
    "audit": ("scanner.cli.audit", "Show and check the log of look-ups and verdicts."),
    "doctor": (
        "scanner.cli.admin",
        "Show what is installed, what is missing, and what that costs.",
    ),
    "demo": ("scanner.cli.demo", "Make a small synthetic company, scan it, show the answers."),
}


class Commands(click.Group):
    """Loads a command's module when it is called, so that help and queries start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fodspor")
@click.option(
    "--config", metavar="FILE", help="The configuration; else ./fodspor.toml, else yours."
)
@click.option(
    "--language",
    type=click.Choice(["en", "da"]),
    envvar="FODSPOR_LANGUAGE",
    help="Language of answers; else as the configuration says. [en]",
)
@click.option(
    "--own", is_flag=True, help="Answer from this device's own index, not from the company's."
)
@click.pass_context
def cli(context: click.Context, config: str | None, language: str | None, own: bool) -> None:
    """Find personal data scattered over files, and keep an index of where it is."""
    context.obj = {"config": config, "language": language, "own": own}


def main() -> None:
    """Run the command line; turns every expected error into one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        code: Any = cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        _masked(error).show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "interrupted; what was done is kept, run the same command again to go on", err=True
        )
        code = INTERRUPTED
    except BrokenPipeError:
        code = DONE
    except Exception as error:  # the last seam: a sentence without values, never a traceback
        code = _explain(error)
    sys.exit(code if isinstance(code, int) else DONE)


def _masked(error: click.ClickException) -> click.ClickException:
    """Return a usage error that repeats no value of what was typed."""
    from scanner.typed import typed

    context = error.ctx if isinstance(error, click.UsageError) else None
    if "unexpected extra argument" in error.message:
        return click.UsageError(NO_VALUE)
    return click.UsageError(typed(error.format_message()), context)


def _explain(error: Exception) -> int:
    from scanner.index.store import IndexTrouble
    from scanner.secret import SecretError

    expected: dict[type[Exception], int] = {IndexTrouble: FAILED, SecretError: USAGE}
    for module, name in (("scanner.config", "ConfigError"), ("scanner.recipe", "RecipeError")):
        if module in sys.modules:
            expected[getattr(sys.modules[module], name)] = USAGE
    for kind, code in expected.items():
        if isinstance(error, kind):
            click.echo(f"fodspor: {error}", err=True)
            return code
    if "sqlite3" in sys.modules and isinstance(error, sys.modules["sqlite3"].Error):
        click.echo(f"fodspor: the index is unusable ({error}); run 'fodspor index check'", err=True)
        return FAILED
    from scanner.log import origin

    what = f"unexpected {type(error).__name__} at {origin(error)}"
    click.echo(f"fodspor: {what}; please report it", err=True)
    return FAILED
