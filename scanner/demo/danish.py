"""Danish words to build made-up people from: names, streets, towns, trades. Lists only."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _coded(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((line[:4], line[5:]) for line in text.strip().splitlines())


WOMEN = _words("""
Agnes Alberte Alma Amalie Andrea Anette Anja Anna Anne Annelise Annette Asta Astrid Aya Bente
Berit Birgit Birgitte Birthe Bodil Brit Britta Camilla Caroline Cecilie Charlotte Christina Clara
Connie Dagmar Ditte Dorte Dorthe Ea Ebba Edith Elin Eline Elisabeth Ella Ellen Elna Else Elvira
Emilie Emma Emmy Ester Eva Fatima Filippa Fie Freja Frida Gerda Gitte Grethe Gry Gudrun Hanne
Hedvig Heidi Helene Helga Helle Henriette Ida Inga Inge Inger Ingrid Irene Iris Isabella Jannie
Jeanette Johanne Josefine Julie Jytte Kamilla Karen Karin Karla Karoline Katrine Kirsten Kirstine
Klara Kristine Laila Laura Lea Lene Lilly Line Linea Lis Lisbeth Lise Liv Liva Lone Lotte Louise
Luna Lærke Maja Malene Maren Margit Margrethe Maria Marianne Marie Marlene Martha Mathilde Merete
Merle Mette Mia Mille Minna Naja Nanna Natasja Nina Nora Oda Olga Olivia Pernille Petra Pia Ragna
Randi Rebecca Rikke Rita Rosa Ruth Sanne Sara Selma Sidsel Signe Sigrid Silje Sisse Smilla Sofie
Solveig Stine Susanne Søs Tanja Thea Tilde Tina Tove Trine Ulla Vera Vibeke Vigga Viola Vivi Yrsa
Zehra Zeynep Åse Æda
""")
MEN = _words("""
Adam Aksel Albert Alexander Alf Allan Anders Anton Arne Arthur August Axel Benjamin Bent Bertil
Birger Bjarne Bo Brian Børge Carl Casper Christian Claus Dan Daniel David Dennis Ebbe Egon Einar
Ejner Elias Emil Erik Erling Esben Evald Felix Finn Flemming Folmer Frank Frede Frederik Frode
Georg Gert Gorm Gunnar Gustav Hans Harald Harry Hassan Heine Helge Henning Henrik Herluf Hjalmar
Holger Hugo Ib Ibrahim Ivan Ivar Jacob Jakob Jan Jannik Jens Jeppe Jesper Jimmi Joakim Johan John
Johnny Jon Jonas Jonatan Jørgen Jørn Kai Karl Karsten Kasper Keld Kenneth Kent Kim Kjeld Klaus
Knud Konrad Kresten Kristian Kristoffer Kurt Lars Lasse Lauge Laurits Leif Leo Loke Louis Lucas
Ludvig Mads Magnus Malthe Marcus Marius Martin Mathias Mehmet Michael Mikkel Mogens Morten Naser
Nicolai Niels Nikolaj Noah Nohr Ole Oliver Omar Oskar Otto Ove Palle Patrick Paul Per Peter Philip
Poul Preben Rasmus Rene Robert Rolf Rune Samuel Sebastian Sejr Silas Simon Skjold Snorre Stefan
Steffen Sten Storm Svend Søren Theis Theo Theodor Thomas Thor Thorvald Tim Tobias Tom Tommy Tonny
Torben Tristan Troels Ulrik Uffe Vagn Valdemar Verner Victor Viggo Vilhelm Villads Villy Walther
William Yusuf Øjvind Øyvind Åge
""")
SURNAMES = _words("""
Abildgaard Agerholm Ahmed Ali Andersen Andreasen Arildsen Bach Bagger Bang Bay Bech Bekker Berg
Berthelsen Bisgaard Bjerre Bjerregaard Bladt Blach Boesen Bonde Borch Boysen Bramsen Brandt Bro
Bruhn Bruun Brøndum Buch Buhl Bundgaard Byskov Carlsen Carstensen Christensen Christiansen Clausen
Dahl Dahlgaard Dalgaard Dam Damgaard Damsgaard Danielsen Davidsen Demir Dideriksen Drejer Due
Ebbesen Ejlersen Enevoldsen Eriksen Eskildsen Esbensen Fabricius Falk Fisker Fjord Friis From
Frandsen Frederiksen Gade Gammelgaard Geertsen Gravesen Green Gregersen Gundersen Hald Halkjær
Hammer Hansen Harboe Hassan Hedegaard Hedemand Heide Helmer Hemmingsen Hendriksen Henriksen
Hermansen Hjort Hjorth Hoffmann Holm Holmgaard Holst Hougaard Hussein Hviid Høeg Højer Højgaard
Høj Ibsen Iversen Jacobsen Jakobsen Jensen Jepsen Jespersen Jessen Johannesen Johannsen Johansen
Juhl Just Juul Jørgensen Kaas Karlsen Kaya Kirk Kirkegaard Kjeldsen Kjær Kjærgaard Klausen Klit
Knudsen Koch Kofoed Korsgaard Krag Kragh Krarup Kristensen Kristiansen Krogh Krogsgaard Kruse
Lang Larsen Lassen Lauridsen Lauritsen Laursen Leth Lind Lindberg Lorenzen Lund Lunde Lundgaard
Lyngsø Lykke Lønstrup Madsen Markussen Marcussen Mathiesen Mikkelsen Mogensen Mohamed Mortensen
Munch Munk Mygind Møller Nedergaard Nguyen Nielsen Nissen Norup Nygaard Nyholm Nørgaard Nørskov
Odgaard Olesen Olsen Ottosen Overgaard Paulsen Pedersen Petersen Pihl Ploug Poulsen Quist Ravn
Rasmussen Refsgaard Riis Rosendahl Rosenkilde Roed Rønne Sand Schack Schmidt Schou Schrøder Schultz
Severinsen Simonsen Skaarup Skov Skovgaard Skytte Sloth Smed Sommer Sonne Steffensen Stokholm
Storgaard Strand Svane Svendsen Søgaard Sølvsten Sønderby Sørensen Tang Thaysen Therkildsen
Thomsen Thorsen Thrane Thygesen Toft Tran Trier Tønnesen Uhrenholt Ulrichsen Vad Vang Vester
Vestergaard Villadsen Vinther Voldgaard Wagner Wind Winther With Worm Wulff Yde Yilmaz Ørsted
Ørum Østergaard Aagaard Aaen
""")
STREETS = _words("""
Agerbakken Ahornvej Algade Anemonevej Banegårdspladsen Bakkegade Birkevænget Birkevej Bispegade
Blommehaven Boulevarden Bredgade Brogade Bygaden Bøgevej Dalvej Damstræde Danmarksgade Degnebakken
Egevej Elmegade Engdraget Enghavevej Fasanvej Fjordvej Fiskergade Fredensgade Frederiksgade
Fyrreparken Granparken Grønnegade Hasselvej Havnegade Hovedgaden Humlevænget Hyldetoften Industrivej
Jernbanegade Kastanievej Kildevej Kirkebakken Kirkestræde Kirkevej Klostertorv Koglevænget Kongevej
Krogen Kærvej Lindegade Lupinvej Lyngbakken Lærkevej Løvparken Markvej Møllevej Møllestræde
Mågevej Nattergalevej Nygade Nørregade Odinsvej Parkvej Pilevej Præstegårdsvej Ribesvej Ringvejen
Roskildevej Rosenvænget Rugmarken Rytterhaven Rønnebærvej Sandvej Skolegade Skovbakken Skovvej
Slotsgade Smedegade Solbakken Stationsvej Storegade Strandvejen Søndergade Syrenvej Tjørnevej
Toldbodgade Torvegade Vejlevej Vestergade Vesterbro Vibevej Vinkelvej Violvej Voldgade Åboulevarden
Åparken Ådalsvej Ærøvej Østerallé Østergade
""")
TOWNS = _coded("""
1050 København K
1620 København V
2000 Frederiksberg
2100 København Ø
2200 København N
2300 København S
2400 København NV
2500 Valby
2610 Rødovre
2620 Albertslund
2630 Taastrup
2650 Hvidovre
2700 Brønshøj
2730 Herlev
2750 Ballerup
2800 Kongens Lyngby
2820 Gentofte
2860 Søborg
2900 Hellerup
2970 Hørsholm
3000 Helsingør
3400 Hillerød
3600 Frederikssund
3700 Rønne
4000 Roskilde
4100 Ringsted
4200 Slagelse
4300 Holbæk
4400 Kalundborg
4600 Køge
4700 Næstved
4800 Nykøbing F
4900 Nakskov
5000 Odense C
5250 Odense SV
5500 Middelfart
5600 Faaborg
5700 Svendborg
5800 Nyborg
5970 Ærøskøbing
6000 Kolding
6100 Haderslev
6200 Aabenraa
6270 Tønder
6400 Sønderborg
6700 Esbjerg
6760 Ribe
6800 Varde
6950 Ringkøbing
7000 Fredericia
7100 Vejle
7190 Billund
7400 Herning
7500 Holstebro
7600 Struer
7700 Thisted
7800 Skive
7900 Nykøbing M
8000 Aarhus C
8200 Aarhus N
8260 Viby J
8270 Højbjerg
8400 Ebeltoft
8500 Grenaa
8600 Silkeborg
8660 Skanderborg
8700 Horsens
8800 Viborg
8900 Randers C
8960 Randers SØ
9000 Aalborg
9210 Aalborg SØ
9300 Sæby
9400 Nørresundby
9500 Hobro
9700 Brønderslev
9800 Hjørring
9900 Frederikshavn
9990 Skagen
""")
FLOORS = ("", "", "", "", "st. tv", "st. th", "1. tv", "1. th", "2. tv", "2. mf", "3. th", "4. tv")
