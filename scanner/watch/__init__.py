"""Watch places and scan what is saved there, by the one pipeline (docs/watch.md)."""
