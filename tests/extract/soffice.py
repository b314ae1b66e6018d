"""Let LibreOffice write a document: each conversion is made once a session."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@cache
def converted(data: bytes, ending: str, target: str) -> bytes:
    """Return what LibreOffice makes of a document; `target` as in `--convert-to`.

    Skips the test where LibreOffice is not installed.
    """
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed: what it writes is not tested")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = folder / f"document.{ending}"
        document.write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        out = folder / "out"
        command = [SOFFICE, profile, "--headless", "--convert-to", target, "--outdir", str(out)]
        subprocess.run([*command, str(document)], check=True, capture_output=True, timeout=180)
        return next(out.glob("document.*")).read_bytes()
