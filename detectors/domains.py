"""Endings of domains and of files, to tell a mail address from a file name. Lists only."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GENERIC = _words(
    """
    com net org info biz name pro edu gov mil int eu aero asia coop jobs mobi museum tel travel
    example test online shop store site website tech app dev cloud digital email live life news blog
    agency company group solutions services consulting support center academy school university
    health care clinic dental doctor hospital legal law tax finance bank insurance energy
    house homes properties estate garden kitchen restaurant cafe bar pub wine beer pizza hotel
    tours holiday fitness yoga golf football team club social community foundation church charity
    art gallery photo photos photography graphics design studio media video film music games
    fashion jewelry shoes boutique gifts toys baby kids pet auto car cars bike taxi
    berlin hamburg london paris amsterdam wien stockholm scot cat bzh swiss nyc
    xyz top icu vip win work works world zone space fun one global international systems network
    technology engineering industries construction builders contractors repair plumbing
    google microsoft
    """
)
"""Generic endings met in mail; any two letters count as a country's."""

INTERNAL = frozenset(
    ("local", "lan", "internal", "intern", "corp", "home", "domain", "localdomain")
)
"""Endings of networks inside a house: people have such addresses in a directory."""

FILE_ENDINGS = _words(
    """
    png jpg jpeg gif svg webp bmp ico tif tiff psd eps heic avif mp3 mp4 mov avi mkv wav
    js mjs cjs ts tsx jsx css scss less map json xml html htm xhtml php asp aspx jsp cgi
    py pyc rb pl pm sh bat cmd ps1 java class jar war kt go rs c cc cpp h hpp cs vb swift lua sql
    txt log md rst csv tsv pdf doc docx xls xlsx ppt pptx odt ods rtf eml msg ics vcf
    zip gz bz2 xz tar tgz rar deb rpm exe dll so dylib bin iso img apk whl
    conf cfg ini yml yaml toml lock bak tmp old service socket timer target mount slice scope
    ttf otf woff woff2 eot min bundle module vue svelte git
    localhost invalid onion
    """
)
"""What a name after @ ends in when it is a file, a package or a unit: image@2x.png."""

COUNTRIES_TOO = _words("py pl rs md sh so cc pm ps st")
"""File endings that are a country's ending as well."""
