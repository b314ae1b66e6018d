"""What the workers of commands in `tests.warm` share: each would load it and get the same."""

from __future__ import annotations

from detectors.names import tagger

tagger()
