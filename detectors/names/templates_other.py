"""Training templates in English, Swedish and Norwegian. Slots: `augment.Maker`."""

from __future__ import annotations

ENGLISH = r"""
Name: {P}
Full name: {P}
First name: {F1}\nLast name: {L1}
Surname: {L}
Customer: {P}
Employee: {LF}
Employee name: {P}, ID {N}
Contact: {P}, {T}
Contact person: {P} ({EP1})
Dear {F}
Dear {P},
Dear Mr {L},
Dear Ms. {L}
Dear {F} and {F},
Hi {F}
Hi {F},
Hi {F} - see below
Hello {F},
Good morning {F}
Thanks {F}
Thank you, {F}!
Regards,\n{F}
Best,\n{F}
Best regards,\n{P}\n{TI}
Kind regards\n\n{P}\n{TI}\n{C}\n{T}
Sincerely,\n{P}
Yours faithfully\n{P}
From: {P1} <{EP1}>\nSent: {D}\nTo: {P2} <{EP2}>\nSubject: RE: Contract
From: {P}\nTo: {P}; {P}\nCc: {P}\nSubject: FW: Agenda
To: {LF}
On {D}, {P1} <{EP1}> wrote:
On {D} at {TM}, {P} wrote:
{P} wrote:
{F} wrote on {D}:
{P} will be out of office until {D}.
{P} joined {C} as {TI}.
{F} asked {F} to review the contract.
I met {P} from {C} in {CITY}.
Please ask {F} about it.
Please call {P} at {T}.
{F} and I discussed the offer.
{FG} report is attached.
{P}, {TI} at {C}, said the results were good.
"We are pleased," said {P}, {TI}.
Mr. {P} and Mrs. {P}
Mr {L} signed on behalf of {C}.
This agreement is between {P} ("the Employee") and {C} ("the Company").
Signed: {P}
Signature: {P} Date: {D}
Prepared by {P}
Approved by: {P}
Author: {P}
Attendees: {P}, {P}, {P}
Present: {F}, {F}, {F}
Apologies: {P}
Chair: {P}
Action: {F} to send the minutes
{F} to follow up with {C}
Assigned to {P}
Reporter: {P}
Ship to:\n{P}\n{ST}\n{CITY}
Bill to: {P}, {C}
Guest: {P}, room {N}
Passenger: {UL}/{UF}
Patient {P} was seen on {D}.
{P} {EP1}
{P} ({T})
{P},{EP1},{CITY}
name: {LOW}
hi {LOWF}, can you send it?
thanks {LOWF}
"name": "{P}"
"firstName": "{F}", "lastName": "{L}"
user {LOW} logged in
I spoke to {F} yesterday.
{F} told me that {F} was away.
{L} did not answer the question.
President {L} met with Prime Minister {L}.
{P}'s car was parked in {CITY}.
I love what {F} wrote about {CITY}.
Has anyone heard from {F}?
Dear Sir or Madam
Dear Customer
Hi all
Hello Team
Best regards,\n{C}
Kind regards\nCustomer Service
Terms and Conditions
The Board of Directors of {C}
Invoice Number {N}, Purchase Order {N}
Next Steps and Open Issues
Please Read Carefully Before Signing
Monday, Tuesday and Wednesday
Will may be extended in March or May.
Mark the box and sign the form.
Bill of Lading, Letter of Credit
Grant of License
Total Amount Due: {M}
{C} was founded in {CITY}.
The meeting will be held at {C} in {CITY}.
[[United States@L]], [[Great Britain@L]] and [[New Zealand@L]]
Click File, then Save As
Senior Software Engineer\nHuman Resources
Quarterly Business Review
General Data Protection Regulation
[[New York Times@O]], [[Washington Post@O]]
Merry Christmas and Happy New Year
"""

SWEDISH = r"""
Namn: {P}
Förnamn: {F1}\nEfternamn: {L1}
Kund: {P}
Anställd: {LF}
Personal: {P}, {TI}
Hej {F}
Hej {F}!
Hej {F},
Hej {F} och {F}
Kära {F}
Bästa {P}
Med vänlig hälsning\n{P}
Med vänliga hälsningar\n\n{P}\n{TI}\n{C}
Hälsningar\n{F}
Mvh {F}
Från: {P1} <{EP1}>\nTill: {P2}\nÄmne: Offert
Skickat: {D}\nTill: {P}
Kontaktperson: {P}, tfn {T}
Kontakta {P} på {T}.
Närvarande: {P}, {P} och {P}
Frånvarande: {F}
Mellan {C} och {P} har följande avtal träffats.
{P} har anställts som {TI} hos {C}.
{P} arbetar på {C} i {CITY}.
{F} är sjuk i dag, ring {F} i stället.
Jag har pratat med {F} om avtalet.
{PG} anställningsavtal bifogas.
Enligt {P} är felet åtgärdat.
{P}, {TI}, säger att resultatet är bra.
Underskrift: {P}
Ordförande: {P}\nSekreterare: {P}
{P};{T};{CITY}
{P}, {ST}, {CITY}
Bästa kund
Med vänlig hälsning\nKundtjänst
Allmänna villkor gäller.
Fakturan betalas senast den {D}.
[[Stockholm@L]], [[Göteborg@L]] och [[Malmö@L]]
"""

NORWEGIAN = r"""
Navn: {P}
Fornavn: {F1}\nEtternavn: {L1}
Kunde: {P}
Ansatt: {LF}
Hei {F}
Hei {F}!
Hei {F},
Hei {F} og {F}
Kjære {F}
Til {P}
Med vennlig hilsen\n{P}
Med vennlig hilsen\n\n{P}\n{TI}\n{C}
Vennlig hilsen {F}
Mvh {F}
Hilsen {F}
Fra: {P1} <{EP1}>\nTil: {P2}\nEmne: Tilbud
Sendt: {D}\nTil: {P}
Kontaktperson: {P}, tlf. {T}
Ta kontakt med {P} på {T}.
Til stede: {P}, {P} og {P}
Forfall: {F}
Avtalen mellom {C} og {P} gjelder fra {D}.
{P} er ansatt som {TI} i {C}.
{P} jobber i {C} i {CITY}.
{F} er syk i dag, så ring {F} i stedet.
Jeg har snakket med {F} om avtalen.
{PG} arbeidsavtale er vedlagt.
Ifølge {P} er feilen rettet.
- Vi er fornøyde, sier {P}, {TI} i {C}.
Underskrift: {P}
Styreleder: {P}\nReferent: {F}
{P};{T};{CITY}
{P}, {ST}, {CITY}
Kjære kunde
Med vennlig hilsen\nKundeservice
Vennligst betal fakturaen innen {D}.
[[Oslo@L]], [[Bergen@L]] og [[Trondheim@L]]
"""
