"""Long texts that are about nobody in particular, made up: no sign of a special category."""

from __future__ import annotations

PRIVACY_POLICY = """
Privatlivspolitik for Nordlys Handel A/S

1. Dataansvarlig
Nordlys Handel A/S er dataansvarlig for behandlingen af de personoplysninger, som vi modtager om
dig.
Kontakt os på privacy@nordlys.example.com, hvis du har spørgsmål om vores behandling af følsomme
oplysninger. Vores databeskyttelsesrådgiver er advokat Mette Krogh,
mette.krogh@nordlys.example.com.

2. Hvilke oplysninger behandler vi?
Almindelige personoplysninger er navn, adresse, e-mail og telefonnummer. Følsomme
personoplysninger er
oplysninger om race og etnisk oprindelse, politisk overbevisning, religiøs eller filosofisk
overbevisning,
fagforeningsmæssigt tilhørsforhold, genetiske data, biometriske data, helbredsoplysninger samt
oplysninger
om en persons seksuelle forhold eller seksuelle orientering. Vi behandler som udgangspunkt ikke
følsomme
oplysninger. Hvis du er medarbejder, kan vi behandle oplysninger om sygefravær, f.eks. hvis du er
sygemeldt
med stress eller depression, har en arbejdsskade eller er gravid. Oplysning om medlemskab af
fagforening
behandles kun, når det følger af en overenskomst. Straffeattest indhentes for medarbejdere i
økonomi, og
det registreres, om ansøgeren tidligere er straffet.

3. Hvem deler vi oplysninger med?
Vi kan videregive oplysninger til myndigheder, f.eks. kommunen, når en medarbejder modtager
sygedagpenge.

4. Dine rettigheder
Du har ret til indsigt i de oplysninger, vi behandler om dig. Du kan klage til Datatilsynet, Carl
Jacobsens
Vej 35, 2500 Valby.
"""

PRICE_LIST = """
Sundhedshuset Strandgade – prisliste fra 1. januar

Klassisk massage, 30 min.;299 kr.
Fysioterapi, første konsultation;550 kr.
Behandling af diskusprolaps og slidgigt;650 kr.
Træning for gravide, hold à 10 gange;1.200 kr.
Samtale om stress og angst hos psykolog Lone Dahl;1.100 kr.
Kostvejledning ved diabetes;700 kr.
Akupunktur mod migræne og allergi;450 kr.

Fysioterapeut Jens Bruun behandler piskesmæld, gigt og hjernerystelse. Han har 20 års erfaring.
Åbningstider: mandag til fredag kl. 8-18. Book tid på booking@sundhedshuset.example.com.
Medlemmer af sygeforsikringen får rabat. Er du syg, skal du melde afbud senest kl. 8.
"""

COLLECTIVE_AGREEMENT = """
Overenskomst mellem Dansk Erhverv Arbejdsgiver og HK Privat

§ 1. Overenskomstens område
Overenskomsten omfatter funktionærer, der er medlem af HK, og som arbejder med handel og kontor.
3F og
Dansk Metal har egne overenskomster. Medarbejdere, der er medlem af en anden fagforening, er
omfattet på
samme vilkår.

§ 7. Sygdom
Når en medarbejder er sygemeldt, betaler virksomheden fuld løn i indtil fem uger. Medarbejderen
skal på
forlangende aflevere en lægeerklæring. Er medarbejderen gravid, ydes fuld løn under
graviditetsorlov.

§ 12. Tillidsrepræsentanter
På enhver virksomhed vælger medlemmerne af HK en tillidsrepræsentant. Fagforeningskontingent kan
trækkes
over lønnen, hvis medarbejderen ønsker det.

København, den 12. marts 2026
For Dansk Erhverv: direktør Per Holst, ph@erhverv.example.com
For HK Privat: sektorformand Inger Lund, il@hk.example.com
"""

CHURCH = """
Sankt Nikolaj Kirke
Kirkens åbningstider: tirsdag til fredag kl. 10-14. Kirken er åben for alle, også ateister.

Gudstjenester i marts
Søndag d. 1. kl. 10: højmesse ved sognepræst Karen Bach
Søndag d. 8. kl. 10: familiegudstjeneste for kristne og muslimer, sognepræst Ole Dam
Søndag d. 15. kl. 16: katolsk messe ved pastor Jan Novak

Sognepræst Karen Bach, tlf. 11 22 33 44, kb@sogn.example.com, har fri om mandagen.
Menighedsrådets formand er Bent Friis. Alle medlemmer af folkekirken har stemmeret til
menighedsrådsvalget.
Kirkegårdskontoret ligger Kirkevej 2. Graver Søren Møller træffes dagligt kl. 9-10.
Foredrag: Mød rabbiner Daniel Levi, der fortæller om jødisk højtid. Konfirmander er velkomne.
"""

NEWS = """
Venstre og Socialdemokratiet vil lempe skatten

Statsminister Mette Holm (S) præsenterede tirsdag regeringens udspil. Partiformand Troels Bach
(V) kalder
det historisk. "Vi har kæmpet for det her i fire år," siger Troels Bach, der har været medlem af
Venstre
siden 1998. Enhedslistens politiske ordfører, Pernille Dahl, er skuffet. Hun mener, at
Socialdemokratiet
har svigtet sine vælgere. Også Dansk Folkepartis Morten Friis er kritisk.

Ifølge valgforsker Kasper Lund stemte hver tiende vælger på Liberal Alliance ved seneste valg.
Han har fået
adgang til tal fra 2 000 danskere. Flere kommunister i 1970'erne blev senere socialdemokrater,
siger han.
Tidligere minister Henrik Krogh blev i 2019 opstillet for Moderaterne i Nordjylland. Anna Lind
har stemt på
Alternativet i ti år, men overvejer nu at stemme på Radikale Venstre.
"""

HANDBOOK = """
Personalehåndbog, kapitel 4: Sygdom og barsel

Sygdom meldes til nærmeste leder inden kl. 8. Hvis medarbejderen er sygemeldt i mere end 14 dage,
indkaldes
til en samtale. Lederen må ikke spørge, om medarbejderen har kræft eller en depression. En
medarbejder, der
er gravid, skal give besked senest tre måneder før fødslen. Medarbejdere med kronisk sygdom kan
få en
§ 56-aftale. Ved alkoholmisbrug tilbydes behandling. Kontakt HR på hr@nordlys.example.com.
Det er forbudt at forskelsbehandle på grund af religion, hudfarve, etnisk oprindelse, handicap,
seksuel
orientering eller politisk anskuelse. Adgang til serverrummet sker med fingeraftryk.
"""

ENGLISH_POLICY = """
Privacy notice

We process special categories of personal data only where the law allows it. If you are on sick
leave, your
manager may record the period. We never ask whether an employee is pregnant, is a union member,
is gay, or
has been convicted of an offence. Health data such as diabetes, asthma or depression are kept by
the
occupational health provider. Any fingerprint template is deleted when employees leave. Contact
our data
protection officer at dpo@nordlys.example.com. You have the right to complain.
"""

HEALTH_ARTICLE = """
Flere danskere lever med diabetes

Antallet af danskere med diabetes er steget. Sukkersyge kan føre til blodpropper, og risikoen for
depression
er større. Professor Allan Flyvbjerg, der har forsket i diabetes i tyve år, peger på livsstil.
Symptomer på
migræne og angst overses ofte. Kræft er fortsat den hyppigste dødsårsag. Overlæge Lise Juul har
skrevet en
bog om epilepsi hos børn. Ved astma bør man undgå røg, og allergi behandles med antihistamin.
"""

GYM = """
Fit & Fun – priser 2026
Månedskort 299 kr. Seniorer og førtidspensionister 199 kr.
Hold for gravide: tirsdag kl. 17 med Camilla Lund
Rygtræning ved slidgigt: torsdag kl. 10 med Bo Friis, bf@fitfun.example.com
Vi tager hensyn, hvis du har astma eller allergi.
"""

UNION_PRICES = """
Kontingent fra 1. januar

3F, fuldtid og a-kasse: 1.099 kr. om måneden. Studerende i 3F betaler 89 kr.
FOA: 987 kr. om måneden. HK: fra 420 kr. Er du elev, er kontingentet til HK gratis i et år.
Medlemmer af fagforeningen får rabat på forsikringer. Tillidsrepræsentanter vælges hvert andet år.
Vil du skifte fagforening, så ring til medlemsservice på 70 11 22 33 eller skriv til
medlem@forbund.example.com. Faglig sekretær Mette Krogh svarer på spørgsmål om overenskomsten.
Har din arbejdsgiver bortvist dig, får du en bisidder fra fagforeningen.
"""

COURT_NEWS = """
Tre dømt for indbrud

Byretten idømte mandag tre mænd fængsel i otte til fjorten måneder for tyveri og hæleri. En af dem
var tidligere straffet for vold. Anklager Søren Dahl er tilfreds med dommen.
"Min klient er skuffet," siger forsvarer Karen Lind, der overvejer at anke. Dommer Jens Bruun lagde
vægt på, at de tiltalte havde tilstået. En fjerde mand er varetægtsfængslet.
Tyveri fra byggepladser koster milliarder, skriver forsker Anne Bach i en ny bog om kriminalitet.
Holdet er dømt til nedrykning, og klubben skal indhente børneattest på alle trænere. Er der
anmærkninger på en straffeattest, tager bestyrelsen stilling.
"""

SILENT = {
    "a union's prices": UNION_PRICES,
    "news from a court": COURT_NEWS,
    "a gym's classes": GYM,
    "a privacy policy": PRIVACY_POLICY,
    "a health club's price list": PRICE_LIST,
    "a collective agreement": COLLECTIVE_AGREEMENT,
    "a church's opening hours": CHURCH,
    "news of politics": NEWS,
    "a personnel handbook": HANDBOOK,
    "a privacy notice in English": ENGLISH_POLICY,
    "an article on health": HEALTH_ARTICLE,
}
