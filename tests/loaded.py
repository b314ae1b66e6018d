"""What the workers of commands in `tests.warm` share: each would load it and get the same."""

from __future__ import annotations

from functools import cache

from detectors import gate, gate_superset
from detectors.names import tagger

vars(gate)["derive"] = cache(
    gate_superset.derive
)  # a worker derives a hundred expressions when it starts
tagger()
