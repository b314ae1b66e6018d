"""Count what a rule leaves out: names and sizes only, nothing is opened but folders."""

from __future__ import annotations

import os
import stat

from connectors import Excluded
from connectors.opening import is_away, is_link, listed
from connectors.volumes import Volumes

MAX_COUNTED = 200_000
"""Entries looked at in one folder that a rule leaves out; its count is then `RULE:at_least`."""
AT_LEAST = ":at_least"


def counted(path: bytes, rule: str, volumes: Volumes) -> Excluded:
    """Count the files below the folder `path`, on its own volume only.

    After MAX_COUNTED entries, or where something could not be listed, the count is a lower
    bound and the rule reads `RULE:at_least`.
    """
    count = size = looked_at = 0
    complete = True
    device: int | None = None
    pending = [path]
    while pending:
        folder = pending.pop()
        try:
            with listed(folder) as listing:
                if listing.info is not None:
                    device = listing.info.st_dev if device is None else device
                    volume = volumes.of(listing.info.st_dev, folder)
                    if volume.pseudo or volume.device != device:
                        continue
                for entry in listing:
                    looked_at += 1
                    if looked_at > MAX_COUNTED:
                        return Excluded(rule + AT_LEAST, count, size)
                    try:
                        info = entry.stat(follow_symlinks=False)
                    except OSError:
                        complete = False
                        continue
                    if is_link(info) or is_away(info):
                        count += stat.S_ISREG(info.st_mode)
                    elif stat.S_ISDIR(info.st_mode):
                        pending.append(os.path.join(folder, os.fsencode(entry.name)))
                    elif stat.S_ISREG(info.st_mode):
                        count += 1
                        size += info.st_size
                complete = complete and listing.error is None
        except OSError:
            complete = False
    return Excluded(rule if complete else rule + AT_LEAST, count, size)
