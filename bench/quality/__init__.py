"""Measure how well personal data is found: a labelled Danish corpus, scores, calibration, peers."""
