"""Templates of Danish business texts and others, for training only. Slots: `augment.Maker`."""

from __future__ import annotations

from detectors.names.templates_blocks import BLOCKS
from detectors.names.templates_none import NONE
from detectors.names.templates_other import ENGLISH, NORWEGIAN, SWEDISH

__all__ = ["BLOCKS", "COLUMNS", "TEMPLATES"]


def _lines(text: str) -> list[str]:
    return [line.replace("\\n", "\n").replace("\\t", "\t") for line in text.split("\n") if line]


DANISH = _lines(r"""
Navn: {P}
Navn {P}
Fulde navn: {P}
Navn ..........: {P}
Navn\t{P}
Navn:\n{P}
Navn: {P}, født {D}
Navn: {LF}
NAVN: {U}
navn: {LOW}
Medarbejdernavn: {P}
Medarb.: {P}
Medarbejderens navn: {P}\nStilling: {TI}\nAfdeling: {DEP}
Kundenavn: {P}\nKundenr.: {N}
Kunde: {P}
Kunde: {C}\nKontakt: {P}
Lejers navn: {P}
Lejer 1: {P1}, {EP1}\nLejer 2: {P2}, {EP2}
Udlejer: {C} v. {P}
Ejer: {P}
Medejer: {P}
Fuldmagtshaver: {P}
Patientens navn: {P}    CPR: {CPR}
Patient: {P}
Pt. {L}
Borger: {P}, {CPR}
Borgers navn {P}
Barnets navn: {P}
Barn: {F}, født {D}
Mor: {P}\nFar: {P}
Forælder 1: {P}, tlf. {T}
Værge: {P}
Elev: {P}, 7.B
Klasselærer: {P}
Kursist: {P}
Deltager: {P}, {C}
Deltagere: {P}, {P} og {P}
Deltagere: {F}, {F}, {F}
Deltagere:\n{P}, {C}\n{P}, {C}\n{P}, {C}
Fremmødte: {IN}, {IN}, {IN}
Fraværende: {P} ({DEP})
Afbud fra {P} og {P}
Afbud: {F} {L}, {F} {L}
Mødt: {P} ({TI}), {P} ({TI})
Referent: {F}
Ref: {SHORT}
Ordstyrer: {P}
Dirigent: {P}, stemmetællere: {P} og {P}
Formand: {P}
Kasserer {P} fremlagde regnskabet.
Bestyrelsen: {P} (formand), {P}, {P}
Valg til bestyrelsen: {P} genvalgt, {P} nyvalgt
På valg er {P} og {P}, som begge modtager genvalg.
Ansvarlig: {F}
Ansvarlig: {P}, frist {D}
Tovholder: {F} og {F}
Projektleder: {P}
Sagsbehandler: {P}\nDirekte tlf.: {T}
Sagsbeh.: {IN}
Sag nr. {N}/{ZIP} - {P}
Jr.nr. {N}-{N} {P}
Vedr.: {P}
Vedr. {PG} ansøgning
Vedrørende: Opsigelse - {P}
Emne: {P} - kontrakt
Emne: Ny medarbejder: {P}
Emne: SV: Lønseddel {F} {L}
Emne: VS: {P} fratræder
Att.: {P}
Att: {F} {L}
ATT. {U}
Attention: {P}
c/o {P}, {ST}
C/O {L}
{C}, att. {P}
{C} v/ {P}
v/{P}
v. {SHORT}
Kontaktperson: {P}
Kontaktperson hos {C}: {P}, {T}
Kontakt {P} på {T} for nærmere aftale.
Spørgsmål rettes til {P} på {EP1} eller telefon {T}.
Kontakt: {F}, lokal {N}
Henvendelse: {P}
Ring til {F} på {T}
Tlf.nr. {T} ({F})
{P}, tlf.: {T}
{P} · {TI} · {C}
{P} | {TI} | {T}
{P} ({TI})
{P}, {TI}
{P}\n{TI}
{TI} {P}
{TI} {L}
{F} {L} - {DEP}
{P} <{EP1}>
{P1} ({EP1})
{P1}; {EP1}; {T}
"{LF}" <{EP1}>
Til: {P1} <{EP1}>; {P2} <{EP2}>
Til: {P}; {P}; {P}
Cc: {P}
Bcc: {LF}
Fra: {P}\nSendt: {D} {TM}\nTil: {P}\nEmne: {W}
Fra: {P1} [mailto:{EP1}]\nSendt: {D} {TM}\nTil: {C}
Fra: {LF} (SE-DK)\nTil: {LF}; {LF}
Sendt: {D}\nTil: '{P}'
Den {D} kl. {TM} skrev {P1} <{EP1}>:
Den {D} skrev {P}:
{P} skrev {D}:
{F} skrev kl. {TM}:
{F}: ja, det er fint med mig
{F} ({TM}): Er du på kontoret?
[{TM}] {P}: Hej, jeg sender den nu
@{F} kan du tage den?
@{P} se lige her
Hej {F}
Hej {F},
Hej {F}!
Hej {F}.
Hej {F}\n\nTak for din mail. Jeg vender tilbage i morgen.
Hej {F}\n\nSom lovet får du hermed tilbuddet.\n\nMvh\n{F}
Hej {F} og {F}
Hej {F}/{F}
Hej {P}
hej {LOWF}
hej {LOWF}, har du set mailen fra {LOWF}?
Kære {F}
Kære {P}
Kære {F} og {F},
Kære {F}, {F} og {F}
Kære hr. {L}
Kære fru {L}
Goddag {P}
Godmorgen {F}
Til {P}
Til {F}
Davs {F}
Halløj {F}
Hr. {P}
Fru {P}
Hr. {L} og fru {L}
Dr. {L}
dr.med. {P}
Prof. {P}
Mvh\n{F}
Mvh.\n{P}
Mvh {P}
MVH {U}
mvh {LOWF}
Vh\n{F}
VH {F}
Kh {F}
Hilsen {F}
Hilsen\n{F} og {F}
Med venlig hilsen\n{P}
Med venlig hilsen\n\n{P}\n{TI}
Med venlig hilsen / Kind regards\n\n{P}\n{TI}\n{C}\n{T}
Venlig hilsen\n{F} {L}\n{C}
Venlig hilsen {F}
Venlige hilsner,\n{P}
De bedste hilsner fra {F}
Mange hilsner\n{F}
Bedste hilsner\n\n{P}\n{DEP}
På vegne af {C}\n{P}
p.v.a. {P}\n{P}
Sign. {P}
Underskrift\n{P}
Underskrevet af {P} den {D}
Dato: {D} Navn: {P}
__________________\n{P}
{D}, {CITY}\n\n{P}
For {C}:\n\n________________\n{P}\n{TI}
Digitalt underskrevet af {P}\nDato: {D} {TM}
Godkendt: {P}
Godkendt af {P} den {D}
Oprettet af: {P}
Oprettet af {LOW} {D}
Ændret af {SHORT} {D} {TM}
Sidst gemt af {P}
Forfatter: {P}
Udarbejdet af {P}, {C}
Kontrolleret af: {IN}
Attesteret: {IN} {D}
Rekvirent: {P}
Bestilt af: {P}
Modtaget af {P}
Leveres til: {P}, {ST}, {ZIP} {CITY}
Leveringsadresse: {P}\n{ST}\n{ZIP} {CITY}
Faktureres: {P}\n{ST}\n{ZIP} {CITY}
{P}\n{ST}\n{ZIP} {CITY}
{U}\n{ST}\n{ZIP} {CITY}
{P}, {ST}, {ZIP} {CITY}
{C}\n{P}\n{ST}\n{ZIP} {CITY}
{P} - {ST} - {ZIP} {CITY} - {T}
{N} {P} {CPR} {M}
{N}. {P}
{N}) {P}
- {P}
* {P}, {TI}
• {P}: {M}
– {F} {L} ({T})
1. {P}\n2. {P}\n3. {P}\n4. {P}
- {F}\n- {F}\n- {F}
a) {P}\nb) {P}
{P} .......... {M}
{LF} .......... {T}
{P}: {M}
{LB}
{LB} {CPR}
{LF}
{ULF}
{LIN}
{INS}
Løn til {P}
Overførsel til {P} {M}
Overført fra {U}
MobilePay {F} {L} {M}
MobilePay fra {P}: {M}
Udlæg {P}, {D}, {M}
Refusion {P} {M}
Dankort-køb {P}
Betaling modtaget fra {P} den {D}.
Kørsel {MON}: {P}
Timeseddel uge {N}: {P}
Vagtplan: mandag {F}, tirsdag {F}, onsdag {F} og {F}
Ferie: {F} uge 28-30, {F} uge 29-31
Fødselsdage: {P} 50 år, {P} 25 års jubilæum
Tillykke med jubilæet til {P}!
Velkommen til {P}, der starter i {DEP} den {D}.
Vi siger farvel til {P} efter 12 år i {C}.
{P} er ansat som {TI} pr. {D}.
{P} er fratrådt den {D}.
{P} er udnævnt til {TI} i {C}.
{F} er på barsel til {D}.
{F} har barn syg i dag.
{F} er hjemme med influenza, så {F} tager mødet.
{F} arbejder hjemmefra.
{FG} nummer er {T}.
{PG} ansættelseskontrakt er vedlagt.
{FG} opgaver overtages af {F}.
Se {FG} mail nedenfor.
Har du hørt fra {F}?
Kan {F} eller {F} svare på det?
Jeg talte med {P} fra {C} i dag.
Jeg har aftalt med {F}, at vi mødes i {CITY}.
Som aftalt med {P} sender vi varen til {ST}.
{P} ringede fra {C} og bad om en kopi af fakturaen.
{P} har klaget over leveringen den {D}.
Kunden {P} ønsker at opsige aftalen.
Kunden, {P}, har ikke betalt.
Vi har modtaget din henvendelse om {P}.
Undertegnede {P} erklærer hermed, at oplysningerne er rigtige.
Undertegnede, {P}, CPR-nr. {CPR}, giver fuldmagt til {P}.
Jeg giver hermed {P} fuldmagt til at hente pakken.
Jeg hedder {P} og søger stillingen som {TI}.
Mit navn er {F} {L}.
Du kan skrive til mig, {F} {L}, på {EP1}.
Mellem {C} og {P} er indgået aftale om køb af {W}.
Mellem {P} (sælger) og {P} (køber) er dags dato indgået følgende aftale:
Aftalen er indgået mellem {P}, {ST}, {ZIP} {CITY}, og {C}, CVR-nr. {CVR}.
Herved bekræftes, at {P} har gennemført kurset.
Dette bevis tildeles {P}
Det bekræftes, at {P} har været ansat hos {C} fra {D} til {D}.
Sagsøger {P} mod {C}
Advokat {P} mødte for sagsøgte.
Vidnet {P} forklarede, at bilen holdt på {ST}.
Tiltalte {L} nægtede sig skyldig.
Boet efter {P}
Afdøde: {P}, arving: {P}
Ægtefælle: {P}, {CPR}
Samlever: {P}
Nærmeste pårørende: {P} (datter), {T}
Kontakt i nødstilfælde: {F} {L}, {T}
Henvist af læge {P}, {CITY}
Journal for {P} ført af {IN}
{P} indlægges med smerter i ryggen.
Samtale med {F} og {FG} mor.
Ifølge {P} var varen defekt.
{P}, som er {TI} i {C}, siger til avisen, at tallene er gode.
"Det er vi glade for," siger {P}, {TI} i {C}.
{TI} {P} oplyser, at arbejdet er afsluttet.
Punkt 3: {F} orienterede om budgettet.
Ad 4. {P} gennemgik sagen. {F} spurgte til prisen.
{F} følger op.
{F} og {F} aftaler nærmere.
Action: {F} kontakter {C}
To do: {F} bestiller {W}
{F} + {F}: indkøb
{F} (formand) bød velkommen.
Forslag fra {P}: nye skilte
Bilag 2: CV, {P}
CV_{F}_{L}.pdf
Kontrakt - {P}.docx
Ansøgning {P} {D}.pdf
Lønseddel_{L}_{F}.pdf
Ansøger: {P}, interview {D} kl. {TM}
Reference: {P}, {TI}, {C}
Anbefaling fra {P}
Ansøgeren {P} er uddannet {TI}.
Foto: {P}
Tekst: {P}
Redaktør: {P}
Kl. {TM} {P}
{TM} {F} {L}, {W}
{D}\t{P}\t{M}
{P}\t{EP1}\t{T}
{P};{CPR};{ST};{ZIP};{CITY}
{P},{EP1},{T}
"{P}";"{ST}";"{CITY}"
"{F}","{L}","{EP1}"
{N};{F};{L};{CITY}
{L};{F};{CPR};{M}
{LF};{DEP};{TI}
{B} | {P} | {M} | {D}
| {P} | {DEP} | {T} |
<navn>{P}</navn>
<fornavn>{F}</fornavn><efternavn>{L}</efternavn>
"navn": "{P}",
{"fornavn": "{F}", "efternavn": "{L}", "by": "{CITY}"}
"kunde": {"navn": "{P}", "id": {B}}
name={P}
bruger={LOW} ip=10.0.0.{N}
Bruger: {P} ({LOWF})
INFO login {LOW} ok
Logget ind som {P}
{P} har delt et dokument med dig
{P} inviterede dig til et møde
{P} har accepteret: Statusmøde
Mødeindkalder: {P}
Organisator: {P}; deltagere: {P}; {P}
Indkaldt: {P} (obligatorisk), {P} (valgfri)
Kære {F}. Din tid hos {P} er den {D} kl. {TM}.
Din kontaktlæge er {P}.
Deres konsulent er {F} {L}, {C}.
{P} fra {C} kommer den {D} og monterer {W}.
Nøglen hentes hos {P}, {ST}.
Nabo: {P}
Vicevært {F} {L}
Pedel: {F}
Træner: {P}, holdleder: {P}
Målscorer: {L} ({N}. min.)
1. plads {P}, 2. plads {P}
Gæst: {P}, værelse {N}
Gæsteliste: {P}, {P} + 1, {F} og {F} {L}
Passager: {UL}/{UF} MR
Chauffør: {F}, bil {N}
Bor hos {P}
Født {L}
{P} f. {D} i {CITY}
Fraværende: {LF}, {LF}, {LF}
Fraværende: {LF} og {LF}.
Til stede: {LF}, {LF} samt {F} {L}
Fra: {LF} <{EP1}>
From: {LF1} <{EP1}>\nTo: {LF2} <{EP2}>\nSubject: SV: {W}
Til: {LF1} <{EP1}>; {LF2} <{EP2}>
Passager: {UL1}, {UF1}\nPasnummer: {B}
INSERT INTO kunde VALUES ({N}, '{P}', '{B}');
({N}, '{P}', '{CPR}', '{EP1}'),\n({N}, '{P}', '{CPR}', '{EP2}'),
VALUES ({N},'{F1}','{L1}','{CITY}')
UPDATE medarbejder SET navn='{P}' WHERE id={N};
'{P}'; '{P}'; '{P}'
{'navn': '{P}', 'by': '{CITY}'}
navn='{P}', telefon='{T}'
"{P}": {N}
Nøgle;Indhold\nKunde;{P1}\nPersonnummer;{CPR}\nE-mail;{EP1}
Felt\tVærdi\nNavn\t{P}\nBy\t{CITY}
{TM} <{LOWF}> ny kunde: {P} / {T} / {EP1}
{P};{B};{T};{N}
{P}\t{B}\t{N}
{B};{P};{N}
{P};#{B};#{N}
{LF};{B};{CITY}
Nr. {N}: {P} har ordet om snerydning.
{P}, {TI}, er ansvarlig for nøglerne.
Medarbejder: {P} (XY), født {D}
Kopi til: {P}
Kopi: {LF}; {LF}
Vedhæftet: cv_{LOWF}.pdf fra {P}
Hilsen\n{P}\n{C} · {ST}
/{P}
/ {F}
Undertegnede {P}, født {D}, og {P}, født {D}, ønsker at blive gift.
Forældremyndigheden tilkommer {P}.
Skadelidte: {P}\nSkadevolder: {P}
Forsikringstager {P}, police {B}
Bilen tilhører {P}, {ST}.
Nøglen afleveres til {P}.
Bilen afleveres til {P} i {MON}.
N avn : {P}
Navn ; {P}
Nav n: {U}
Navn. {P}
NAVN {U} ADRESSE {ST}
{P}, født {L}
""")
"""What stands in Danish papers and mails, a line or a few each."""

COLUMNS = [
    ("Navn", "{P1}"),
    ("navn", "{P1}"),
    ("Fulde navn", "{P1}"),
    ("Medarbejder", "{P1}"),
    ("Kunde", "{P}"),
    ("Debitor", "{P}"),
    ("Efternavn, fornavn", "{LF1}"),
    ("Navn (efternavn først)", "{LB}"),
    ("Fornavn", "{F1}"),
    ("Efternavn", "{L1}"),
    ("Kontaktperson", "{P}"),
    ("Ansvarlig", "{F}"),
    ("Initialer/navn", "{IN}"),
    ("Sælger", "{IN}"),
    ("Leder", "{SHORT}"),
    ("Pårørende", "{P}"),
    ("By", "{CITY}"),
    ("Adresse", "{ST}"),
    ("Postnr.", "{ZIP}"),
    ("E-mail", "{EP1}"),
    ("Tlf.", "{T}"),
    ("Beløb", "{M}"),
    ("Dato", "{D}"),
    ("CPR", "{CPR}"),
    ("Firma", "{C}"),
    ("Afdeling", "{DEP}"),
    ("Nr.", "{N}"),
    ("Status", "Aktiv"),
    ("Stilling", "{TI}"),
    ("Vare", "{W}"),
    ("Produkt", "{BRAND}"),
    ("Vare", "{BRAND}"),
    ("Varebeskrivelse", "{BRAND}"),
    ("Beskrivelse", "{BRAND} ({B})"),
    ("Revisor", "{C}"),
    ("Bemærkning", "OK"),
    ("Betalt", "Ja"),
]
"""Columns of tables: head and cell. Cells with the digit 1 are about the same person."""

TEMPLATES: list[tuple[str, str]] = [
    (language, template)
    for language, templates in (
        ("da", DANISH),
        ("da", _lines(NONE)),
        ("en", _lines(ENGLISH)),
        ("sv", _lines(SWEDISH)),
        ("nb", _lines(NORWEGIAN)),
    )
    for template in templates
]
"""Every template with its language."""
