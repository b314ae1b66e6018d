"""What each process derives of built-in detectors and rules when it starts, done once."""

from __future__ import annotations

from functools import cache

from connectors.excludes import Excludes
from detectors import gate, gate_superset, load

vars(gate)["derive"] = cache(gate_superset.derive)
for each in ("expression", "coarse"):
    written = vars(gate_superset.Superset)[each].fget
    setattr(gate_superset.Superset, each, property(cache(written)))
gate.Gate(load())
for detector in load():
    assert detector.version
Excludes()
