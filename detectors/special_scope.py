"""The sentence, row or form that a word stands in, and what it says of a person. Text only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from detectors.persons import names_people

REACH = 300
"""Characters on either side beyond which a sentence is cut."""
FORM_LINES = 12
FORMER = 300
"""Characters in front of a sentence in which its he, she or patient was named."""
LETTER = 1500
"""Characters in front of a sentence in which a letter's salutation stands."""


def _any(words: str) -> str:
    """Return an expression of whole words; `_` is a blank, `*` more of the word."""
    one = (
        re.escape(word).replace("_", " ").replace("\\ ", " ").replace(r"\*", r"\w*")
        for word in words.split()
    )
    return rf"\b(?:{'|'.join(one)})(?!\w)"


_ENDS = re.compile(
    r"[.!?…][\"'”)]*\s+(?=[\"'“(]*[A-ZÆØÅ0-9])|\n\s*\n|\n(?=\s*(?:[-*•·]|\d+[.)])\s)"
)
_NO_END = re.compile(
    r"(?:\b(?:nr|ca|f\.eks|fx|bl\.a|dr|hr|fr|pga|evt|inkl|ekskl|tlf|kl|jf|mv|m\.fl|osv|pkt|st|no|Mr"
    r"|Mrs|Ms)|\b[A-ZÆØÅ]|\d)\.\s+\Z"
)
_TOPIC = " om "
"""Stands in front of a word that is the topic of a line, not what its line says of somebody."""
_CELLS = re.compile(r"[\t;|]")

_RELATION = re.compile(
    _any("""
har havde haft fik fået får lider led lidt ramt rammes konstateret diagnos* er var blev bliver
blevet været sygemeldt syg behandles behandlet behandling_for undergår indlagt opereret henvist
pga på_grund_af grundet registreret afgivet optaget dømt tilhører tilhørende fritaget udmeldt
indmeldt bærer medicineres medicineret kendt_med venter_på afventer døjer kæmper fremgår viser
indeholder skal_afsone skal_opereres går_til går_i fejler sendte_en modtaget_din tak_for_din has
had have suffers suffering diagnosed is was been being due_to treated registered belongs
"""),
    re.IGNORECASE,
)
_TAKES = re.compile(
    r"\b(?:tager|fik|får|takes|spiser|ordineret)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE
)
"""A verb right in front of a medicine."""
_MEMBER = re.compile(
    _any("""
er_medlem var_medlem medlem_af medlemskab* medlemsn* kontingent* organiseret_i meldt_sig_ind
meldt_sig_ud melder_sig_ind melder_sig_ud meldt_ind meldt_ud indmeldt udmeldt indmeldelse
udmeldelse stemmer_på stemte_på stemte opstillet_for member_of membership votes_for organiseret
fællestillids* tillids* bisidder* bistås bistand_fra repræsenteres_af sin_fagforening*
hans_fagforening* sit_fagforbund* hendes_fagforening* min_fagforening* sin_faglige_organisation
advokat_fra valgt_som valgt_til shop_steward
"""),
    re.IGNORECASE,
)
_GENERAL = re.compile(
    _any("""
hvis såfremt medmindre uanset_om når_man man enhver eventuel* evt f.eks fx typisk kunder kunderne
medarbejdere medarbejderne ansatte medlemmer medlemmerne patienter patienterne borgere borgerne
personer mennesker deltagere deltagerne gæster brugere brugerne forældre børn lønmodtagere
danskere registrerede behandler_vi vi_behandler oplysninger_om åbningstid* kursus foredrag artikel
forsk* if whether unless anyone any people employees members customers patients everyone such_as
e.g research* opening_hours
""")
    + r"|§",
    re.IGNORECASE,
)
_PRICE = re.compile(_any("kr dkk pris* gratis rabat price* fee") + r"|,-(?!\w)|€|£", re.IGNORECASE)
_TURNED = re.compile(
    r"\A\W*(?:er|har|får|lider|bliver|blev|føler|ønsker|mangler|skal|vil|kan|are|do|have) "
    r"(?:du|dig|i|man|you)\b",
    re.IGNORECASE,
)
"""How a condition begins without if: are you ill, you can …; and a question."""
_RULES = re.compile(
    _any("""
når skal kan må bør ret_til pligt ydes gælder alle ingen nogen mange when must may should shall
""")
    + r"|\A\W*er\s",
    re.I,
)
_ADDRESSED = re.compile(_any("du dig din dit dine jer jeres you your"), re.IGNORECASE)
_WORK_ON = _any("""
bog* foredrag* forsk* kamp* viden forebyg* risiko* symptom* tegn oplysning* information* test*
screening behandling* vaccin* specialist* ekspert* læge* klinik* rådgivning*
""")
_ABOUT = re.compile(
    rf"(?:{_any('om mod inden_for indenfor vedrørende about against on')}|{_WORK_ON}\s+"
    r"(?:af|på|for|om|mod|i|imod|of|with))\s+(?:\w+\s+)?\Z",
    re.IGNORECASE,
)
_CAPITAL = r"[A-ZÆØÅ][\w.'’-]*"
_OFFICE = _any("""
*minister* borgmester* *formand* *ordfører* *læge* sygeplejerske* *terapeut* psykolog* psykiater*
behandler* jordemoder* *præst* pastor provst* biskop* imam* rabbiner* graver kordegn organist*
kirketjener* professor* lektor* *forsker* journalist* redaktør* *advokat* dommer* anklager*
forfatter* *anklager* *forsvarer* vicestatsadvokat* politikommissær* bisidder* *kandidat*
folketingsmedlem* medlem_af_folketinget mf instruktør* *træner* massør* konsulent* *direktør*
sekretær* skuespiller* sanger* doctor dr minister president senator mayor reporter therapist
trainer
""")
_PROFESSIONAL = re.compile(
    rf"(?i:{_OFFICE})\.?,?[ \u00a0]+(?:(?:{_CAPITAL}|af|von|de)[ \u00a0]?){{1,4}}"
    rf"(?:\([A-ZÆØÅ]{{1,3}}\))?"
    rf"|(?:{_CAPITAL}[ \u00a0]){{1,3}}{_CAPITAL}[ \u00a0]?\([A-ZÆØÅ]{{1,3}}\)"
    rf"|(?:{_CAPITAL}[ \u00a0]){{1,3}}{_CAPITAL},[ \u00a0](?i:(?:\w+[ \u00a0]){{0,2}}{_OFFICE})"
)
_MAILBOX = re.compile(
    _any("""
info kontakt contact bogholderi* økonomi* løn ordre lager faktura* mail post privacy dpo gdpr
persondata databeskyttelse support hr job salg sales booking reception kontor* kundeservice admin
noreply no-reply presse press redaktion* hello hej afdeling* klinik* webmaster service bestilling
tilmelding medlem* forening* kirke* sogn* center*
""").removesuffix(r"(?!\w)")
    + r"@[\w.-]+",
    re.IGNORECASE,
)
_ROLE = re.compile(
    _any("""
medarbejderen patienten eleven klienten borgeren kollegaen ansøgeren lejeren beboeren barnet
sønnen datteren kunden medlemmet kursisten chaufføren lærlingen familien hun han hende ham hans
hendes straffeattesten børneattesten attesten sygemeldingen diagnosen she he her his the_employee
the_patient the_applicant the_tenant
"""),
    re.IGNORECASE,
)
_ONE = re.compile(_any("hun han hende ham hans hendes she he her his"), re.IGNORECASE)
_WRITER = re.compile(
    r"\b(?:jeg|i)[ \n](?:er|har|fik|får|blev|lider|skal|går|tager|am|have|was|had)\b"
    r"[^,.;:]{0,40}\Z",
    re.IGNORECASE,
)
_PRONOUN = re.compile(_any("jeg mig min mit mine i_am i_have i_was my"), re.IGNORECASE)


_DEAR = re.compile(
    rf"^[ \t]*(?:[Kk]ære|[Hh]ej|[Dd]ear|[Tt]il)[ ](?:{_CAPITAL}[ \u00a0]){{1,3}}{_CAPITAL}"
    r"[ ]*[,!]?[ ]*$",
    re.MULTILINE,
)
_DENIED = re.compile(
    r"\b(?:uden|ingen|ikke|aldrig|without|no|never)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE
)
_NOTHING = re.compile(
    r"[\W_]*(?:(?:nej|ingen|intet|ikke|none|no|n/a|sæt kryds|udfyldes|skriv|angiv)\b|\Z)",
    re.IGNORECASE,
)
"""What a field holds that says nothing."""
_FIELD = re.compile(r"[ \t]*([^\n:;\t]{2,40})(?::(?!//)|\t)([^\n]*)")
_BULLETS = " \t-*•."


@dataclass(frozen=True)
class Scope:
    """Where a word's sentence, row or form lies in a text, and the text of it."""

    start: int
    end: int
    text: str = field(repr=False)
    before: str = field(repr=False)
    joined: bool
    """Whether it is a row or a form: what stands in it belongs together."""
    whole: str = field(repr=False, default="")
    label: str = field(repr=False, default="")
    """The word of the form's field in whose value a word stands."""
    is_field: bool = False
    """Whether a word is such a word itself, and the field says something."""

    @cached_property
    def people(self) -> str:
        """The text without those who are named for their office, and without shared mailboxes."""
        return _MAILBOX.sub(" ", _PROFESSIONAL.sub(" . ", self.text))

    @property
    def is_about(self) -> bool:
        """Whether the word is what something is about, against or for: a book, a treatment."""
        return not self.joined and _ABOUT.search(self.before) is not None

    @property
    def relation(self) -> bool:
        return _RELATION.search(self.text) is not None

    @property
    def membership(self) -> bool:
        return _MEMBER.search(self.text) is not None

    @property
    def taken(self) -> bool:
        """Whether somebody takes it: a medicine."""
        return _TAKES.search(self.before) is not None

    @property
    def general(self) -> bool:
        return (
            _GENERAL.search(self.text) is not None
            or _TURNED.match(self.text) is not None
            or (self.text.rstrip().endswith("?") and self.addressed)
        )

    @property
    def priced(self) -> bool:
        return _PRICE.search(self.text) is not None

    @cached_property
    def former(self) -> str:
        """What stands in front of the sentence, without people of an office and mailboxes."""
        before = self.whole[max(0, self.start - FORMER) : self.start]
        return _MAILBOX.sub(" ", _PROFESSIONAL.sub(" . ", before))

    @property
    def is_letter(self) -> bool:
        """Whether a salutation in front of the sentence says who is addressed in it."""
        end = self.start + len(self.before)
        return _DEAR.search(self.whole, max(0, self.start - LETTER), end) is not None

    def has(self, beginnings: str) -> bool:
        """Whether a word with one of these beginnings stands in it."""
        return re.search(rf"\b(?:{beginnings})", self.text, re.IGNORECASE) is not None

    @property
    def denied(self) -> bool:
        return _DENIED.search(self.before) is not None

    @property
    def rules(self) -> bool:
        """Whether the sentence may lay down a rule: the employee must, when a patient."""
        return _RULES.search(self.text) is not None

    @property
    def addressed(self) -> bool:
        return _ADDRESSED.search(self.text) is not None

    @property
    def of_one(self) -> bool:
        """Whether it speaks of him or her, as no rule does."""
        return _ONE.search(self.text) is not None

    @property
    def role(self) -> bool:
        return _ROLE.search(self.text) is not None

    @property
    def of_writer(self) -> bool:
        """Whether "I am" or "I have" stands in front of the word, in one breath."""
        return _WRITER.search(self.before) is not None

    @property
    def is_heads(self) -> bool:
        """Whether it is the row of heads of a table of people."""
        cells = _CELLS.split(self.text)
        return self.joined and len(cells) > 2 and any(map(names_people, cells))

    @property
    def pronoun(self) -> bool:
        return _PRONOUN.search(self.text) is not None


def scope_of(text: str, first: int, last: int) -> Scope:
    """Return the row, the form or the sentence that text[first:last] stands in."""
    low, high = max(0, first - REACH), min(len(text), last + REACH)
    line_start = text.rfind("\n", low, first) + 1 or low
    line_end = text.find("\n", last, high)
    line_end = high if line_end < 0 else line_end
    line = text[line_start:line_end]
    if len(_CELLS.findall(line)) >= 2:
        return Scope(line_start, line_end, line, "", True, text)
    said = ""
    field = _FIELD.match(line)
    if field is not None:
        label = field[1].strip(_BULLETS)
        is_label = last <= line_start + field.end(1)
        said = "" if is_label else label
        start, end = _form(text, line_start, line_end, low, high)
        if "\t" in line and not (len(line) < 200 and _is_of_somebody(text[start:end])):
            start, end = line_start, line_end
        if text.count("\n", start, end) or "\t" in line:
            if is_label and (last - first < len(label) - 1 or _NOTHING.match(field[2])):
                return Scope(line_start, line_end, line, _TOPIC, False, text)  # "Team for …:"
            return Scope(start, end, text[start:end], "", True, text, said, is_label)
    elif "\t" in line and len(line) < 200:
        return Scope(line_start, line_end, line, "", True, text)
    start, end = low, high
    for found in _ENDS.finditer(text, low, first):
        if not _NO_END.search(text, max(low, found.end() - 12), found.end()):
            start = found.end()
    for found in _ENDS.finditer(text, last, high):
        if not _NO_END.search(text, max(last, found.end() - 12), found.end()):
            end = found.start() + 1
            break
    return Scope(start, end, text[start:end], text[start:first], False, text, said)


def _is_of_somebody(form: str) -> bool:
    """Whether one of the lines of "word, tab, value" is for a name or a CPR number."""
    return any(names_people(line.partition("\t")[0]) for line in form.split("\n"))


def _form(text: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Return the lines of "label: value" around a line; at most FORM_LINES either way."""
    for _ in range(FORM_LINES):
        previous = text.rfind("\n", low, start - 1) + 1 if start > low else start
        if (
            previous >= start
            or (previous == 0 and start == 0)
            or not _is_field(text[previous:start])
        ):
            break
        start = previous
    for _ in range(FORM_LINES):
        following = text.find("\n", end + 1, high)
        following = high if following < 0 else following
        if following <= end or not _is_field(text[end + 1 : following]):
            break
        end = following
    return start, end


def _is_field(line: str) -> bool:
    line = line.strip()
    return len(line) < 120 and _FIELD.match(line) is not None
