"""Which share a folder lies on: what systems say of their mounts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from connectors.imap.address import Address
from connectors.shares import share_of, told_by_macos
from connectors.smb.address import ShareAddress

MOUNTS = r"""
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 21 0:50 / /mnt/salg rw,relatime shared:2 - cifs //anna@FIL01/Salg rw,vers=3.1.1
37 21 0:51 / /mnt/f\303\246lles\040drev rw - nfs4 Fil02:/export/data rw
38 21 0:52 /2026 /mnt/aar rw - cifs \134\134fil01\134Salg rw
39 36 0:53 / /mnt/salg/lokal rw - tmpfs tmpfs rw
40 21 0:54 / /mnt/ssh rw - fuse.sshfs anna@fil03:/home/anna rw
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own table")
@pytest.mark.parametrize(
    ("path", "share"),
    [
        pytest.param("/mnt/salg/kunder", "//fil01/salg/kunder", id="SMB, without the account"),
        pytest.param("/mnt/salg", "//fil01/salg", id="its root"),
        pytest.param("/mnt/fælles drev/x", "fil02:/export/data/x", id="NFS, a name with a blank"),
        pytest.param("/mnt/aar", "//fil01/salg/2026", id="a folder of the share mounted alone"),
        pytest.param("/mnt/salg/lokal/x", "", id="something local mounted inside a share"),
        pytest.param("/mnt/salgX", "", id="a name that only begins the same"),
        pytest.param("/mnt/ssh", "fil03:/home/anna", id="sshfs"),
        pytest.param("/home/anna", "", id="a local disk"),
    ],
)
def test_linux(tmp_path: Path, path: str, share: str) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS, "ascii")
    assert share_of(os.fsencode(path), table) == share


def test_no_table_is_no_share(tmp_path: Path) -> None:
    assert share_of(os.fsencode(tmp_path), tmp_path / "none") == ""


def test_an_address_is_the_same_share_as_its_mount() -> None:
    assert share_of(ShareAddress.parsed("smb://FIL01:1445/Salg/2026").root) == "//fil01/salg/2026"
    assert share_of(Address.parsed("imap://anna@mail.firma.dk").root) == ""


def test_macos() -> None:
    said = "/dev/disk3s1 on / (apfs, local)\n//anna@fil01/salg on /Volumes/salg (smbfs, nodev)\n"
    assert told_by_macos(said) == {
        b"/": ("apfs", "/dev/disk3s1"),
        b"/Volumes/salg": ("smbfs", "//anna@fil01/salg"),
    }
