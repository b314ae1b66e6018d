"""The nightly scan: its window and manners, schedulers, status, report, metrics, kontrolfil."""
