"""What survives of a value: fingerprints, masks and sealed names, and nothing else."""

from __future__ import annotations

import hmac
import pickle
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from detectors.catalogue import LEVELS
from scanner.company_key import as_text, seal_of
from scanner.demo import fake
from scanner.links import chain, links_between, part_of
from scanner.privacy import DOT, PAPERS, SPECIAL, Seal, WrongKey, mask, shown
from scanner.secret import SecretError

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


LINKS = (bytes(range(1, 33)), bytes(range(2, 34)))


def linked() -> Seal:
    return SEAL.linked(LINKS[0]).linked(LINKS[1])


def subkey(key: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, info).derive(key)


@given(st.text(max_size=50), st.binary(max_size=50))
def test_under_a_chain_all_is_wrapped_once_by_each_link(value: str, text: bytes) -> None:
    fingerprint = SEAL.fingerprint("KIND", value)
    hasher, chained = SEAL.hasher(), linked().hasher()
    hasher.update(text)
    chained.update(text)
    digest = hasher.digest()
    for key in LINKS:
        fingerprint = hmac.digest(subkey(key, b"fingerprint"), fingerprint, "sha256")[:16]
        digest = hmac.digest(subkey(key, b"content"), digest, "sha256")
    assert linked().fingerprint("KIND", value) == fingerprint
    assert chained.digest() == digest


MADE = {
    "the key id": lambda seal: seal.key_id,
    "a fingerprint": lambda seal: seal.fingerprint("DK_CPR", "x"),
    "of a name": lambda seal: seal.second_fingerprint("PERSON", "anna holm"),
    "a short one": lambda seal: seal.short_fingerprint("passwords", "x"),
    "a content": lambda seal: seal.hasher().digest(),
    "an identity": lambda seal: seal.identity_hasher().digest(),
    "a path": lambda seal: seal.path_key(b"x"),
    "a message": lambda seal: seal.message_key(b"x"),
    "a sealed name": lambda seal: seal.seal_name(b"x", ""),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE.keys())
def test_every_chain_makes_its_own_of_the_same_length(made: Callable[[Seal], bytes]) -> None:
    other = SEAL.linked(LINKS[1]).linked(LINKS[0])
    seals = (SEAL, SEAL.linked(LINKS[0]), linked(), other, OTHER, Seal(LINKS[1]))
    results = [made(seal) for seal in seals]
    by_last_link = made is MADE["a sealed name"]
    assert len(set(results)) == (4 if by_last_link else len(seals))
    assert len({len(result) for result in results}) == 1
    assert made(chain((SEAL.key, *LINKS))) == made(linked())


@given(st.binary(max_size=200))
def test_a_sealed_name_opens_to_the_same_bytes_and_seals_alike(name: bytes) -> None:
    sealed = SEAL.seal_name(name, "masked")
    assert SEAL.unseal_name(sealed) == name
    assert sealed == SEAL.seal_name(name, "masked")
    assert shown(sealed) == "masked"


def test_a_sealed_name_does_not_open_with_another_key() -> None:
    with pytest.raises(WrongKey):
        OTHER.unseal_name(SEAL.seal_name(b"0101101234", "x"))


@pytest.mark.parametrize("seal", [SEAL, linked()], ids=["one key", "a chain"])
def test_keys_do_not_leave_their_process(seal: Seal) -> None:
    for key in seal.keys:
        assert key.hex() not in repr(seal)
        assert repr(key) not in repr(seal)
    with pytest.raises(TypeError):
        pickle.dumps(seal)


def test_the_part_of_a_chain_with_a_key_id_is_found() -> None:
    before = SEAL.linked(LINKS[0])
    assert part_of(linked(), before.key_id) == before
    assert part_of(linked(), SEAL.key_id) == SEAL
    assert part_of(linked(), OTHER.key_id) is None
    assert [link.key for link in links_between(SEAL, linked())] == list(LINKS)
    with pytest.raises(ValueError):
        links_between(OTHER, linked())


KEYS = f"{'0a' * 32}\n{'0b' * 32}\n"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param(KEYS, 2, id="a line each, the oldest first"),
        pytest.param(KEYS.replace("\n", " "), 2, id="one line, as a variable may hold it"),
        pytest.param(KEYS.replace("\n", "\r\n\r\n"), 2, id="lines of Windows"),
        pytest.param(KEYS[:65], 1, id="one key"),
    ],
)
def test_a_secret_holds_a_chain(text: str, keys: int) -> None:
    seal = seal_of(text, "the file")
    assert len(seal.keys) == keys
    assert seal_of(as_text(seal.keys), "it") == seal


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(KEYS[:63], id="a digit less"),
        pytest.param(KEYS[:127], id="the second key cut off"),
        pytest.param(KEYS.replace("b", "x"), id="no digits"),
    ],
)
def test_a_secret_that_holds_no_chain_says_so_and_no_digit_of_it(text: str) -> None:
    with pytest.raises(SecretError) as caught:
        seal_of(text, "the file")
    assert "the file" in str(caught.value)
    assert "0a0a" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["a\x1b[31mred", "b\u202ename.txt", "\udcff.txt", "tab\there", "line\nbreak"]
)
def test_a_name_shown_cannot_command_a_terminal(name: str) -> None:
    assert all(c.isprintable() for c in shown(name))
