"""Words that are signs of the law's special categories, Danish and English. Lists of our own.

A line is `lemma tier expression …`. Tiers: s, a state of somebody (sygemeldt); c, a condition or
thing that people have (kræft), which needs a relation as well. In an expression `*` in front lets
a word begin otherwise (brystkræft), `*` at its end lets it go on (sygemelding); else the usual
endings of Danish and English nouns and adjectives may follow. `_` is a blank or hyphen.

What stands behind ` + ` are beginnings of words of which one must stand in the same sentence or
row: a conviction is one for theft, a remark is one on a certificate. Such a line's tier is c. Tier
l is the word of a form's field (Diagnose: …): a sign where the field says something, and nowhere
else.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

HEALTH = """
sick-leave s sygemeld* sygeorlov* langtidssyg* deltidssygemeld* raskmeldt on_sick_leave
sick-leave s signed_off_sick
sick-leave c sygefravær* sygedag* sygedagpenge* sygeperiode* sick_days sickness_absence
certificate c lægeerklæring* mulighedserklæring* friattest* lægeattest* doctors_note
field l diagnose* aktionsdiagnose* bidiagnose* medicin medicinering sygdom* helbred* handicap*
field l skadens_art skadet_legemsdel legemsdel symptomer
field l sygdomme lidelse* fraværsårsag* diagnosis medication illness*
ill c syg alvorligt_syg kronisk_syg sygdommen
disability s førtidspension* invalidepension* handicappet uarbejdsdygtig* kørestolsbruger* fleksjob*
disability c erhvervsevnetab* funktionsnedsættelse* arbejdsskade* wheelchair
pregnancy s gravid gravide graviditet* pregnant højgravid
abortion c abort aborten miscarriage
addiction s alkoholiker* narkoman* misbruger* alkoholafhængig*
addiction c alkoholmisbrug* stofmisbrug* alkoholproblem* alcoholism
admitted s hospitalsindlagt* tvangsindlagt* indlagt_på_psykiatrisk
admitted s ligger_på_hospitalet ligger_på_sygehuset indlagt_på_hospitalet in_hospital
admitted c indlagt indlægges indlæggelse* + hospital sygehus afdeling akut psykiatri lunge blodprop
referred c henvist henvises udredes udredt udredning udredningen + psykiat neurolog hospital sygehus
referred c henvist henvises + kirurg speciallæge afdeling
referred c henvist henvises + psykolog fysioterapeut kardiolog smerteklinik
surgery c opereret opereres operation operationen + knæ skulder ryg hofte
surgery c opereret opereres operation operationen + hjerte fod hånd sygehus mave
surgery c opereret opereres operation operationen + hospital diskus galde brok
surgery c opereret opereres operation operationen + prolaps menisk kræft næse
fracture c brækket brækkede + ben arm hånd fod ankel ribben skulder finger nøgleben kraveben
fracture c brud bruddet + håndled arm ben hånd fod ankel ribben kraveben hofte finger underarm ryg
injury c forstuv* forvrid* forvredet snitsår* *forbrænding brandsår* ætsning* klemskade* høreskade*
injury c øjenskade* hovedtraume* kæbebrud* fingerskade* arbejdsulykke* amputer* bevidstløs*
injury c klemt knust skåret + finger hånd fod arm ben tommel
fracture c knoglebrud* hoftebrud* håndledsbrud*
flu s *influenza lungebetændelse* halsbetændelse* omgangssyge* mavevirus
covid c testet_positiv covid* corona coronasyg* tested_positive
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
heart c brystsmerte* hjerteflimmer* hjertestop* pacemaker* atrieflimren angina_pectoris
blood c hypertension forhøjet_blodtryk for_højt_blodtryk forhøjet_kolesterol anæmi lavt_stofskifte
blood c forhøjet_stofskifte high_blood_pressure
joint c slidgigt* leddegigt* gigt diskusprolaps* fibromyalgi* *piskesmæld *artrose osteoporose*
back c rygsmerte* rygproblem* rygskade* rygoperation* iskias* ondt_i_ryggen dårlig_ryg lændesmerte*
back c hold_i_ryggen nakkesmerte* skulderskade* meniskskade* senebetændelse* back_pain
therapy c psykologforløb* psykologsamtale* psykologhjælp
therapy c terapiforløb* samtaleterapi* går_til_psykolog*
therapy c går_i_terapi genoptræning* revalidering* ressourceforløb*
senses c svagsynet svagtseende hørehæmmet høreapparat* hørenedsættelse* tinnitus grøn_stær grå_stær
learning c ordblind* dyslexi* dysleksi*
skin c eksem psoriasis børneeksem nældefeber
kidney c nyresvigt nyresygdom* nyretransplant* levercirrose* skrumpelever galdesten* nyresten*
weight c svær_overvægt fedmeoperation* fedmeopereret søvnapnø*
women c overgangsalder* graviditetsgene* graviditetskvalme* bækkenløsning*
hayfever c høfeber* pollenallergi*
migraine c migræne* migraine
infection c hiv aids hepatitis klamydia* hiv_positiv* hiv_positive tuberkulose*
eating c anoreksi* bulimi* spiseforstyrrelse* anorexia eating_disorder
suicide c selvmordsforsøg* selvmordstanke* selvskade* suicidal
concussion c hjernerystelse* hjerneskade*
gut c cøliaki* crohns* colitis stomi
allergy c *allergi allergisk* fødevareallergi*
medication c antidepressiv* insulin dialyse* methadon* metadon* psykofarmaka* blodfortyndende
medication c smertestillende sovemedicin nervemedicin binyrebarkhormon*
medicine c metformin sertralin citalopram escitalopram mirtazapin venlafaxin duloxetin fluoxetin
medicine c ritalin concerta methylphenidat* medikinet elvanse strattera lamotrigin levetiracetam
medicine c quetiapin olanzapin risperidon abilify litiumbehandling clozapin* marevan eliquis xarelto
medicine c warfarin hjertemagnyl prednisolon metoprolol simvastatin atorvastatin losartan amlodipin
medicine c enalapril ramipril furix omeprazol pantoprazol
medicine c tramadol morfin oxycodon oxycontin fentanyl
medicine c ozempic wegovy victoza novorapid lantus ventoline bricanyl symbicort spiriva antabus
medicine c methotrexat imurel humira levothyroxin eltroxin
medicine c zyrtec epipen gabapentin pregabalin lyrica
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
witness s jehovas_vidne jehovas_vidner
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
union c fagforening* fagforbund* trade_union faglig_organisation faglige_organisation
representative s *tillidsmand *tillidsmanden *tillidskvinde* *tillidsrepræsentant* shop_steward
union-name c 3f hk foa djøf prosa bupl krifa nnf dansk_metal teknisk_landsforbund
union-name c dansk_sygeplejeråd danmarks_lærerforening finansforbundet dansk_el_forbund
union-name c dansk_magisterforening kristelig_fagbevægelse jordbrugsakademikerne
union-name c dansk_journalistforbund dansk_socialrådgiverforening malerforbundet fængselsforbundet
union-name c politiforbundet serviceforbundet det_faglige_hus frie_funktionærer business_danmark
union-name c maskinmestrenes_forening fødevareforbundet uddannelsesforbundet handelskartellet
union-name c danske_fysioterapeuter jordemoderforeningen
union-name c lægeforeningen yngre_læger farmakonomforeningen
union-name c tandlægeforeningen dansk_psykolog_forening konstruktørforeningen dansk_jernbaneforbund
union-name c blik_og_rørarbejderforbundet frie_skolers_lærerforening ergoterapeutforeningen
union-name c kost_og_ernæringsforbundet ingeniørforeningen dansk_metalarbejderforbund
"""
ETHNICITY = """
origin s etnisk_oprindelse etnisk_minoritet etnisk_baggrund ethnic_origin ethnic_background
descent c oprindelse herkomst afstamning + somali tyrkisk kurdisk arabisk
descent c oprindelse herkomst afstamning + irakisk iransk syrisk afghansk
descent c oprindelse herkomst afstamning + pakistansk libanesisk palæstinensisk marokkansk bosnisk
descent c oprindelse herkomst afstamning + grønlandsk vietnamesisk tamilsk
descent c oprindelse herkomst afstamning + kinesisk afrikansk asiatisk
descent c oprindelse herkomst afstamning + jødisk romani polsk rumænsk eritreisk etiopisk ghanesisk
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
convicted c straffedom* betinget_dom ubetinget_dom fængselsstraf* fængselsdom* criminal_record
convicted c idømt idømte dømt + fængsel bøde samfundstjeneste hæfte betinget ubetinget tyveri vold
convicted c straffelovens + dømt straffet overtræd sigtet tiltalt domfældt
record c anmærkning anmærkningen anmærkninger + straffeattest børneattest attest
charged s varetægtsfængslet* sigtet tiltalt
charged c politianmeldt anmeldt_til_politiet meldt_til_politiet under_efterforskning
serving s afsoner afsone afsonet afsoning* prøveløsladt* fodlænke* on_parole
serving c siddet_i_fængsel sidder_i_fængsel kommer_i_fængsel
driving c spiritusdømt* spirituspåvirket frakendt_førerretten frakendt_kørekortet vanvidskørsel*
driving c frakendelse* + kørekort førerret betinget ubetinget
offence c spirituskørsel* voldsdom* bødeforlæg* plettet_straffeattest
offence c tyveri tyverier butikstyveri hæleri bedrageri databedrageri underslæb mandatsvig + DEED
offence c dokumentfalsk røveri indbrud hærværk vold voldtægt blufærdighedskrænkelse + DEED
offence c afpresning trusler brandstiftelse manddrab skattesvig socialbedrageri + DEED
offence c narkotikabesiddelse hashbesiddelse våbenbesiddelse stalking hvidvask + DEED
"""
DEEDS = (
    "dom dømt domfæld idømt straffet sigtet sigtelse tiltalt attest straffeattest børneattest bøde "
    "fængsel afson anmeldt"
)
"""Beginnings of words that make the name of an offence one that somebody is said to have done."""
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
    "HEALTH": r"diagnose|sygdom|helbred|sygefrav|sygedag|handicap|allergi|medicin|lidelse"
    r"|fraværsårsag|skadens art|skadet legemsdel|tilskadekomst|symptom|årsag til fravær"
    r"|diagnosis|medication|illness|health",
    "RELIGION": r"religion|trosretning|trossamfund|\btro\b|faith",
    "POLITICS": r"\bparti\b|politisk|political|party",
    "UNION_MEMBERSHIP": r"fagforening|fagforbund|fagligt? tilhør|faglig organisation|trade union"
    r"|\bunion\b",
    "ETHNICITY": r"etnisk|etnicitet|ethnic|herkomst|oprindelse\b",
    "SEXUALITY": r"seksual|seksuel|sexual",
    "CRIMINAL_RECORD": r"straffeattest|børneattest|strafbar|\bdom(?:me)?\b|criminal|conviction",
    "GENETIC": r"\bgen(?:test|etisk)|\bdna\b|genetic",
    "BIOMETRIC": r"biometri|fingeraftryk|fingerprint",
}
"""Heads of columns, and words of forms, below or behind which each category's words count."""

_OTHERS = re.compile(r"(?:be|af|ud|ved|lov)kræft|kræfter|kræftig")
"""Words that hold the letters of one of the lists and mean something else: to confirm, strong."""
_ENDINGS = r"(?:s|e[nt]?s?|er(?:ne)?s?|ede|t|ne)?"


class Lemma(NamedTuple):
    """A word's category, lemma code and tier ("status" or "condition").

    `needs` are beginnings of words of which one must stand beside it, as an expression; empty for
    none. `field` says that it is a sign only as the word of a form's field.
    """

    kind: str
    code: str
    tier: str
    needs: str = ""
    field: bool = False


_TIERS = {"s": "status", "c": "condition", "l": "condition"}


class Lexicon(NamedTuple):
    """One expression for the words of some kinds, and what each written stem means."""

    regex: str
    meanings: dict[str, Lemma]

    def of(self, written: str) -> Lemma | None:
        """Return what a found word means: the longest stem in it decides."""
        low = re.sub(r"[\s-]+", " ", written.lower())
        if _OTHERS.search(low):
            return None
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
            said, _, partners = line.partition(" + ")
            code, tier, *words = said.split()
            needs = partners.replace("DEED", DEEDS).split()
            for word in words:
                stem = word.strip("*").replace("_", " ")
                held = meanings.get(stem)
                needed = "|".join([*needs, *([held.needs] if held and held.needs else [])])
                meanings[stem] = Lemma(kind, code, _TIERS[tier], needed, tier == "l")
                shape = (word.startswith("*"), word.endswith("*"))
                groups.setdefault(shape, []).append(re.escape(stem).replace(r"\ ", r"[ \u00a0-]"))
    branches = []
    for (head, tail), stems in sorted(groups.items()):
        one = "|".join(sorted(stems, key=lambda stem: (-len(stem), stem)))
        before = r"(?<![0-9A-Za-zÆØÅæøå])" if not head else r"[A-Za-zÆØÅæøå]{0,16}"
        behind = r"[a-zæøå]{0,16}" if tail else _ENDINGS
        branches.append(rf"{before}(?:{one}){behind}")
    return Lexicon(rf"(?:{'|'.join(branches)})(?![0-9A-Za-zÆØÅæøå_@])", meanings)
