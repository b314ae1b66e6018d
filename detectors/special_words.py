"""Words that are signs of the law's special categories, Danish and English. Lists of our own.

A line is `lemma tier expression …`. Tiers: s, a state of somebody (sygemeldt); c, a condition or
thing that people have (kræft), which needs a relation as well. In an expression `*` in front lets
a word begin otherwise (brystkræft), `*` at its end lets it go on (sygemelding); else the usual
endings of Danish and English nouns and adjectives may follow. `_` is a blank or hyphen.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

HEALTH = """
sick-leave s sygemeld* sygeorlov* langtidssyg* on_sick_leave signed_off_sick
ill c syg alvorligt_syg kronisk_syg sygdommen
disability s førtidspension* invalidepension* handicappet uarbejdsdygtig* kørestolsbruger* fleksjob*
disability c erhvervsevnetab* funktionsnedsættelse* arbejdsskade* wheelchair
pregnancy s gravid gravide graviditet* pregnant højgravid
abortion c abort aborten miscarriage
addiction s alkoholiker* narkoman* misbruger* alkoholafhængig*
addiction c alkoholmisbrug* stofmisbrug* alkoholproblem* alcoholism
admitted s hospitalsindlagt* tvangsindlagt* indlagt_på_psykiatrisk
cancer c *kræft *cancer leukæmi* tumor tumoren kemoterapi* chemotherapy lymfom*
diabetes c *diabetes sukkersyge* insulinkrævende
depression c *depression* depressiv*
anxiety c angst angsten *angstlidelse* anxiety_disorder social_angst
stress c stress stresssygemeldt* udbrændt* burnout
psychosis c skizofren* bipolar* psykose* psykotisk* schizophreni* maniodepressiv*
adhd c adhd autisme* autist autistisk* asperger* autism ocd tourettes*
ptsd c ptsd posttraumatisk*
dementia c demens* dement alzheimer* parkinson* dementia
epilepsy c epilepsi* epilepsy
sclerosis c *sklerose multiple_sclerosis
lung c astma* kols asthma lungesygdom*
heart c hjerteanfald* hjertesygdom* blodprop* hjerneblødning* blodtrykssygdom* heart_attack
joint c slidgigt* leddegigt* gigt diskusprolaps* fibromyalgi* *piskesmæld
migraine c migræne* migraine
infection c hiv aids hepatitis klamydia* hiv_positiv* hiv_positive tuberkulose*
eating c anoreksi* bulimi* spiseforstyrrelse* anorexia eating_disorder
suicide c selvmordsforsøg* selvmordstanke* selvskade* suicidal
concussion c hjernerystelse* hjerneskade*
gut c cøliaki* crohns* colitis stomi
allergy c *allergi allergisk* fødevareallergi*
medication c antidepressiv* insulin dialyse* methadon* metadon* psykofarmaka*
fertility c fertilitetsbehandling* ivf_behandling* infertil*
endometriosis c endometriose*
"""
RELIGION = """
islam s muslim muslimen
islam c muslimsk moskeen
catholic s katolik katolikken
catholic c katolsk catholic
christian s kristen
protestant s protestant protestanten baptist mormon mormonen pinsemissionsk
jewish s jøde jøden
jewish c jødisk jewish
buddhist s buddhist buddhisten
hindu s hindu hinduen sikh sikhen
atheist s ateist ateisten atheist
witness s jehovas_vidne
convert s konverteret_til
church c folkekirken trossamfund* church_membership
"""
POLITICS = """
party s partimedlem* partisoldat*
communist s kommunist kommunisten
nazi s nazist nazisten højreekstremist
socialdemocrat s socialdemokrat socialdemokraten
party-name c socialdemokratiet venstre dansk_folkeparti enhedslisten liberal_alliance
party-name c det_konservative_folkeparti radikale_venstre alternativet moderaterne
party-name c danmarksdemokraterne nye_borgerlige borgernes_parti socialistisk_folkeparti
party-name c labour_party conservative_party democratic_party republican_party
"""
UNION = """
member s fagforeningsmedlem* fagforeningskontingent* fagforbundsmedlem* union_member
union c fagforening* fagforbund* trade_union
union-name c 3f hk foa djøf prosa bupl krifa nnf dansk_metal teknisk_landsforbund
union-name c dansk_sygeplejeråd danmarks_lærerforening finansforbundet dansk_el_forbund
union-name c dansk_magisterforening kristelig_fagbevægelse jordbrugsakademikerne
"""
ETHNICITY = """
origin s etnisk_oprindelse etnisk_minoritet etnisk_baggrund ethnic_origin ethnic_background
descent s indvandrerbaggrund* flygtningebaggrund* romabaggrund*
refugee s flygtning flygtningen asylansøger asylansøgeren asylum_seeker refugee
immigrant s indvandrer indvandreren
kurd s kurder kurderen romaen sigøjner
skin c hudfarve* mørk_i_huden skin_colour
"""
SEXUALITY = """
homosexual s homoseksuel* homosexual bøsse bøssen lesbisk* lesbian gay
bisexual s biseksuel* bisexual panseksuel* aseksuel*
transgender s transkønnet transkønnede transseksuel* transperson* transgender nonbinær* kønsskifte*
orientation c seksuel_orientering* seksualitet* sexual_orientation
"""
CRIMINAL = """
convicted s straffet domfældt* domfældelse* voldsdømt* convicted
convicted c straffedom* betinget_dom ubetinget_dom fængselsstraf* criminal_record
charged s varetægtsfængslet* sigtet tiltalt
serving s afsoner afsoning* prøveløsladt* fodlænke* on_parole
offence c spirituskørsel* voldsdom* bødeforlæg* plettet_straffeattest
"""
GENETIC = """
mutation c genmutation* brca1 brca2 gendefekt* genfejl* gene_mutation kromosomfejl*
disposition c arvelig_disposition* genetisk_disposition* arveligt_disponeret
test c gentest* dna_profil* dna_test* genetic_test dna_profile
"""
BIOMETRIC = """
fingerprint c fingeraftryk* fingerprint_scan fingerprint_template
face c ansigtsgenkendelse* ansigtsskabelon* facial_recognition face_template
eye c irisscan* nethindescan* iris_scan
template c biometrisk* biometric_template biometriske_data
"""

LEXICONS = {
    "HEALTH": HEALTH,
    "RELIGION": RELIGION,
    "POLITICS": POLITICS,
    "UNION_MEMBERSHIP": UNION,
    "ETHNICITY": ETHNICITY,
    "SEXUALITY": SEXUALITY,
    "CRIMINAL_RECORD": CRIMINAL,
    "GENETIC": GENETIC,
    "BIOMETRIC": BIOMETRIC,
}
KINDS = tuple(LEXICONS)

HEADS = {
    "HEALTH": r"diagnose|sygdom|helbred|sygefrav|sygedag|handicap|allergi|medicin|illness|health",
    "RELIGION": r"religion|trosretning|trossamfund|\btro\b|faith",
    "POLITICS": r"\bparti\b|politisk|political|party",
    "UNION_MEMBERSHIP": r"fagforening|fagforbund|trade union|\bunion\b",
    "ETHNICITY": r"etnisk|etnicitet|ethnic|herkomst|oprindelse\b",
    "SEXUALITY": r"seksual|seksuel|sexual",
    "CRIMINAL_RECORD": r"straffeattest|strafbar|\bdom(?:me)?\b|criminal|conviction",
    "GENETIC": r"\bgen(?:test|etisk)|\bdna\b|genetic",
    "BIOMETRIC": r"biometri|fingeraftryk|fingerprint",
}
"""Heads of columns, and words of forms, below or behind which each category's words count."""

_ENDINGS = r"(?:s|e[nt]?s?|er(?:ne)?s?|ede|t|ne)?"


class Lemma(NamedTuple):
    """A word's category, lemma code and tier ("status" or "condition")."""

    kind: str
    code: str
    tier: str


class Lexicon(NamedTuple):
    """One expression for the words of some kinds, and what each written stem means."""

    regex: str
    meanings: dict[str, Lemma]

    def of(self, written: str) -> Lemma | None:
        """Return what a found word means: the longest stem in it decides."""
        low = re.sub(r"[\s-]+", " ", written.lower())
        one = self.meanings.get(low.removesuffix("ne").removesuffix("er"))
        if low.endswith(("er", "erne")) and one is not None and one.tier == "status":
            return None  # many of them are nobody in particular
        for end in range(len(low), 1, -1):
            for start in range(len(low) - 1):
                if (lemma := self.meanings.get(low[start:end])) is not None:
                    return lemma
        return None


@cache
def lexicon(kinds: tuple[str, ...]) -> Lexicon:
    """Return the lexicon of some categories; `regex` wants re.IGNORECASE."""
    meanings: dict[str, Lemma] = {}
    groups: dict[tuple[bool, bool], list[str]] = {}
    for kind in kinds:
        for line in LEXICONS[kind].strip().splitlines():
            code, tier, *words = line.split()
            for word in words:
                stem = word.strip("*").replace("_", " ")
                meanings[stem] = Lemma(kind, code, "status" if tier == "s" else "condition")
                shape = (word.startswith("*"), word.endswith("*"))
                groups.setdefault(shape, []).append(re.escape(stem).replace(r"\ ", r"[ \u00a0-]"))
    branches = []
    for (head, tail), stems in sorted(groups.items()):
        one = "|".join(sorted(stems, key=lambda stem: (-len(stem), stem)))
        before = r"(?<![0-9A-Za-zÆØÅæøå])" if not head else r"[A-Za-zÆØÅæøå]{0,16}"
        behind = r"[a-zæøå]{0,16}" if tail else _ENDINGS
        branches.append(rf"{before}(?:{one}){behind}")
    return Lexicon(rf"(?:{'|'.join(branches)})(?![0-9A-Za-zÆØÅæøå_@])", meanings)
