"""Ordinary words a model may always use: a closed list that counts, names and denies nothing.

Words that are claims are not here, for a grammar lets them through only in phrases of a fact that
bears them: numbers and fractions, times and dates, directions, comparisons and superlatives, what
is usual, `only`, `mostly`, `often`, `large`, and all negations, which could turn a phrase round.
So are joints (`and`, `but`), which a grammar sets itself. A test holds the list to the verifier.
"""

from __future__ import annotations

_FUNCTION = """
a an the this that these those it its they them their who whom whose what which some any other
another such same both of in on at for to from by with into onto through among between across
towards around along beside besides beyond within behind near as like so too also then there here
is are was were be been being am has have had having does do did doing will would can could might
shall should together
"""

FUNCTION = frozenset(_FUNCTION.split())
"""Articles, prepositions and their like; they stay whatever a catalogue's names are made of."""

_CONTENT = """
follows leads single trace head single
stop stops correspondent correspondents dear cool life
out back away late spot sign if theirs box badly done cooled please typed answer answers file
declares ones happened home taken guest
soft hooked weakness household appetite heart patience staples pace anybody nobody asks marks
lightly kindly strictly correspondent picture errand lives belongs alive loved puts stays restocking
lucky leads holds keeps room fares cold lifts cheap discovered trading splits habit
account accounts active actively activity actually add added adding adds advance afresh ahead aim
aims alive altogether amount amounts anything appear appears appetite area areas arrive arrived
arrives ask asked asking asks attention audience back background base based basis basket baskets
become becomes began begin beginning begins bought bring bringing brings browse browsed browser
browses browsing bulk bundle bundles business busy buy buyer buyers buying buys call came careful
carefully carries carry carrying catalogue category centre change changed changes changing channel
channels check checking checks choice choices choose chooses choosing chose circle clear clearly
click clicks client clients close closely collect collecting collection collector collectors
collects combine combines combining come comes coming comment comments concentrate concentrated
concentrates consider considers consist consistent consistently consists contact contribute
contributed contributes contributing contribution contributions contributor contributors
conversation conversations correspondent cost costs count counts course courses cover covering
covers critic curious customer customers deal dealer deals declared deep deeply deliberate
describe described detail details devote devoted devotes differ different differently dig digger
digging digs direct directed directly disappoint disappoints discover discovers discuss discussed
discusses discussing discussion discussions distinct distinctive draw drawing drawn draws drew
during easily easy effort either else emerge emerges engage engaged engagement engages enjoy
enjoyed enjoys enter entry especially event events evident evidently exact exactly exchange expect
explore explores exploring express extra eye fairly familiar fan far fast favour favoured
favouring favourite favourites favours feature features fill filled filling fills find finding
finds fixed focus focused focuses focusing follow followed follower following follows fond forth
found frame fresh fully further game gap gaps gather gathered gathering gathers gave get gets
getting give given gives giving glance go goes going good goods got group grouped groups guest
habit habits hand hands happen happens hear heard hears held help helped helps history hobby hold
holding holds hub idea ideas important include includes including indeed indicate indicates
individual inside instead intense interest interested interests introduce item items itself join
joined joining joins just keen keep keeping keeps kept kind kinds know knowing known knows land
landed lean leaning leans leave leaves leaving let letter letters level levels life liked likely
likes liking line lines link linked links list listed listing lists live lives look looked looking
looks made main maintain maintains make makes making manner mark marked marking marks matter
matters maybe mean means measure measured media meet meets member members memory message messages
met middle mild mind mix mixed mixes mixing moderate modest money move moved moves movie movies
moving narrow natural need needed needs network newcomer next notable notably note noted notes
obvious occasion occasions offer offers open opened opening opens opinion opinions option order
ordered ordering orders ordinary otherwise outside pace paid part participant participants
participate participates participating particular particularly partly parts pattern patterns pay
paying pays people perhaps period periods person phase phrase phrases pick picked picking picks
place placed places placing plain plainly plan planned planning plans play played player plays
plus pocket point points possible possibly post posted poster posting posts practical practically
precise prefer preference preferences preferred prefers presence present price priced prices
probably profile prompt purchase purchased purchases purchasing purpose put puts putting
quantities quantity quick quickly quite range ranges ranging rate rated rater raters rates rather
rating ratings reach reached reaches reaching react reacts read reader readers reading reads
really reason reasons record recorded records recur recurring recurs refer relatively relies rely
remain remains replied replies reply replying report rest restock restocker restocking restocks
result results retail retailer review reviewed reviewer reviews rhythm rhythms room roughly round
route routine run running runs said save saved saves saw say saying says scale scatter scattered
score scores search searched searcher searches searching section see seeing seek seeking seeks
seem seems seen select selected selection selective selects sell seller selling sells send sender
sending sends sense sent separate series serious session sessions set sets settle settled settles
share shared shares sharing shop shopper shoppers shopping shops show showing shown shows side
sides sight sign signal signs similar simple simply sit sits size sized sizes slot smart somebody
someone something sometimes somewhat soon sort sorts source speak speaks special specialises
specialist specific spell spend spender spending spends spent spread spreading spreads stand
standard standing stands start started starting starts stay stayed staying stays step steps stick
sticks still stock stocked stocking stocks stood story straight stream strong strongly style
subject subjects supplier suppliers supplies supply sure surface switch table tag tagged tagger
tags take taken takes taking talk talked talker talking talks target taste tastes tell telling
tells tend tends term terms theme themes thing things think thinking thinks thorough thoroughly
thread threads throughout thus tie tied ties tip told tone took topic topics total totals touch
touched touches trace trade trader traders trading traffic treat treats tried tries trip trips
true try turn turned turning turns type types understand unit units up upon use used user users
uses using value values variety various very via view viewed viewer viewers viewing views visible
visit visited visiting visitor visitors visits voice wait waits want wanted wants warm warms watch
watched watcher watches watching way ways well went whatever whole wide widely wish wishes word
words work worked working works world worth write writer writers writes writing written wrote yet
"""

ORDINARY = frozenset(_CONTENT.split()) | FUNCTION
"""Every word of the list, in lower case, letters only."""
