"""Longer training texts: whole forms, mails, minutes, letters. Slots: `augment.Maker`."""

from __future__ import annotations

BLOCKS = [
    text.strip("\n")
    for text in (
        """
{C}
{ST}
{ZIP} {CITY}

{P1}
{ST}
{ZIP} {CITY}

{CITY}, den {D}

Vedr.: Opsigelse af lejemål

Kære {F1}

Vi bekræfter hermed at have modtaget din opsigelse af {D}.

Med venlig hilsen

{P2}
{TI}
""",
        """
Fra: {P1} <{EP1}>
Sendt: {D} {TM}
Til: {P2} <{EP2}>
Cc: {P3}
Emne: Møde på mandag

Hej {F2}

Kan du og {F3} mødes med {C} mandag kl. {TM}? {F} fra {DEP} kommer også.

Mvh
{F1}

{P1}
{TI}
Tlf. {T}
""",
        """
ANSÆTTELSESKONTRAKT

Mellem {C}, CVR-nr. {CVR}, {ST}, {ZIP} {CITY}
og
{P1}
{ST}
{ZIP} {CITY}
CPR-nr.: {CPR}

§ 1. {P1} ansættes som {TI} med tiltrædelse den {D}.
§ 2. Den månedlige løn udgør {M}
§ 3. Nærmeste leder er {P2}.

Dato: {D}                    Dato: {D}
____________________         ____________________
{P1}                         {P2}
""",
        """
Referat af bestyrelsesmøde {D}
Til stede: {P1}, {P2}, {P3} og {P4}
Afbud: {P5}
Referent: {F3}

1. Godkendelse af dagsorden
Dagsordenen blev godkendt.

2. Økonomi
{F2} gennemgik regnskabet. {F4} spurgte til udgiften på {M}.

3. Eventuelt
{F1} takkede for god ro og orden.
""",
        """
Indmeldelsesblanket
Fornavn: {F1}
Efternavn: {L1}
Adresse: {ST}
Postnr. og by: {ZIP} {CITY}
Mobil: {T}
E-mail: {EP1}
Pårørende: {P2}, {T}
Samtykke: Ja
""",
        """
Navn            {P1}
Adresse         {ST}
Postnr./by      {ZIP} {CITY}
CPR-nr.         {CPR}
Telefon         {T}
Stilling        {TI}
Leder           {P2}
""",
        """
LØNSEDDEL                    Periode: {D} - {D}
{P1}
{ST}
{ZIP} {CITY}
Medarb.nr. {N}   CPR {CPR}
Månedsløn           {M}
AM-bidrag           {M}
Til udbetaling      {M}
""",
        """
FAKTURA {N}
{C}
Kunde: {P1}
Att.: {P2}
Adresse: {ST}, {ZIP} {CITY}
{W}          {N}     {M}
{W}          {N}     {M}
I alt                {M}
Vores ref.: {IN}
""",
        """
Deltagerliste - kursus den {D}
1  {P}  {C}
2  {P}  {C}
3  {P}  {C}
4  {P}  {C}
5  {P}  {C}
""",
        """
Telefonliste
{LF} {T}
{LF} {T}
{LF} {T}
{LF} {T}
""",
        """
Kære {F1}

Tak for en god samtale i dag. Som aftalt sender jeg kontrakten til {P2}, så {F2} kan
se den igennem inden {D}.

Hvis du har spørgsmål, er du velkommen til at ringe til mig eller {F3} på {T}.

De bedste hilsner
{P4}
""",
        """
{P1}
{TI}
Mobil: {T}
E-mail: {EP1}

{C}
{ST}
DK-{ZIP} {CITY}
www.firma.dk
""",
        """
Sagsnr.: {N}
Sagsbehandler: {P1}
Borger: {P2} ({CPR})
Notat {D}: {F2} ringede og oplyste, at hun er flyttet til {ST}.
{IN} følger op i uge 42.
Notat {D}: Brev sendt til {P2}.
""",
        """
CURRICULUM VITAE
{P1}
Født: {D}
{ST}, {ZIP} {CITY}
Erhvervserfaring
2015-2020 {C}, {TI}
2012-2015 {C}, {TI}
Referencer
{P2}, {TI}, {C}, tlf. {T}
{P3}, {TI}, {C}, tlf. {T}
""",
        """
Opgave;Ansvarlig;Frist
Bestille {W};{F1};{D}
Ringe til {C};{F2};{D}
Godkende budget;{P3};{D}
""",
        """
Vagtplan uge {N}
Mandag: {F}, {F}
Tirsdag: {F}, {F}
Onsdag: {F} og {F}
Torsdag: lukket
Fredag: {F} (åbner), {F} (lukker)
""",
        """
{{"kunder": [
  {{"id": {N}, "navn": "{P1}", "email": "{EP1}", "by": "{CITY}"}},
  {{"id": {N}, "navn": "{P2}", "email": "{EP2}", "by": "{CITY}"}}
]}}
""".replace("{{", "{").replace("}}", "}"),
        """
BEGIN:VCARD
FN:{P1}
N:{L1};{F1};;;
ORG:{C}
TITLE:{TI}
EMAIL:{EP1}
END:VCARD
""",
        """
Testamente
Undertegnede {P1}, cpr-nr. {CPR}, bestemmer hermed, at min formue tilfalder {P2}.
Til min søn {F3} og min datter {F4} skal gives {M} hver.
{CITY}, den {D}
{P1}
Vitterlighedsvidner: {P5} og {P6}
""",
        """
INTERNT NOTAT
Til: {P1}
Fra: {P2}
Dato: {D}
Vedr.: Advarsel til {P3}

{P3} er den {D} udeblevet uden varsel. Samtale med {F3} og tillidsrepræsentant {P4}.
{IN} udarbejder skriftlig advarsel.
""",
        """
Ordrebekræftelse
Ordrenr. {B}
Leveres til
{P1}
{ST}
{ZIP} {CITY}
Varer
{N} x {W}
{N} x {W}
Betalt med Dankort {M}
Sælger: {F2}
""",
        """
2026-03-02 08:{N} INFO  login bruger={LOW} ok
2026-03-02 08:{N} WARN  adgang afvist for {SHORT}
2026-03-02 08:{N} INFO  rapport sendt til {EP1}
""",
        """
Patient: {ULF}
CPR: {CPR}
Henvisende læge: {P2}
Diagnose: Discusprolaps
Plan: {F1} henvises til fysioterapi hos {C}. Kontrol hos overlæge {L3} om 3 uger.
""",
        """
Til generalforsamlingen
Bestyrelsen foreslår følgende kandidater:
- {P}, {ST}
- {P}, {ST}
- {P}, {ST}
Revisor: {P}
Suppleanter: {P} og {P}
""",
        """
KØBSAFTALE
Sælger: {P1} og {P2}, {ST}, {ZIP} {CITY}
Køber: {P3}, {ST}, {ZIP} {CITY}
Ejendomsmægler: {C} v/ {P4}
Kontantpris: {M}
Overtagelse: {D}
""",
        """
Dear {F1},

Thank you for meeting with me and {F2} in {CITY} last week. {P3} from our
legal team will send you the draft agreement by {D}.

Kind regards,

{P4}
{TI}
{C}
""",
        """
Hi {F1}, did {F2} get back to you? I asked {P3} at {C} but have not heard
anything. I am in {CITY} until Friday.

Thanks
{F4}
""",
    )
]
"""A few dozen lines at most each, as they lie in folders and mailboxes."""
