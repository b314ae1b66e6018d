"""Let each device of the demo company scan itself, and one machine collect what they hand over.

What a made-up device cannot have, its disk's encryption, is written into its index.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from scanner.demo.desk import DEPARTMENTS, LEFT, OWNERS
from scanner.demo.fake import ascii_of

CENTRE = "centre"
UNENCRYPTED = "pc-mikkel.bach"
"""The one laptop whose disk is not encrypted."""

Run = Callable[[Sequence[str]], object]
"""Runs one command: the arguments that stand behind `fodspor`. Raises where it goes wrong."""


def owner_of(device: str) -> str:
    """Return whose a device is; empty: a share."""
    return next((name for name in OWNERS if device == f"pc-{_account(name)}"), "")


def config_of(home: Path, device: str) -> Path:
    """Return the configuration of a device, or of the CENTRE."""
    return home / "devices" / device / "fodspor.toml"


def scan_and_collect(home: Path, company: Path, run: Run, *, workers: int = 2) -> Path:
    """Make the devices' installations below `home`, scan, hand over, collect.

    Returns the configuration of the machine that holds the company's index. The folders of
    `company` are the devices. Each command goes through `run`.
    """
    drop, centre = home / "drop", config_of(home, CENTRE)
    drop.mkdir()
    run(["--config", str(centre), "init", "--company"])
    join = next(centre.parent.glob("*.join"))
    employees = centre.parent / "employees.csv"
    employees.write_text(_employees(), "utf-8")
    _say(centre, label=CENTRE, folders=[str(drop)], file=str(employees))
    for folder in sorted(path for path in company.iterdir() if path.is_dir()):
        config = config_of(home, folder.name)
        run(["--config", str(config), "init", "--join", str(join)])
        _say(config, label=folder.name)
        with config.open("a", encoding="utf-8") as file:
            file.write(_place(folder))
        scan_one(home, folder.name, run, workers=workers)
    join.unlink()
    run(["--config", str(centre), "collect", "--quiet"])
    return centre


def scan_one(home: Path, device: str, run: Run, *, workers: int = 2) -> None:
    """Scan one device and hand its index over, as its night does."""
    from scanner.index.store import Index

    config = config_of(home, device)
    run(["--config", str(config), "scan", "--quiet", "--workers", str(workers)])
    encrypted = ("off" if device == UNENCRYPTED else "on") if owner_of(device) else None
    with Index(config.with_name("fodspor.db")) as index, index.transaction() as connection:
        connection.execute("UPDATE device SET encryption=?", (encrypted,))
    run(["--config", str(config), "deliver", "--quiet", str(home / "drop")])


def _account(name: str) -> str:
    return ascii_of(name).lower().replace(" ", ".")


def _place(folder: Path) -> str:
    lines = {"name": folder.name, "path": str(folder.resolve())}
    if owner := owner_of(folder.name):
        lines["owner"] = owner
    return "\n[[place]]\n" + "".join(f"{key} = {_toml(text)}\n" for key, text in lines.items())


def _employees() -> str:
    rows = [("konto", "navn", "afdeling", "fratrådt")]
    rows += [(_account(name), name, DEPARTMENTS[name], LEFT.get(name, "")) for name in OWNERS]
    return "".join(";".join(row) + "\n" for row in rows)


def _say(config: Path, **values: object) -> None:
    """Set keys of a configuration that `init` wrote, each of which is empty in it once."""
    text = config.read_text("utf-8")
    for key, value in values.items():
        empty = f"\n{key} = " + ("[]" if isinstance(value, list) else '""') + "\n"
        if text.count(empty) != 1:
            raise ValueError(f"{key} is not empty in the configuration, or is there twice")
        text = text.replace(empty, f"\n{key} = {_toml(value)}\n")
    config.write_text(text, "utf-8")


def _toml(value: object) -> str:
    # JSON strings are TOML basic strings, Windows paths and Danish letters included.
    return json.dumps(value, ensure_ascii=False)
