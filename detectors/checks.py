"""Check digits: pure functions from a value to whether its digits agree with each other.

Every check ignores what stands between the characters (blanks, hyphens, dots) and never raises
on outside data: what cannot be checked is False.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], bool | float]
"""Takes a canonical value; False or 0.0 refuses it, a float up to 1.0 is a degree of agreement."""

_MOD97_LIMIT = 64  # characters; the longest IBAN has 34 (ISO 13616-1:2020)


def digits(value: str) -> list[int]:
    """Return the ASCII digits of `value` as numbers, in order."""
    return [ord(character) - 48 for character in value if "0" <= character <= "9"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Whether the weighted sum of exactly `len(weights)` digits is divisible by `modulus`."""

    weights: tuple[int, ...]
    modulus: int

    def __call__(self, value: str) -> bool:
        numbers = digits(value)
        if len(numbers) != len(self.weights):
            return False
        return sum(map(int.__mul__, numbers, self.weights)) % self.modulus == 0


def weighted(weights: tuple[int, ...], modulus: int) -> Weighted:
    """Return the check "sum of digit x weight is divisible by `modulus`".

    Raises ValueError for no weights or a modulus below 2, which would accept everything.
    """
    if not weights or modulus < 2:
        raise ValueError("a weighted check needs weights and a modulus of 2 or more")
    return Weighted(tuple(weights), modulus)


def luhn(value: str) -> bool:
    """Whether the digits pass the Luhn formula (ISO/IEC 7812-1); fewer than two never do."""
    numbers = digits(value)
    if len(numbers) < 2:
        return False
    doubled = sum(2 * number - 9 * (number > 4) for number in numbers[-2::-2])
    return (sum(numbers[-1::-2]) + doubled) % 10 == 0


_LETTERS = {ord(letter): str(int(letter, 36)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def mod97(value: str) -> bool:
    """Whether letters and digits pass ISO 7064 MOD 97-10, first four moved last (IBAN)."""
    if not (value.isascii() and value.isalnum() and value.isupper()):
        value = "".join(c for c in value.upper() if "0" <= c <= "9" or "A" <= c <= "Z")
    if not 5 <= len(value) <= _MOD97_LIMIT:
        return False
    return int((value[4:] + value[:4]).translate(_LETTERS)) % 97 == 1


_NAMED: dict[str, Check] = {"luhn": luhn, "mod97": mod97}


def by_name(name: str) -> Check:
    """Return the check that a configuration names: `luhn`, `mod97` or `modN:w1,w2,…`.

    `mod11:2,7,6,5,4,3,2,1` is `weighted((2, 7, 6, 5, 4, 3, 2, 1), 11)`. Raises ValueError with
    the known names for anything else.
    """
    text = name.strip().lower()
    if text in _NAMED:
        return _NAMED[text]
    head, _, tail = text.partition(":")
    if head.startswith("mod") and head[3:].isdecimal() and tail:
        weights = [weight.strip() for weight in tail.split(",")]
        if len(weights) <= 64 and all(w.isascii() and w.isdecimal() for w in weights):
            return weighted(tuple(map(int, weights)), int(head[3:]))
    raise ValueError(
        f"unknown check {name!r}; known are luhn, mod97 and modN:weights "
        "such as mod11:2,7,6,5,4,3,2,1"
    )
