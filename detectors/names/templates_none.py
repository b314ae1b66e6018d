"""Training templates without people: headings, products, firms and places that look like people."""

from __future__ import annotations

NONE = r"""
Med venlig hilsen\n{C}
Venlig hilsen\nKundeservice
Med venlig hilsen\n\nHR-afdelingen\n{C}
Mvh Bogholderiet
Hilsen Teamet
Kære kunde
Kære Alle
Kære kolleger
Kære Borger
Hej alle sammen
Hej Kundeservice
Hej Team {DEP}
Til rette vedkommende
Til Beboerne
Fra: {C} <info@firma.dk>
Fra: noreply@firma.dk\nTil: Alle i {DEP}\nEmne: Driftsstatus
Emne: Nyhedsbrev fra {C}
Emne: Re: {W}
Emne: Faktura {N}
{C}, {ST}, {ZIP} {CITY}
{C}\n{ST}\n{ZIP} {CITY}\nCVR {CVR}
Leverandør: {C}
Leverandør: {C}\nOrdre: {B}
Kunde: {C}
Firma: {C}, CVR-nr. {CVR}
Afsender: {C}
Bank: {C}
Kreditor\t{C}\t{M}
{C} har fremsendt faktura {N} på {M}.
{C} overtager {C} pr. {D}.
Aftale mellem {C} og {C}.
Vi har valgt {C} som leverandør af {W}.
{C} åbner en ny butik i {CITY}.
Mødet holdes hos {C}, {ST}, {CITY}.
Adresse: {ST}
Adresse: {ST}, {ZIP} {CITY}
Bopæl: {ST}\n{ZIP} {CITY}
{ST}, {ZIP} {CITY}
{ZIP} {CITY}
Fødested: {CITY}
Vi bor på {ST} i {CITY}.
Ejendommen {ST}, {ZIP} {CITY}, matr.nr. 7{N}
Fra {CITY} til {CITY}
Kontoret i {CITY} flytter til {ST}.
Toget til {CITY} er forsinket.
{CITY} Banegård, {CITY} Lufthavn
Vare: {W}\nAntal: {N}\nPris: {M}
{W}: {M}
{W}\t{N}\t{M}
{N} stk. {W} á {M}
Varenr. {N} {W}
Model: {W}
Navn: {W}\nVarenummer: {B}\nLager: {N}
Produktnavn: {W}
Varenavn;Antal;Pris\n{W};{N};{M}\n{W};{N};{M}
Navn;Pris\n{W};{M}\n{W};{M}\n{W};{M}
Filnavn: rapport_{N}.pdf
Brugernavn: admin
Projektnavn: Sommerfest
Navn på projekt: Ny Hovedgade
Systemnavn: Navision
Navn og adresse
Navn, adresse og telefonnummer
Navn:\nAdresse:\nTelefon:
Navn: ______________
Fornavn Efternavn Telefon E-mail
Fornavn;Efternavn;Adresse;Postnr;By
Underskrift: ____________ Dato: ____________
Skibet Emma Mærsk afgår fra {CITY}
M/S Anna Sofie, M/F Prinsesse Isabella
Dagsorden:\n1. Valg af Dirigent\n2. Formandens Beretning\n3. Eventuelt
Resultatopgørelse, Balance og Noter
Almindelige Salgs- og Leveringsbetingelser
1. Formål\n2. Anvendelsesområde\n3. Ansvar\n4. Værneting
§ 4 Opsigelse
Kapitel 2. Lejerens Forpligtelser
Vigtig Information Til Alle Beboere
Referat Af Ordinær Generalforsamling
Ledelsens Årsberetning For Regnskabsåret
Politik For Behandling Af Personoplysninger
Samtykke Til Behandling Af Oplysninger
{B};{BRAND};{M}
{B}\t{BRAND}\t{N}
{N};{BRAND};{N};{M}
{BRAND};{M};{N} stk.
Varenr;Navn;Pris\n{B};{BRAND};{M}\n{B};{BRAND};{M}\n{B};{BRAND};{M}
Ordrenr;Produkt;Antal\n{B};{BRAND};{N}\n{B};{BRAND};{N}
{N} stk. {BRAND}
Vi køber {BRAND} som gave.
{BRAND} er udsolgt.
Nyhed: {BRAND}
{BRAND}   {M}   hylde {N}
978-87-{N}-{N}-1   Atlas   {M}   hylde {N}
Date: Tue, 13 Jan 2026 10:30:00 +0100
Date: Mon, 2 Mar 2026 {TM}:00 +0100\nSubject: {W}
Date: Fri, 24 Apr 2026 14:00:00 +0200
Sent: Thursday, April 9, 2026 {TM}
Vare            Antal   Pris
Bilen med registreringsnummer XY {ZIP}0 afleveres i {MON}.
Opsigelse med udgangen af {MON}.
job {B} finished, trace ede{N}a{N}
(0, '', '', '');
INSERT INTO vare VALUES ({N}, '{BRAND}', '{B}');
Personnummer;{CPR}\nStatus;Aktiv
Initialer: AK, BNO, JHL
Mandag Tirsdag Onsdag Torsdag Fredag Lørdag Søndag
Januar, Februar, Marts, April, Maj, Juni, Juli, August
Jul, Nytår, Påske og Pinse
Skærtorsdag, Langfredag, Store Bededag og Kristi Himmelfartsdag
Sankt Hans den 23. juni
Mortensaften og Sankt Lucia
Black Friday og Cyber Monday
Ja / Nej
Ja tak\nNej tak
Status: Afventer
Status: Afsluttet
Åben Lukket Afventer Godkendt
Total Amount\tSubtotal\tVAT
Total: {M}
I alt inkl. moms {M}
Beløb i alt {M} forfalder den {D}.
Betalingsbetingelser: Netto {N} dage
Moms 25 %: {M}
Reg.nr. {ZIP} Konto {B}
IBAN og SWIFT
Alle priser er ekskl. moms.
Denne e-mail kan indeholde fortrolige oplysninger.
Du kan altid trække dit samtykke tilbage.
Dine rettigheder efter databeskyttelsesforordningen
Vi behandler navn, adresse og CPR-nummer for at kunne udbetale løn.
Medarbejderen er berettiget til seks ugers ferie.
Lejer er forpligtet til at vedligeholde det lejede.
Sælger oplyser, at taget er fra {N}.
Køber og Sælger er enige om prisen.
Virksomheden og Medarbejderen har aftalt følgende:
Advokat, Direktør og Revisor deltog i mødet.
Han sagde, at bo og pensionist skal svare.
Hans bil er solgt, og hendes cykel er stjålet.
Det er en god ide at bo tæt på arbejde.
Sten, ler og grus leveres i morgen.
Den gamle smed og den unge møller mødtes.
Vi skal holde ild i ovnen.
Husk frost og sne i april og maj.
Eva-gulve og Ann-Bed-puder
Ib Laursen-skål, Georg Jensen-lysestage, Arne Jacobsen-stol
Svanen af Louis Poulsen
En PH-lampe og en Wegner-stol
Projekt Thor, Projekt Freja og Projekt Odin
Mødelokale Kierkegaard, Mødelokale Blixen
[[H.C. Andersens Boulevard 12@L]]
[[Kong Christian den Fjerdes Gade@L]]
[[Sankt Peders Stræde@L]] {N}, {CITY}
[[Sct. Mortens Kirke@L]]
[[Niels Bohr Bygningen@L]]
[[Rigshospitalet@O]], Afsnit 5021
[[Region Midtjylland@O]] og [[Region Nordjylland@O]]
Microsoft Excel og Adobe Acrobat
Vælg Filer > Eksporter > Gem Som
Klik på Indstillinger og derefter Konto
Åbn Windows Stifinder
Fejl 404: Siden findes ikke
ERROR Connection refused: Jenkins Master
WARN Thread Pool Exhausted
import Jackson\nclass Victor(Base):
def maria(): return Oscar
SELECT Name FROM Customer
Server: Odin01 Status: Running
Python, Ruby, Julia og Perl
Java, Kotlin, Scala og Rust
Apache Tomcat, Spring Boot, Oracle Linux
http://www.firma.dk/om-os
Se mere på www.firma.dk
Google Chrome blokerede pop op-vinduet
Dansk, Engelsk, Tysk og Fransk
[[Danmark@L]], [[Sverige@L]], [[Norge@L]] og [[Finland@L]]
Dansk Standard DS 3001
ISO 27001 Certificering
Horisont Europa og Den Europæiske Socialfond
Grundloven, Forvaltningsloven og Offentlighedsloven
[[EU-Domstolen@O]] i {CITY}
[[Højesteret@O]] stadfæstede [[Østre Landsrets@O]] dom.
Bilag A\nBilag B\nBilag C
Figur {N}: Omsætning pr. kvartal
Tabel {N}. Antal medarbejdere
Side {N} af {N}
Version {N}.{N}
Tak for Deres ordre
Tak for i dag
God Weekend
God Jul og Godt Nytår
Glædelig Jul
Velkommen Til {C}
Vi Ses I {CITY}
Rød Grøn Blå Gul
Lille Mellem Stor
Blomme, Æble, Pære og Kirsebær
Rose, Lilje, Viola, Iris og Erica
Margueritten og Georginen
Bus 5C mod {CITY}
Hold A: Fodbold\nHold B: Håndbold
[[FC Midtjylland@O]] - [[Brøndby IF@O]]
Lønart {N}: Fast Løn
ATP-Bidrag, AM-Bidrag, A-Skat
Feriepenge, Pension, Sundhedsforsikring
Funktionærloven finder anvendelse.
Overenskomst mellem [[Dansk Erhverv@O]] og [[HK@O]]
Antal Ansatte: {N}
Udgift: {M}\nIndtægt: {M}
Kørsel {CITY} - {CITY} t/r, {N} km
Hotel {CITY}, 2 nætter, {M}
[[Hotel Kong Frederik@O]]\t{M}
[[Restaurant Karla@O]], {ST}
[[Café Sofie@O]], {CITY}
[[Bageriet Emmerys@O]]
[[Pizzeria Mamma Maria@O]]
[[Frisør Figaro@O]]
[[Salon Michelle@O]]
Klinik for Fysioterapi
Apoteket i {CITY}
Lægehuset {ST}
Advokathuset
[[Dansk Revision@O]] {CITY}
Tømrer- og Snedkerfirma
Murermester søges til opgave i {CITY}
"""
"""What is no person, a line or a few each."""
