"""Find dates of birth: dates that their word or their column's head says to be one."""

from __future__ import annotations

import re
from datetime import date

from detectors import Shape
from detectors.denmark import WEIGHTS, Worded
from detectors.vocabulary import Vocabulary, whole

KIND = "DATE_OF_BIRTH"
OLDEST_YEAR = 1900

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jan january",
            "februar feb february",
            "marts mar march",
            "april apr",
            "maj may",
            "juni jun june",
            "juli jul july",
            "august aug",
            "september sep sept",
            "oktober okt october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_NAMED = "|".join(sorted(_MONTHS, key=len, reverse=True))
_B = "[ \u00a0]"
_DATE = re.compile(
    r"(?<![0-9.,/-])(?:"
    r"(?P<year>(?:19|20)[0-9]{2})(?P<mark>[-./])(?P<month>[01]?[0-9])(?P=mark)(?P<day>[0-3]?[0-9])"
    rf"|(?P<d>[0-3]?[0-9])(?:\.?{_B}?/{_B}?|[-.]{_B}?)(?P<m>[01]?[0-9])(?:[-./]{_B}?|{_B})"
    r"(?P<y>(?:19|20)?[0-9]{2})"
    rf"|(?P<d2>[0-3]?[0-9])(?:\.|st|nd|rd|th)?{_B}?(?P<name>{_NAMED})\.?,?{_B}?(?P<y2>(?:19|20)?[0-9]{{2}})"
    rf"|(?P<name2>{_NAMED})\.?{_B}(?P<d3>[0-3]?[0-9])(?:st|nd|rd|th)?,?{_B}(?P<y3>(?:19|20)[0-9]{{2}})"
    r"|(?P<d4>[0-3][0-9])(?P<m4>[01][0-9])(?P<y4>(?:19|20)?[0-9]{2})"
    r")(?![0-9]|[-./][0-9])",
    re.IGNORECASE,
)
_SHAPE = Shape(rf"[0-9]{{2}}[-./ \u00a0]?[0-9]|(?:{_NAMED})", re.IGNORECASE)

_WORDS = Vocabulary(
    label=(
        r"f(?:ø|oe|o)dsels[-_ ]?da(?:to|g(?!s))",
        *whole(r"f(?:ø|oe)dt(?![a-zæøå])"),
        *whole(r"f(?:ø|oe)dd(?![a-zæøå])"),
        *whole(r"date[-_ ]of[-_ ]birth"),
        *whole(r"birth[-_ ]?da(?:te|y)"),
        *whole(r"born(?![a-zæøå])"),
        *whole(r"dob\b"),
        *whole(r"d\.o\.b"),
        *whole(r"geburtsdatum"),
    ),
    compound=(r"faktura", r"ordre"),
    alone=(
        r"udløb",
        r"gyldig",
        r"udstedt",
        r"ansat",
        r"tiltr(?:æd|åd)",
        r"død",
        r"dato",
        r"d(?<![a-z]d)ate(?!.?of)",
        r"valid",
        r"expir",
        r"issued",
    ),
)


def canonical(written: str) -> str:
    """Return a date as YYYY-MM-DD; "" for what is none, or nobody's who can be alive.

    Two digits of a year are of the last hundred years.
    """
    found = _DATE.fullmatch(written)
    if found is None:
        return ""
    groups = found.groupdict()
    day = int(groups["day"] or groups["d"] or groups["d2"] or groups["d3"] or groups["d4"])
    name = groups["name"] or groups["name2"]
    month = _MONTHS[name.lower()] if name else int(groups["month"] or groups["m"] or groups["m4"])
    said = groups["year"] or groups["y"] or groups["y2"] or groups["y3"] or groups["y4"]
    today = date.today()
    year = int(said)
    if len(said) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    try:
        born = date(year, month, day)
    except ValueError:
        return ""
    return born.isoformat() if year >= OLDEST_YEAR and born <= today else ""


BIRTH_DATE = Worded(KIND, _DATE, _SHAPE, _WORDS, canonical, WEIGHTS)
