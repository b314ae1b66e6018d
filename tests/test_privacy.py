"""What survives of a value: fingerprints, masks and sealed names, and nothing else."""

from __future__ import annotations

import hmac
import pickle

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from detectors.catalogue import LEVELS
from scanner.demo import fake
from scanner.privacy import DOT, PAPERS, SPECIAL, Seal, WrongKey, mask, shown

SEAL = Seal(bytes(range(32)))
OTHER = Seal(bytes(32))


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        pytest.param("DK_CPR", "0101101234", "0101••-••••", id="four characters of a CPR number"),
        pytest.param("EMAIL_ADDRESS", "anna@firma.dk", "a••@firma.dk", id="one letter and domain"),
        pytest.param("EMAIL_ADDRESS", "bo@firma.dk", "•••@firma.dk", id="two letters are too few"),
        pytest.param("PHONE_NUMBER", "+4520304050", "•• •• •• 50", id="last two of a phone"),
        pytest.param(
            "CUSTOMER", "K-1", "••••••••", id="a short value of an own kind shows nothing"
        ),
        pytest.param(
            "CUSTOMER_TABLE",
            "400 × name, email",
            "400 × name, email",
            id="rows and classes of columns are of nobody",
        ),
        pytest.param("CUSTOMER_TABLE", "Navn", "••••••••", id="anything else of a table is hidden"),
    ],
)
def test_masks(kind: str, value: str, masked: str) -> None:
    assert mask(kind, value) == masked


@pytest.mark.parametrize("kind", sorted(SPECIAL | PAPERS))
def test_a_mask_of_a_special_category_or_paper_is_the_same_for_all(kind: str) -> None:
    assert len({mask(kind, value) for value in ("diabetes", "x", "")}) == 1


@given(
    st.sampled_from(sorted(set(LEVELS) - SPECIAL - PAPERS)),
    st.text("0123456789ABCDEFGHIJ", min_size=6, max_size=40),
)
def test_a_mask_shows_at_most_four_characters_and_one_length(kind: str, value: str) -> None:
    if kind in ("EMAIL_ADDRESS", "IP_ADDRESS"):
        value = f"{value}@example.dk" if kind == "EMAIL_ADDRESS" else "192.168.1.20"
    masked = mask(kind, value).removesuffix("@example.dk")
    shown_of_it = [c for c in masked if c not in f"{DOT} -.:@"]
    assert len(shown_of_it) <= 4
    other = value[::-1] if kind not in ("EMAIL_ADDRESS", "IP_ADDRESS") else value
    assert len(mask(kind, other)) == len(mask(kind, value))


@given(st.text(max_size=200))
def test_a_fingerprint_is_the_first_half_of_an_hmac_under_the_subkey(value: str) -> None:
    key = HKDF(SHA256(), 32, None, b"fingerprint").derive(SEAL.key)
    message = b"KIND\x1f" + value.encode("utf-8", "surrogatepass")
    assert SEAL.fingerprint("KIND", value) == hmac.digest(key, message, "sha256")[:16]


def test_a_fingerprint_depends_on_kind_value_and_key() -> None:
    number = fake.cpr()
    one = SEAL.fingerprint("DK_CPR", number)
    assert len(one) == 16
    assert one == Seal(bytes(range(32))).fingerprint("DK_CPR", number)
    assert len({one, SEAL.fingerprint("P", number), OTHER.fingerprint("DK_CPR", number)}) == 3


@given(st.binary(max_size=200))
def test_a_sealed_name_opens_to_the_same_bytes_and_seals_alike(name: bytes) -> None:
    sealed = SEAL.seal_name(name, "masked")
    assert SEAL.unseal_name(sealed) == name
    assert sealed == SEAL.seal_name(name, "masked")
    assert shown(sealed) == "masked"


def test_a_sealed_name_does_not_open_with_another_key() -> None:
    with pytest.raises(WrongKey):
        OTHER.unseal_name(SEAL.seal_name(b"0101101234", "x"))


def test_keys_do_not_leave_their_process() -> None:
    assert "00010203" not in repr(SEAL)
    with pytest.raises(TypeError):
        pickle.dumps(SEAL)


@pytest.mark.parametrize(
    "name", ["a\x1b[31mred", "b\u202ename.txt", "\udcff.txt", "tab\there", "line\nbreak"]
)
def test_a_name_shown_cannot_command_a_terminal(name: str) -> None:
    assert all(c.isprintable() for c in shown(name))
