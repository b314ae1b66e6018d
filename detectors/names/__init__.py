"""Names of persons: the model that finds them, the gate in front of it, the detector, training.

The model lies in `MODEL` and is loaded when it is first asked. See docs/names.md.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detectors.names.crf import Tagger

MODEL = Path(__file__).parent / "model"
"""The shipped spaCy pipeline: `spacy.load(MODEL)`."""
WEIGHTS_FILE = "weights.npz"
COMPONENT = MODEL / "names"
"""The model's own files in it, all that Fodspor itself reads."""


@cache
def tagger() -> Tagger:
    """Return the shipped model, read once a process. Needs numpy, not spaCy."""
    from detectors.names.crf import Tagger

    return Tagger.load(COMPONENT)
