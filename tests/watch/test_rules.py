"""What the configuration's sentences decide about a kind somewhere."""

from __future__ import annotations

import pytest

from detectors.catalogue import LEVELS, SPECIAL_LEVELS
from scanner.watch.rules import Spot, parse

KINDS = {**LEVELS, **SPECIAL_LEVELS}


def spot(path: str, below: str = "", share: str = "", removable: bool = False) -> Spot:
    return Spot(path, below or path.lstrip("/"), share, removable)


@pytest.mark.parametrize(
    ("rules", "kind", "where", "decision"),
    [
        pytest.param(
            [r"allow DK_CPR in \\fil01\HR"],
            "DK_CPR",
            spot("/mnt/hr/løn/2026.xlsx", share="//fil01/hr/løn/2026.xlsx"),
            "allow",
            id="below a share, however it is mounted and written",
        ),
        pytest.param(
            [r"allow DK_CPR in \\fil01\HR"],
            "DK_CPR",
            spot("/mnt/x/a.xlsx", share="//fil01/hrx/a.xlsx"),
            "",
            id="a share whose name only begins so",
        ),
        pytest.param(
            [r"allow DK_CPR in \\fil01\HR"],
            "IBAN_CODE",
            spot("/m/a", share="//fil01/HR/a"),
            "",
            id="another kind",
        ),
        pytest.param(
            ["forbid all in Downloads"],
            "EMAIL_ADDRESS",
            spot("/home/bo/Overførsler/liste.csv"),
            "forbid",
            id="a folder that systems make, in Danish",
        ),
        pytest.param(
            ["forbid all in Desktop"],
            "DK_CPR",
            spot("C:/Users/bo/OneDrive - Firma/Skrivebord/Kunder/a.csv"),
            "forbid",
            id="moved into the cloud, and a folder in it",
        ),
        pytest.param(
            ["forbid all in Desktop"],
            "DK_CPR",
            spot("/home/bo/Skrivebord"),
            "",
            id="a file of that name",
        ),
        pytest.param(
            ["forbid confidential in USB"],
            "DK_CPR",
            spot("/media/bo/STICK/a.csv", removable=True),
            "forbid",
            id="what one carries away",
        ),
        pytest.param(
            ["forbid confidential in USB"],
            "EMAIL_ADDRESS",
            spot("/media/a.csv", removable=True),
            "",
            id="of another group",
        ),
        pytest.param(
            ["forbid special in /srv/**/test"],
            "HEALTH",
            spot("/srv/a/b/test/c/d.txt"),
            "forbid",
            id="wildcards, and all below",
        ),
        pytest.param(
            ["allow all in /srv/hr", "forbid all in /srv"],
            "DK_CPR",
            spot("/srv/hr/a.txt"),
            "allow",
            id="the first that fits decides",
        ),
        pytest.param(
            ["forbid all in /srv, Projekter/Test"],
            "DK_CPR",
            spot("/home/Projekter/Test/a", "Projekter/Test/a"),
            "forbid",
            id="one of several; below the place's root",
        ),
        pytest.param(
            ["ALLOW dk_cpr, Criminal in downloads"],
            "CRIMINAL_RECORD",
            spot("/x/Downloads/a"),
            "allow",
            id="in any case",
        ),
        pytest.param([], "DK_CPR", spot("/a"), "", id="no rule"),
    ],
)
def test_decisions(rules: list[str], kind: str, where: Spot, decision: str) -> None:
    decided, sentence = parse(rules, KINDS).decide(kind, KINDS[kind], where)
    assert decided == decision
    assert bool(sentence) == bool(decision)


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        pytest.param("DK_CPR in HR", "allow KINDS in FOLDER", id="no verb"),
        pytest.param("allow DK_CRP in /srv", "did you mean DK_CPR", id="a kind misspelt"),
        pytest.param("allow in /srv", "allow KINDS in FOLDER", id="no kind"),
        pytest.param("forbid all in ,", "names no folder", id="no folder"),
    ],
)
def test_what_cannot_be_understood_says_what_to_write(sentence: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse([sentence], KINDS)
