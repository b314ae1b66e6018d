"""The program as a user gets it: a wheel, installed elsewhere, with what it needs in it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from scanner.demo import fake

ROOT = Path(__file__).parent.parent
HEAVY = ("spacy", "presidio_analyzer", "lxml", "pypdfium2", "pdfminer", "numpy", "phonenumbers")


def modules_of(*arguments: str) -> set[str]:
    """Return the names of the modules that a command imports."""
    code = (
        "import sys\nsys.argv=['fodspor', *sys.argv[1:]]\n"
        "from scanner.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("findings", "--help"), ("scan", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert modules_of(*arguments).isdisjoint({*HEAVY, "pydantic", "rich", "sqlite_utils"})


def test_findings_imports_neither_spacy_nor_presidio(tmp_path: Path) -> None:
    config = str(tmp_path / "fodspor.toml")
    modules_of("--config", config, "init")
    loaded = modules_of("--config", config, "findings", "--json")
    assert "scanner" in loaded
    assert loaded.isdisjoint({"spacy", "presidio_analyzer", "lxml", "pypdfium2", "numpy"})


def test_a_wheel_installed_elsewhere_scans(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
        env={**os.environ, "PIP_NO_BUILD_ISOLATION": "1"},
    )
    wheel = next(tmp_path.glob("*.whl"))
    home = tmp_path / "elsewhere"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True, cwd=tmp_path
    )
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # The dependencies are lent from this environment; the project itself is the wheel's.
    lent = [
        path
        for path in {sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]}
        if Path(path).exists()
    ]
    Path(site, "lent.pth").write_text("\n".join(lent))
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.txt").write_text(f"cpr {fake.cpr()}")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["FODSPOR_STATE"] = str(tmp_path / "state")
    fodspor = [str(python), "-I", "-m", "scanner.cli", "--config", str(tmp_path / "fodspor.toml")]
    for arguments in (("init",), ("scan", str(files)), ("findings", "--json")):
        done = subprocess.run(
            [*fodspor, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert '"DK_CPR"' in done.stdout
    where = subprocess.run(
        [python, "-I", "-c", "import scanner; print(scanner.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert str(home) in where
