"""Fodspor: find personal data scattered over files and mail, and keep an index of where it is."""

__version__ = "0.1.0"
