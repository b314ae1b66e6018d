"""Let LibreOffice write a document: each conversion is made once a session."""

from __future__ import annotations

import atexit
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
        out = folder / "out"
        _soffice("--convert-to", target, "--outdir", str(out), str(document))
        return next(out.glob("document.*")).read_bytes()


FILTERS = {
    "xls": "MS Excel 97",
    "xlsx": "Calc MS Excel 2007 XML",
    "docx": "MS Word 2007 XML",
    "ods": "calc8",
    "odt": "writer8",
}
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Store(source As String, target As String, filter As String, secret As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  Dim key(1) As New com.sun.star.beans.NamedValue
  key(0).Name = "OOXPassword"
  key(0).Value = secret
  key(1).Name = "CryptoType"
  key(1).Value = "Standard"
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = filter
  If InStr(filter, "2007") &gt; 0 Then
    how(1).Name = "EncryptionData"
    how(1).Value = key()
  Else
    how(1).Name = "Password"
    how(1).Value = secret
  End If
  document.storeToURL(target, how())
  document.close(True)
End Sub
</script:module>
"""


@cache
def locked(data: bytes, ending: str, target: str, password: str) -> bytes:
    """Return what LibreOffice stores of a document under a password; `target` is an ending.

    By a Basic macro: `--convert-to` takes no password.
    """
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed: what it writes is not tested")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = folder / f"document.{ending}"
        document.write_bytes(data)
        made = folder / f"locked.{target}"
        given = (document.as_uri(), made.as_uri(), FILTERS[target], password)
        call = "macro:///Standard.Module1.Store({})".format(",".join(f'"{each}"' for each in given))
        _soffice(call)
        return made.read_bytes()


def _soffice(*arguments: str) -> None:
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation={_profile().as_uri()}", *ALONE, *arguments],
        check=True,
        capture_output=True,
        timeout=180,
    )


ALONE = ("--headless", "--norestore")


@cache
def _profile() -> Path:
    """Make a profile for this process, with the macro: a first start costs more than the next."""
    folder = tempfile.TemporaryDirectory(prefix="soffice")
    atexit.register(folder.cleanup)
    profile = Path(folder.name)
    first = profile / "first.txt"
    first.write_text("a", "utf-8")
    command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", *ALONE]
    command += ["--convert-to", "odt", "--outdir", folder.name, str(first)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    macro = profile / "user" / "basic" / "Standard" / "Module1.xba"
    macro.write_text(MACRO, "utf-8")
    return profile
