"""What the workers of commands in `tests.warm` share: each would load it and get the same."""

from __future__ import annotations

import gc
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors import Document
from connectors.disk import DiskConnector
from connectors.excludes import Excludes
from connectors.owners import OwnerRules
from detectors.names import tagger
from scanner.demo import fake
from scanner.examine import examine_all
from scanner.recipe import Recipe
from scanner.secret import SecretSource
from scanner.tools import tools_of


def read_some(folder: Path) -> None:
    """Read a few documents, as a worker's first ones load what it reads them with."""
    key = folder / "key"
    key.touch(0o600)
    key.write_text("00" * 32, "ascii")
    text = f"Anna Holm, cpr {fake.cpr(hyphen=True)}, {fake.email()}, tlf. {fake.phone()}\n"
    files = folder / "files"
    files.mkdir()
    (files / "a.txt").write_text(text, "utf-8")
    (files / "b.csv").write_text(f"navn;cpr\nIda Holm;{fake.cpr()}\n", "utf-8")
    (files / "c.eml").write_text(f"From: a@firma.example\nSubject: a\n\n{text}", "utf-8")
    with zipfile.ZipFile(files / "d.zip", "w") as packed:
        packed.writestr("e.txt", text)
    walk = DiskConnector("", "files", bytes(files), Excludes(), OwnerRules()).walk()
    documents = [each for each in walk if isinstance(each, Document)]
    outcomes = examine_all(documents, Recipe(SecretSource(file=str(key))))
    assert [each.status for each in outcomes] == ["read"] * 4
    tools_of.cache_clear()


tagger()
with TemporaryDirectory() as made:
    read_some(Path(made))
gc.freeze()  # a worker that looks through what was imported copies it all
