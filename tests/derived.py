"""What each process derives of the built-in detectors' expressions when it starts, done once."""

from __future__ import annotations

from functools import cache

from detectors import gate, gate_superset, load

vars(gate)["derive"] = cache(gate_superset.derive)
gate.Gate(load())
