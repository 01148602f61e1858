"""Ordinary words: the vocabulary of prose about behaviour.

A name made only of these words (`Once`, `The Last Day`) cannot be told from prose and counts as a
name only in quotation marks or with capitals of its own. A word that is in the catalogue's names
and not in this list is taken for a mention. A test holds that every word of every frame is here.
"""

from __future__ import annotations

_WORDS = """
a able about above according account accounts across active activity actually add added
addresses adds after afternoon afternoons again against ago ahead alive all almost alone along
already also although altogether always am among amount amounts an and another answer answered
answers any anybody anyone anything apart are area around as ask asks at attention average
averages away back bad badly bare barely based basket baskets batch batches be became because
become becomes been before began begin begins behind being below beside besides best better
between beyond big bigger bit both bought bring brings broad bulk burst business busy but buy
buyer buyers buying buys by call called came can cannot careful cart category cents change
changed changes channel channels cheap cheaper choice choose chooses client clients close come
comes coming common compare compared concentrated considerable consist consistent contributor
cool copies correspondent cost costs could count counts couple course cover critic cross
customer customers daily date dates day days dear decade decent declared deep despite did differ
different digger digs directly disappoints discussion discussions do does doing done double
doubled down dozen dozens draw drawn draws dropped during each earlier early easily easy eight
either eleven else elsewhere end ended ending ends engaged enough entry equal especially even
evening evenings event events ever every everybody everyone everything exactly except expensive
extra fact facts fading fairly fallen falling far fast favour favoured favourite favourites
favours fell few fewer fifteen fifty final finally find finds first five fixed focus focused
focuses follow followed follower following follows for form former fortnight fortnightly forty
found four fourteen frequent frequently from full further gap gaps gave general generally
generous get gets give given gives go goes going gone good got great grew group groups growing
grown habit habits had half halved halves hand hard harder hardly has have having he hear heard
hears heavy held her here hers high higher highest him his history hold holds home hour hours
house how however hundred hundreds i idea if important in include including increase indeed
individual inside instead interest interested interests into is isn it item items its itself
just keep keeping keeps kept kind kinds know known knows large largely larger last lasted late
later latter lead leads lean leans least leave leaves led left less let letter level life light
like likely likes line lines list lists little live lives ll log logs long longer look looked
looks lot lots low lower made main mainly make makes making man many mark marks may maybe me
mean means measure median medium member members message messages met middle might mild mind
minute minutes mixed moderate modest money month monthly months more morning mornings most
mostly move moved moves much must my name names narrow near nearly need needed needs neither
never new next night nights nine nineteen ninety no nobody none nor normal normally not notable
noted nothing now number numbers obvious occasion occasional occasionally of off often old older
on once one ones only open or order ordered ordering orders ordinary other others otherwise our
out outside over overall own pace paid pair part particular particularly parts past pattern pay
pays people per percent perhaps period person phrase phrases pick picked picks piece pieces
place placed places plain plan play point points population portion possible post posted poster
posting posts pounds practically pretty previous previously price priced prices probably profile
purchase purchased purchases put puts quantities quantity quarter quarterly quarters quick
quickly quiet quite range ranges rare rarely rate rated rater rates rather rating ratings reach
reached read reader readers really reason recent recently record recur regular regularly
relatively remain remains reorder reorders repeat repeated repeats replies reply rest return
returned returns review reviews rhythm risen rising rose roughly round run running runs s said
same saturday saves saw say says score scores search searched searches season seasonal second
seem seems seen seldom sell seller send sends sent separate session sessions set sets seven
seventeen seventy several shall share shared shares she shop shopper shops short should show
shows side sight silence silent similar simple simply since single sit sits six sixteen sixty
size slow slowly small smaller so some somebody someone something sometimes somewhat soon sort
span speak spend spender spending spends spent spread stand standard stands start started starts
stay stayed stays steady step sticks still stock stop stopped stops straight strict strong
strongly such supplier suppliers supply sure table tag tags take taken takes talk talks taste
tastes tell tells ten tend tends than that the their theirs them themselves then there these
they thing things think thinks third thirds thirteen thirty this those though thousand thousands
three through throughout thus tie tied ties till time times tip to today together told too took
top total totals touch touched toward towards trade trader traffic tried tripled true turn
turned turning turns twelve twenty twice two type types typical typically undated under unit
units unlike until up upon us use used user users uses using usual usually value various very
view viewer viewers views visit visited visitor visits voice wait waits want wants warm warms
was way ways we week weekday weekdays weekend weekends weekly weeks well went were what whatever
when whenever where whereas whether which while who whole whom whose why wide will with within
without word words work works world worse worth would write writer writes writing written wrote
year yearly years yes yet you your
"""

PROSE = frozenset(_WORDS.split())
