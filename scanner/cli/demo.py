"""The command demo: make the synthetic company, then run on it what a user would type."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, FAILED, UNREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.messages import Words

MARKER = ".fodspor-demo"
STEP_SECONDS = 600
PROGRAM = [sys.executable, "-m", "scanner.cli"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False), default="demo-company")
@click.option("--seed", type=int, default=1, help="Other people, values and files. [1]")
@click.option("--files", type=click.IntRange(150), default=240, help="How many at least. [240]")
@click.option("--workers", type=click.IntRange(1), default=2, help="Worker processes. [2]")
@click.option("--make-only", is_flag=True, help="Write the company and its truth; scan nothing.")
@click.option("--devices", is_flag=True, help="Each device scans itself, a centre collects.")
@click.pass_obj
def demo(
    options: dict[str, Any],
    folder: str,
    seed: int,
    files: int,
    workers: int,
    make_only: bool,
    devices: bool,
) -> int:
    """Write a small synthetic company into FOLDER, scan it as a user would, show the answers.

    A demo made before in the same folder is made anew; any other folder with files is refused.
    """
    from scanner.demo.content import DemoExtraMissing

    home = Path(folder).absolute()
    company, config = home / "files", home / "fodspor.toml"
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).is_file():
            raise click.UsageError(f"{folder} is not empty; name a new folder")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).touch()
    try:
        from scanner.demo.company import make_company, truth_path

        words = _words(options)
        click.echo(words.text("demo making", folder=f"{folder}/files"))
        truth = make_company(company, seed=seed, files=files)
    except DemoExtraMissing as error:
        raise click.ClickException(str(error)) from None
    count = len(truth.files)
    path = os.path.relpath(truth_path(company))
    click.echo(words.text("demo made", files=count, values=len(truth.planted), path=path))
    if make_only:
        return DONE
    if devices:
        return _collect(home, company, words, workers)
    return _tell(home, company, config, truth, words, workers)


def _collect(home: Path, company: Path, words: Words, workers: int) -> int:
    from scanner.demo.devices import scan_and_collect

    def run(arguments: Sequence[str]) -> None:
        click.echo(f"$ {shlex.join(['fodspor', *(_short(each, home) for each in arguments)])}")
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=_environment(home, words),
            stdout=subprocess.DEVNULL,
            timeout=STEP_SECONDS,
            check=False,
        )
        if done.returncode not in (DONE, UNREAD):
            raise click.ClickException(f"ended with exit code {done.returncode}")

    centre = scan_and_collect(home, company, run, workers=workers)
    click.echo(
        f"\n{words.text('demo serve', start=f'fodspor --config {_short(str(centre), home)}')}"
    )
    return DONE


def _environment(home: Path, words: Words) -> dict[str, str]:
    return {
        **os.environ,
        "FODSPOR_STATE": str(home / "state"),
        "FODSPOR_LANGUAGE": words.language,
        "PYTHONUTF8": "1",
    }


def _words(options: dict[str, Any]) -> Words:
    from scanner.messages import words

    return words(options["language"] or "en")


def _tell(home: Path, company: Path, config: Path, truth: Any, words: Words, workers: int) -> int:
    from scanner.demo.story import places, story

    environment = _environment(home, words)
    run = PROGRAM
    subprocess.run(
        [*run, "--config", str(config), "init"], env=environment, check=True, capture_output=True
    )
    with config.open("a", encoding="utf-8") as file:
        file.write("\n" + places(company))
    failed = False
    for step in story(company, truth, program=run, config=config):
        arguments = list(step.argv)
        if "scan" in arguments:
            arguments += ["--workers", str(workers)]
        shown = ["fodspor", *arguments[len(run) :]]
        shown = [_short(argument, home) for argument in shown]
        click.echo(f"\n── {words.text(step.title)}\n$ {shlex.join(shown)}", nl=True)
        sys.stdout.flush()
        done = subprocess.run(
            arguments,
            input=step.typed,
            stdin=None if step.typed is not None else subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
            timeout=STEP_SECONDS,
            check=False,
        )
        if done.returncode not in step.exits:
            click.echo(f"ended with exit code {done.returncode}", err=True)
            failed = True
    start = f"fodspor --config {_short(str(config), home)}"
    click.echo(f"\n{words.text('demo more', start=start)}")
    return FAILED if failed else DONE


def _short(argument: str, home: Path) -> str:
    """Return an argument as somebody in the current folder would type it."""
    return os.path.relpath(argument) if argument.startswith(str(home)) else argument
