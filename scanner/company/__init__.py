"""One index from many devices: hand an index over, check what was handed over, merge it."""
