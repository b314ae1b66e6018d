"""Say whether words are about a person: a name, an identifier, a role that is named. Text only.

Names are told by common first names alone; a detector of names knows more, and what it finds is
taken into account by `detectors.Beside`.
"""

from __future__ import annotations

import re


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIRST_NAMES = _listed("""
Adam Agnes Ahmad Ahmed Aksel Albert Alberte Alexander Alfred Ali Alice Allan Alma Amalie Amanda
Amina Anders Andrea Andreas Anette Anita Anja Ann Anna Anne Annelise Annette Anni Anthon Anton
Arne Arthur Asger Asta Astrid August Axel Aya Ayse Bahar Benjamin Bent Bente Benny Bertil Bertha
Birger Birgit Birgitte Birthe Bjarke Bjarne Bo Bodil Brian Brigitte Britt Britta Børge Camilla
Carina Carl Carla Carlo Carsten Casper Cecilie Charlotte Christian Christina Christine
Christoffer Claus Clara Conny Dan Daniel David Dennis Ditte Dorte Dorthe Dorthea Ebba Edith Egon
Einar Eline Elin Elias Elisabeth Ella Ellen Elna Else Emil Emilie Emily Emma Emmy Erik Erling
Ernst Esben Esther Eva Fatima Fatma Felix Filip Finn Flemming Frank Frede Frederik Frederikke
Freja Frida Frode Gerda Gert Gitte Gorm Grethe Gudrun Gunnar Gunhild Gustav Hanna Hannah Hanne
Hans Harald Hardy Harry Hasan Hassan Hedvig Heidi Heine Helen Helena Helene Helga Helge Helle
Henning Henriette Henrik Henry Holger Hugo Hussein Ib Ibrahim Ida Inga Inge Ingeborg Inger
Ingrid Irene Iris Isabella Ivan Jacob Jakob James Jan Jane Janne Jannie Jean Jeanette Jens Jeppe
Jes Jesper Jessica Jette Jimmi Jimmy Joan Joakim Johan Johanne Johannes John Johnny Jonas
Jonathan Josefine Julie Julius Jytte Jørgen Jørn Kaj Kamilla Karen Karin Karina Karl Karla
Karoline Karsten Kasper Kaspar Katja Katrine Kathrine Keld Kenneth Kent Kevin Khadija Kim
Kirsten Kirstine Kjeld Klara Klaus Knud Kristian Kristina Kristine Kristoffer Kurt Lars Lasse
Laila Laura Lauge Laurits Lea Leif Leila Lene Leo Lilly Line Linda Lis Lisa Lisbet Lisbeth Lise
Liselotte Liv Liva Lise Lone Lotte Louis Louise Lucas Ludvig Luna Lykke Lærke Mads Magnus Maja
Majbrit Maiken Malene Malou Malthe Marcus Maren Margit Margrethe Maria Mariam Marianne Marie
Marius Mark Markus Martin Mary Maryam Mathias Mathilde Mats Max Mehmet Melissa Merete Mette Mia
Michael Michelle Mie Mikael Mike Mikkel Mille Mogens Mohamad Mohamed Mohammad Mohammed Mona
Monica Morten Mustafa Naja Nanna Natasja Nicklas Nicolai Nicole Niels Nikoline Niklas Nikolaj
Nina Noah Nora Ole Olga Oliver Olivia Omar Oscar Oskar Osman Otto Ove Palle Patrick Paul Pauline
Per Pernille Peter Philip Pia Poul Preben Rasmus Rebecca Regitze Regnar Rene René Rikke Rita
Robert Robin Rolf Rosa Ronja Rune Ruth Sabrina Said Sally Samuel Sandra Sanne Sara Sarah
Sebastian Selma Signe Sigrid Silas Silje Simon Simone Sofia Sofie Solveig Sonja Sophia Sophie
Stefan Steen Steffen Sten Stig Stine Storm Susan Susanne Svend Sven Søren Tage Tanja Tatiana
Thea Theis Theo Theodor Thomas Thor Thorbjørn Thorkild Tilde Tim Tina Tine Tobias Tom Tommy
Torben Torsten Tove Trine Troels Tyra Ulla Ulrik Ulrikke Vagn Valdemar Vera Verner Vibeke Victor
Victoria Viggo Vilhelm Villads Villiam Vincent Vivi Walter Wilhelm William Willy Yasmin Yusuf
Yvonne Zahra Zainab Åge Aage Åse Øjvind Emily George Jennifer Jessica Emma Olivia Charles Edward
Elizabeth Margaret Patricia Richard Steven Susan Björn Ingvar Lennart Kjell Øystein Sigurd
Torgeir Piotr Agnieszka Katarzyna Magdalena Krzysztof Andrzej Maciej Ionut Andrei Mihai Elena
Ivana Dragan Zoran Svetlana Natalia Oksana Olena Nguyen
""")
"""Common first names of people in Denmark, written from general knowledge. Months, towns, things
and verbs that are first names too (Maj, Sten, Mark, Storm, Tim, Liv) need a surname behind them."""
_WORDS_TOO = _listed("""
Ann Bo Britt Dan Frank Jan Kaj Lis Liv Lykke Mark Max Per Sten Steen Storm Thea Tim Tom Vera
Rosa Luna
""")

_LETTER = r"A-ZÆØÅÄÖÜÉÁÍÓČŠŽĐŁ"
_SMALL = r"a-zæøåäöüéèáíóúñçčšžđćłńśźżğışß"
_WORD = rf"[{_LETTER}][{_SMALL}]+(?:[-'’][{_LETTER}][{_SMALL}]+)?"
NO_SURNAMES = _listed("""
Januar Februar Marts April Maj Juni Juli August September Oktober November December Mandag
Tirsdag Onsdag Torsdag Fredag Lørdag Søndag Vej Gade Plads Allé Alle Torv Park Kirke Skole Hotel
Center Café Hospital Fonden Forlag Bank Data System Group Holding Danmark A/S Aps ApS Klinik
Apotek Museum
""")


_CAPITALS = re.compile(
    rf"(?<![\w@.]){_WORD}(?:,?[ \u00a0](?:(?:[{_LETTER}]\.|af|von|van|de|bin|al)[ \u00a0]){{0,3}}"
    rf"{_WORD})+(?![\w@])"
)
_PIECE = re.compile(_WORD)


_IDENTIFIER = re.compile(
    r"(?<![\w.@-])[\w.+-]{1,40}@[\w-]{1,40}\.[\w.-]{2,30}"
    r"|(?<![\d/.-])[0-3]\d[01]\d\d\d[- ]?\d{4}(?![\d-])"
    r"|(?i:\bcpr[-. ]?(?:nr|nummer)?[.:]*\s?\d)"
)
_NAMED = re.compile(
    r"(?i:(?<!\w)(?:navn|name|patient(?:ens navn)?|medarbejder(?:ens navn)?|borger(?:ens navn)?"
    r"|elev|employee|vedr(?:ørende)?|ansøger|medlem|kunde|klient|beboer|sagsøgte|tiltalte))"
    rf"\.?[:;\t]\s?\"?{_WORD}(?:[ \u00a0]{_WORD})+"
)
_TITLED = re.compile(
    r"(?<!\w)(?:[Hh]r|[Ff]ru|[Ff]r|[Ff]røken|Mr|Mrs|Ms|Miss)\.?[ \u00a0]"
    rf"(?:[{_LETTER}]\.[ ])*{_WORD}"
)
_HEADS = re.compile(
    r"\s*(?:(?:fulde |full )?(?:navn|name)|fornavn|efternavn|first ?name|last ?name|surname"
    r"|kunde(?:navn)?|customer(?: name)?|medarbejder(?:navn)?|employee|patient(?:navn)?|borger"
    r"|elev(?:navn)?|medlem(?:snavn)?|beboer|lejer|ansøger|kontaktperson|cpr.{0,12}"
    r"|personn(?:r|ummer)\.?)\s*",
    re.IGNORECASE,
)


def name_in(text: str) -> bool:
    """Whether a person's name stands in `text`: first and last name, or one behind its label."""
    for run in _CAPITALS.finditer(text):
        if _is_name(run[0], text[run.end() : run.end() + 12]):
            return True
    return named_in(text)


def named_in(text: str) -> bool:
    """Whether a name stands behind its label (Navn: …) or a title (hr. …)."""
    return bool(_NAMED.search(text) or _TITLED.search(text))


def _is_name(run: str, behind: str) -> bool:
    """Whether capitalised words are first and last name, or last name, comma, first name."""
    words = _PIECE.findall(run)
    if words[-1] in NO_SURNAMES or _STREET_BEHIND.match(behind):
        return False
    firsts = [number for number, word in enumerate(words) if word.split("-")[0] in FIRST_NAMES]
    if not firsts:
        return False
    return firsts[0] < len(words) - 1 or ("," in run and words[-1] in FIRST_NAMES)


_STREET_BEHIND = re.compile(r"[ \u00a0](?:Vej|Gade|Allé|Alle|Plads|Boulevard|Torv|[0-9])")


def first_name_in(text: str) -> bool:
    """Whether a common first name stands in `text` that is no other word as well."""
    return any(
        word in FIRST_NAMES and word not in _WORDS_TOO
        for word in re.findall(rf"(?<![\w@.-])[{_LETTER}][{_SMALL}]+(?![\w@])", text)
    )


def identified_in(text: str) -> bool:
    """Whether an e-mail address or a number like a CPR number stands in `text`."""
    return _IDENTIFIER.search(text) is not None


def names_people(header: str) -> bool:
    """Whether a column's head says that the rows below it are people."""
    return _HEADS.fullmatch(header) is not None
