"""How a Danish street address is written: streets, houses, floors, towns. Expressions and lists."""

from __future__ import annotations

import re
import unicodedata

from detectors import Shape
from detectors.persons import FIRST_NAMES
from detectors.postal_codes import folded


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_B = r"[ \u00a0]"
_UP, _LOW = "A-ZÆØÅÄÖÜ", "a-zæøåäöüéè"
# Endings that streets have and hardly anything else; others need a town behind them.
_STREET_ENDINGS = _listed("""
vej vejen vænge vænget gade gaden alle alleen allé alléen stræde strædet torv torvet plads
pladsen park parken haven bakke bakken bakkerne toft toften boulevard boulevarden sving svinget
kaj kajen krogen vangen engen stien ageren lunden løkken marken skoven højen dalen hegnet
esplanade esplanaden
""")
_ENDINGS = "|".join(sorted(_STREET_ENDINGS, key=len, reverse=True))
_CUT = rf"(?:{_B}{{1,2}}|\"?[\t;|]\"?)"

STREET_SHAPE = Shape(rf"(?:{_ENDINGS})\.?{_CUT}[0-9]{{1,3}}(?![0-9])", re.IGNORECASE)
"""The ending of a street and the first digit of a house number."""
TOWN_SHAPE = Shape(
    rf"(?:[0-9][A-Za-z]?|[a-zæøå]\.?),?(?:{_B}|\r?\n)(?:DK-?{_B}?)?"
    rf"[0-9](?<![0-9][0-9])[0-9]{{3}}{_B}[{_UP}][{_LOW}{_UP}]"
)
"""The end of a street's line, four digits and a capital: for streets without such an ending."""
DIGITS = re.compile(r"(?<![0-9.,])[0-9]{1,4}(?![0-9])")
_CUTS = frozenset(' \u00a0\t;|"')
TOWN = re.compile(
    rf"(?P<code>[0-9]{{4}}){_B}(?P<town>[{_UP}][{_UP}{_LOW}.]+(?:{_B}[{_UP}{_LOW}][{_UP}{_LOW}.]*)?)"
)
GENERIC = re.compile(rf"(?:{_ENDINGS})\Z", re.IGNORECASE)

HOUSE = re.compile(
    rf"(?P<number>[0-9]{{1,3}})(?:(?:{_B}|\t|\"?;\"?)?(?P<letter>[A-Za-z])(?![{_UP}{_LOW}0-9]))?"
    rf"(?:{_B}?[-–]{_B}?(?P<to>[0-9]{{1,3}})(?![0-9]))?(?![0-9%/:°])(?![.,][0-9])"
)
_BARE_DOOR = r"(?:t\.?\s?[vh]|m\.?\s?f)"
FLOOR = re.compile(
    rf"(?:,|{_B}|\t|\"?;\"?){{1,3}}(?:"
    rf"(?P<floor>[0-9]{{1,2}}|st|kl|kld)(?:\.|{_B}){{0,2}}(?:sal|etage)?[., \u00a0\t;\"]{{0,4}}"
    rf"(?P<door>{_BARE_DOOR})(?![{_UP}{_LOW}0-9])\.?"
    rf"|(?P<level>[0-9]{{1,2}})\.?{_B}?(?:sal|etage)(?![{_LOW}])\.?"
    r"(?:[, \u00a0]{1,2}(?:dør|lejl|nr)?\.?[ \u00a0]?(?P<flat>[0-9]{1,3})(?![0-9]))?"
    rf"|(?P<ground>st|kl|kld|stuen|kælder(?:en)?)(?![{_LOW}])\.?"
    r"(?:,?[ \u00a0](?:dør|lejl|nr)?\.?[ \u00a0]?(?P<unit>[0-9]{1,3})(?![0-9]))?"
    rf"|(?P<only>[0-9]{{1,2}})\.(?=[,\n\t;\"]|{_B}[0-9]{{4}}{_B})"
    rf"|(?:dør|lejl(?:ighed)?|værelse|vær)\.?{_B}?(?P<room>[0-9]{{1,4}}))",
    re.IGNORECASE,
)
BEHIND = re.compile(  # a village, then code and town, perhaps with the words of a form
    rf"[.,]?(?:[ \u00a0\t;|\"\r\n,]{{1,6}}"
    rf"(?:(?!post|by\b)[{_UP}{_LOW}][{_UP}{_LOW}. -]{{1,25}}(?:,{_B}?|{_B}?\r?\n|\t|\"?;\"?))?)"
    rf"(?:post(?:nr|nummer)[^0-9\n]{{0,20}}|by:?{_B}?)?(?:DK{_B}?-?{_B}?)?"
    rf"(?P<code>[0-9]{{4}})(?![0-9])[., \u00a0\t;|\"\r\n]{{1,4}}(?:by:?{_B}?)?"
    rf"(?P<town>[{_UP}{_LOW}][{_UP}{_LOW}.-]+(?:{_B}[{_UP}{_LOW}][{_UP}{_LOW}.]*){{0,2}})",
    re.IGNORECASE,
)
_WORD = re.compile(rf"[{_UP}{_LOW}0-9.'’/-]+\Z")
BEFORE_STREET = frozenset(
    _listed("""
gl gl. gammel gamle ny nye nr nr. nørre ndr ndr. sdr sdr. sønder sønderre øster østre vester
vestre store st st. lille ll ll. sankt skt skt. sct sct. søndre nordre nedre øvre indre ydre kgs
kgs. kongens dronning prins prinsesse kong kirke klosters h.c. h.c c.f. o.v. hf. pastor doktor
dr. biskop
""")
)
_AFTER_A_TOWN = frozenset(("hovedgade", "hovedvej", "landevej", "bygade"))
_LONGEST_WORDS = 4
NO_STREETS = frozenset(
    _listed("""
ordre faktura bilag pakke side vare varer hal bygning hus lokale rum dør afdeling afd linje uge
nr kapitel afsnit tabel figur bind bord kasse hylde lager sal etage port bus tog spor januar
februar marts april maj juni juli august september oktober november december mandag tirsdag
onsdag torsdag fredag lørdag søndag den kl ca fra til og i
""")
)

COMPANY = re.compile(
    r"(?<![\w@.-])(?:A/S|ApS|APS|I/S|K/S|P/S|IVS|AMBA|A\.m\.b\.a|GmbH|Ltd|Inc|CVR|Holding|Kommune|kommune"
    r"|[Ff]irma|[Aa]fdeling|[Hh]ovedkontor|[Ll]everandør|[Bb]utik|[Ww]ebshop|[Rr]eception|www\.\w+)(?!\w|\.\w)"
)
AGAINST = re.compile(r"(?i)(?:side|stk|varenr|vare|linje|kapitel|afsnit|fig|tabel|bind)\.?\s?\Z")
AFTER = re.compile(
    rf"{_B}?(?:stk|kr|km|m2|m²|kg|mdr|år|dage|timer|personer|gange|procent|pct|mio|min|kl)(?![{_LOW}])"
)
PERSON_WORDS = re.compile(
    r"(?i)(?<!\w)(?:c/o|bopæl|bor(?:ende)?|privatadresse|folkeregister\w*|født|hjemme|fraflyttet|tilflyttet)(?!\w)"
)

CELL_SHAPE = Shape(rf"[{_UP}{_LOW}.'’-]{_B}[0-9](?<![0-9][0-9])[0-9]{{0,2}}(?![0-9])")
"""A word and a small number: of any address in a cell."""
CELL = re.compile(
    rf"(?:(?<=[\n\t;|\"])|\A)(?P<all>(?P<street>[{_UP}][{_UP}{_LOW}.'’-]+(?:{_B}[{_UP}{_LOW}][{_UP}{_LOW}.'’-]*){{0,3}}){_B}"
    rf"(?P<number>[0-9]{{1,3}}){_B}?[A-Za-z]?(?:,[^\n\t;|\"]{{1,20}})?)(?=[\n\r\t;|\"]|\Z)"
)


UNNAMED = re.compile(
    rf"(?P<street>[{_UP}][{_UP}{_LOW}.'’-]{{2,}}(?:{_B}[{_UP}][{_UP}{_LOW}.'’-]*){{0,2}}){_B}(?P<number>[0-9]{{1,3}})(?![0-9])"
    rf"{_B}?[A-Za-z]?(?:[,. \u00a0]{{1,3}}[0-9stklSTKL]{{1,3}}\.?[ ,.\u00a0]{{0,3}}"
    rf"(?:sal|t\.?{_B}?[vh]|m\.?{_B}?f|[0-9]{{1,3}})?\.?)?\Z"
)


def street_end(text: str, digit: int) -> int:
    """Return where a word with a street's ending stops in front of a house number; 0 if none."""
    last = digit
    while last > digit - 4 and last and text[last - 1] in _CUTS:
        last -= 1
    bare = last - 1 if last and text[last - 1] == "." else last
    if last == digit or not text[max(0, bare - 12) : bare].lower().endswith(_STREET_ENDINGS):
        return 0
    return bare


def street_start(text: str, last: int) -> int:
    """Return where a street begins whose last word ends at `last`; -1 where it is none."""
    start = last
    while start and (text[start - 1].isalpha() or text[start - 1] in "-'’"):
        start -= 1
    word = text[start:last]
    if not word or (start and text[start - 1] in "@/\\_"):
        return -1
    generic = GENERIC.match(word) is not None
    if generic or word[0].islower():
        if generic and word[0].islower() and word.lower() not in ("vej", "allé", "alle", "gade"):
            return -1
        if not generic:
            return start
    definite = re.fullmatch(r"[A-ZÆØÅ].+(?:en|et|ne)", word, re.IGNORECASE) is not None
    joins = generic and not definite
    taken = start
    for number in range(_LONGEST_WORDS):
        previous = _WORD.search(text, max(0, taken - 32), taken - 1) if taken > 1 else None
        if previous is None or text[taken - 1] not in " \u00a0" or previous.end() != taken - 1:
            break
        said = previous[0]
        town = number == 0 and said[0].isupper() and word.lower() in _AFTER_A_TOWN
        if not town and not _joins(said, joins and number == 0, joins):
            break
        taken = previous.start()
    if generic and taken == start and not definite:
        return -1  # "Vej 3"; but "Toften 3" is a street
    return taken


def _joins(word: str, needed: bool, generic: bool) -> bool:
    if word.lower() in BEFORE_STREET and (word[0].isupper() or word[-1] == "."):
        return True
    if word[-1] in ".,-" and not re.fullmatch(rf"(?:[{_UP}]\.)+|[{_UP}][{_LOW}]{{0,3}}\.", word):
        return False
    if not word[0].isupper():
        return False
    if re.fullmatch(rf"(?:[{_UP}]\.){{1,3}}", word):
        return True
    return needed or (generic and word in FIRST_NAMES)  # "Peter Bangs Vej", not "Til Bangs Vej"


def town_end(behind: re.Match[str]) -> int:
    first = re.match(
        rf"[{_UP}{_LOW}.-]+(?:{_B}(?:[{_UP}]{{1,2}}(?![{_LOW}{_UP}])|[{_UP}][{_LOW}]+))?",
        behind["town"],
    )
    return behind.start("town") + (first.end() if first else 0)


def street_form(street: str) -> str:
    text = unicodedata.normalize("NFKC", street).replace(".", " ").replace("’", "'")
    return " ".join(folded(word) for word in text.split())


def floor_form(floor: re.Match[str]) -> str:
    group = floor.groupdict()
    level = group["floor"] or group["level"] or group["ground"] or group["only"] or ""
    level = {"stuen": "st", "kld": "kl"}.get(level.lower(), level.lower())
    if level.startswith("kælder"):
        level = "kl"
    door = group["door"] or group["flat"] or group["unit"] or group["room"] or ""
    return " ".join(each for each in (level, "".join(filter(str.isalnum, door.lower()))) if each)
