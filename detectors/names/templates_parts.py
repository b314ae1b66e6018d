"""Words that made training texts are filled with, besides the names of people and places."""

from __future__ import annotations


def _lines(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", "|").split("|") if part.strip()]


TITLES = _lines("""
direktør|Direktør|salgschef|Salgschef|Økonomichef|HR-chef|HR-konsulent|projektleder|Projektleder
Konsulent|Seniorkonsulent|advokat|Advokat|advokatfuldmægtig|Sekretær|Bogholder|kundechef|Kundechef
Afdelingsleder|afdelingsleder|IT-chef|Regnskabschef|sagsbehandler|Sagsbehandler|Ingeniør|Arkitekt
Partner|Controller|Udvikler|Rådgiver|Indkøber|Marketingchef|Driftschef|CEO|CFO|COO|Adm. direktør
Fuldmægtig|Lønspecialist|Sygeplejerske|Overlæge|læge|pædagog|Skoleleder|rektor|lektor|Professor
vicevært|Ejendomsmægler|mægler|Elektriker|tømrer|Montør|chauffør|Lagerchef|Butikschef|Receptionist
formand|næstformand|kasserer|Bestyrelsesmedlem|revisor|statsautoriseret revisor|Account Manager
Key Account Manager|Project Manager|Head of Sales|Legal Counsel|Software Engineer|Team Lead|PhD
""")
DEPARTMENTS = _lines("""
Salg|Marketing|Økonomi|Bogholderi|Løn|HR|IT|Drift|Lager|Indkøb|Produktion|Kundeservice|Jura
Udvikling|Kvalitet|Ledelse|Sekretariatet|Borgerservice|Teknik og Miljø|Børn og Unge|Hal 3|Nord|Syd
""")
COMPANIES = _lines("""
Novo Nordisk|Danske Bank|Ørsted|Vestas|Carlsberg|Rambøll|COWI|Netcompany|Falck|Coop Danmark|TDC|Nets
KMD|ISS|DSB|PostNord|Jyske Bank|Sydbank|Nykredit|Tryg|Topdanmark|Region Hovedstaden|Aarhus Kommune
Københavns Kommune|SKAT|Skattestyrelsen|Datatilsynet|Erhvervsstyrelsen|Arbejdstilsynet|ATP|PFA|DTU
PensionDanmark|Aarhus Universitet|Microsoft|Google|Amazon|IBM|SAP|Siemens|Telia|Telenor|IKEA|Volvo
Equinor|3F|HK|Dansk Industri|Rigshospitalet|Lego|Grundfos|Danfoss|Arla|Danish Crown|Salling Group
Mærsk|A.P. Møller - Mærsk|Bestseller|Jysk|Elgiganten|Harald Nyborg|Jem & Fix|Hennes & Mauritz|Ernst
& Young|Deloitte|PricewaterhouseCoopers|KPMG|Bech-Bruun|Plesner|Kromann Reumert|Bruun & Hjejle|DHL
Ole Rømer Skolen|H.C. Andersen Hotel|Louis Poulsen|Georg Jensen|Fritz Hansen|Carl Hansen & Søn
Peter Justesen Company|Niels Bohr Institutet|Johnson Controls|Morgan Stanley|Thomas Cook|Lidl
Politiken|Berlingske|TV 2|Danmarks Radio|Røde Kors|Folkekirkens Nødhjælp|FOA|Dansk Sygeplejeråd|LB
Udbetaling Danmark|Styrelsen for Arbejdsmarked og Rekruttering|Familieretshuset|Ankestyrelsen|Visma
""")
COMPANY_HEADS = _lines("""
Nordic|Dansk|Scan|Jysk|Fyns|Sund|Agro|Tele|Data|Nord|Sjællands|Vest|Øst|Midt|City|Green|Blue|Future
Smart|Alfa|Beta|Delta|Omega|Viking|Kronen|Svane|Havne|Atlas|Titan|Prima|Optimal|Profil|Aqua|Terra
Euro|Trans|Global|First|Pro|Fokus|Vision|Team|Link|Core|Node|Lykke|Solsikken|Valhal|Freja|Thor|Odin
""")
COMPANY_TAILS = _lines("""
Consult|Invest|Ejendomme|Transport|Logistik|Teknik|Solutions|Entreprise|Gruppen|Byg|Service|Finans
Rengøring|Holding|Partners|Energi|Pharma|Software|Systems|Møbler|Fødevarer|Auto|VVS|El|Maskiner
Forsikring|Marketing|Group|Advisory|Media|Design|Tandklinik|Biler|Begravelsesforretning|Revision
""")
TRADES = _lines("""
Auto|Bageri|Tømrerforretning|Malerfirma|VVS|Blomster|Eftf.|Cykler|Frisørsalon|Smørrebrød|Vinhandel
Køreskole|Kiosk|Planteskole|Pizzeria|Maskinstation|Ure & Smykker|Hundesalon|Taxi
""")
BUYERS = ["Søn", "Sønner", "Co.", "Partnere", "Døtre", "Holst", "Vang", "Mark"]
BEFORE_SURNAMES = ["Advokatfirmaet", "Tømrermester", "VVS-firmaet", "Vognmand"]
THINGS = _lines("""
vase|ur|kjole|tøffel|æske|skål|lysestage|lampe|stol|sofa|bord|halskæde|ring|taske|sko|jakke|trøje
kniv|gryde|kande|krus|tallerken|plakat|bog|roman|kogebog|cykel|cigar|vin|whisky|sæbe|duft|briller
håndklæde|pude|tæppe|billede|figur|kop|glas|termokande|armbånd|parfume|guitar|klaver|traktor
""")
BEFORE_SURNAMES_FULL = ["Revisionsfirmaet", "Advokatfirmaet", "Malerfirmaet", "Tandlægerne"]
OFFICES = ["Kommune", "Boligforening", "Kraftvarme", "Skole", "Bibliotek"]
PRODUCTS = _lines("""
Skrue 4x40|Bræt 22x100|Kontorstol Sofie|Hylde Billy|Sofa Victoria|Lampe Emma|Bord Oliver|Vase Clara
Kaffe Peter Larsen|Peter Plus-pakken|Gavekort|Julekurv|Toner HP 305|Printerpapir A4|Windows Server
Office 365|Dankort|MobilePay|Black Friday-tilbud|Skruetrækker|Havebord Mathilde|Madras Luna|Pude
Kjole Isabella|Sko Anton|Taske Freja|Cykel Winther|Ovn Siemens|Ford Focus|Mercedes-Benz|Tesla Model
Volvo V60|Toyota Yaris|Abonnement Basis|Støvsuger Henry|Kaffemaskine Bodum
Højtaler Beolit|Æble Elstar
""")
