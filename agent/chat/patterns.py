"""how people ask: one pattern for each thing that can be wanted, a family of wordings a line."""

from __future__ import annotations

import re
from functools import lru_cache


def wordings(lines: str) -> str:
    """The lines as alternatives of one pattern; for `Question.has`, which adds the word's start."""
    return "|".join(line.strip() for line in lines.strip().splitlines())


@lru_cache(maxsize=16_384)
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern ready to search with, made once.

    A question is held against more patterns than the 512 that `re` keeps, so that without this
    each question would compile them all anew, at ten times the time it takes to answer it.
    """
    return re.compile(pattern, flags)


PEOPLE = (
    r"(?:customers?|users?|people|persons?|buyers?|shoppers?|members?|clients?|fans?|lovers?|folks?"
    r"|owners?|buffs?|enthusiasts?|addicts?|punters?|lot|types"
    r"|viewers?|raters?|learners?|participants?|accounts?|segments?|groups?|clusters?|ones|crowd)"
)

MOST = wordings(r"""
    most|largest|biggest|best|highest|top|greatest|heaviest|leading|leads?\b|longest|dearest|richest
    least|smallest|tiniest|fewest|lowest|worst|cheapest|shortest|strictest
    more than (?:any|the) other|main(?:ly)?\b
""")
PUT_IN = r"(?:pop|put|throw|drop|stick)s? in(?:to)? (?:their|the) (?:baskets?|trolley|carts?)\b"
LIKES = wordings(rf"""
    {PUT_IN}
    buy(?:s|ing)?\b|bought|purchas\w+|use[sd]?\b|rate[sd]?\b|watch(?:es|ed)?\b|write[s]? in
    like[sd]?\b|love[sd]?\b|want[sd]?\b|into\b|interested|after\b|go(?:es)? for|prefer\w*|enjoy\w*
    care about|fans? of|taste|attracted|drawn to|responds? to
""")
ALSO = r"also\b|what else|besides|together with|alongside|as well\b|bought with|goes? with"
NOISE = wordings(r"""
    outside (?:of )?(?:any|all|every|the|a) (?:segments?|groups?|clusters?)\b
    (?:in |belongs? to |fit(?:s)? (?:in(?:to)?)? ?)?(?:no|none of the|any) (?:segments?|groups?)\b
    noise|unassigned|unsegmented|outliers?|not in (?:a|any) segment|without a segment
    don't (?:fit|belong)|do not (?:fit|belong)
""")
EXPORT = wordings(r"""
    export|download|csv\b|spreadsheet
    save (?:the |a )?(?:list|audience)|hand me (?:a|the) list
""")
CAMPAIGN = wordings(r"""
    (?:draft|write|compose|prepare)\b.{0,30}\b(?:e-?mail|mail|text|post|message|copy)\b
    promos?\b|campaign|brief\b|newsletter|mailing|advert\w*|promot(?:e|ion)\b|marketing
    message to|pitch
    target\b|reach\b|approach\b
""")
EXPLAIN = wordings(r"""
    why|recommend\w*|suggest\w*|show[ns]?\b|what would (?:change|bring|drop)|reason|list\b
""")
BELONGING = wordings(r"""
    why|how come|join\b|close(?:st)?\b|belongs?\b
    what would (?:make|put|get|it take|change|move|bring|have to)
    which segment|(?:in|part of) (?:the )?(?:·|segment)
""")
RECOMMEND = wordings(r"""
    recommend\w*|suggest\w*|next best|up-?sell|cross-?sell|what (?:to|else)|cold[- ]?start
    (?:should|can|could|do|to|would) (?:we|i|you)? ?(?:be )?(?:show|offer|sell|pitch|promote|push)
    (?:should|can|could|do|to|would) (?:we|i|you)? ?(?:be )?feature
    go(?:es)? down well|(?:might|would|could) (?:suit|appeal to|interest)
    what (?:should|could|might|would) (?:they|\S+) (?:buy|watch|like|see|try|want) next
    show (?:them|next)|buy next|watch next|what's next|like next|be shown|shown next
""")
TASTES = (
    r"\b(?:who|that|someone|somebody|anyone|a (?:person|customer|newcomer|user|visitor)"
    r"|new (?:customer|user|visitor))"
    r" (?:only )?(?:likes?|loves?|enjoys?|is into|wants?|reads?|buys?|bought) (.+?)[?.!]*$",
    r"\b(?:i|we) (?:like|love|enjoy|am into|want) (.+?)[?.!]*$",
    r"^(?:recommend|suggest) (?:me )?(.+?)[?.!]*$",
)
"""Where a taste in words stands; the first that fits has it."""
COMPARE = wordings(r"""
    compar\w+|differ\w*|versus|vs\b|against|unlike|distinguish\w*|in common|contrast|similar|alike
    share\b|both\b
    set(?:s)? .{0,80}apart from|tell .{0,80}apart|or\b
""")
MEMBERS = wordings(r"""
    members?\b|exemplars?|examples?|individuals?|who exactly|stands? for|ids?\b
    who (?:is|are) in\b|which (?:users|customers|people) are in
    (?:list|name) .{0,30}(?:users|customers|people|members|ids)
    show .{0,20}(?:users|customers|people|members|clients|shoppers) (?:in|of|from)
    typical (?:user|customer|member|person)
""")
SHARE = wordings(r"""
    (?:what|which) (?:share|percentage|proportion|part|fraction|percent|%)|what % of
    (?:percentage|proportion|fraction) of
    how big|how large|size of|share of (?:customers|users|people|all)
""")
HOW_MANY = wordings(r"""
    how many(?! (?:days|weeks|months|times|pounds|euros|dollars)\b)|number of|no\. of|# of|count\b
    how much (?:customers|clients|people|users|buyers)\b
    how much of the|audience|are there any
""")
HOW_MANY_SEGMENTS = r"(?:how many|number of|count of) (?:\w+ )?(?:segments|groups|clusters)"
HOW_MANY_IN_ALL = (
    r"(?:how many|number of) (?:\w+ )?(?:items|products|movies|purchases|orders|visits|ratings"
    rf"|events|lines|posts|discussions|{PEOPLE})"
)
HOW_MANY_DEEDS = (
    r"(?:how many|number of) (?:\w+ )?(?:purchases|orders|visits|ratings|events|lines|posts)\b"
)
HOW_MANY_PEOPLE = rf"(?:how many|number of) (?:\w+ )?{PEOPLE}\b"
_BESIDE_A_COUNT = """
about all altogether any are been can could cover covered covers currently data different distinct
does each ever exactly exist file got has have held hold holds how know like log lot made many much
now number orders our overall per period placed please products recorded registered roughly run
segment segments shop store tell thanks that the there they this today together total was were what
which whole with would you your just count bought sold group groups items
a and at be by do for i in is it me my of on to we no
"""
WITH_A_COUNT = frozenset(_BESIDE_A_COUNT.split())
"""Words that may stand beside `how many customers` and ask for nothing more."""
NO_COUNT = wordings(r"""
    share of (?:spend|visits|orders|activity|revenue|sales)
    how (?:big|large) (?:is|are) (?:the )?(?:order|basket|visit)
""")
EACH = wordings(r"""
    does|do\b|on average|typical\w*|usual\w*|median|make|place
    per (?:head|customer|user|person|member)|each\b|average
""")
EACH_ONE = r"per (?:head|customer|user|person|member)|each\b|average|median|typical"
GOODS = wordings(r"""
    items?\b|products?\b|titles?\b|movies?\b|goods\b|things?\b|sku|best[- ]?sell\w*|sells?\b
    discussions?\b
""")
KINDS = wordings(r"""
    categor\w+|kinds?\b|types?\b|sorts?\b|genres?\b|shel(?:f|ves)|departments?|topics?\b|themes?
""")
WANTS = wordings(rf"""
    (?:what|which).{{0,60}}(?:{LIKES})
    demand|favou?rites?|popular|shopping for|interests?\b
""")
POPULAR = wordings(r"""
    most (?:popular|often|bought|sold|common)|popular|best[- ]?sell\w*|top\b|sells? (?:best|most)
""")
WHO_BUYS = wordings(rf"""
    (?:who|which|what|whom).{{0,60}}(?:{LIKES})
    {LIKES}|who is .* for|demand for|popular|sell
""")
USUAL = wordings(r"average|median|typical\w*|usual\w*|mean\b|on the whole")
FIGURE = wordings(rf"""
    {USUAL}|time of (?:the )?year|seasons?\b|how \w+ (?:are|is)\b|share of|total\b|what time
    at what price|how (?:big|large)
    how (?:much|often|long|frequently|regularly|active|recently)
    how many (?:days|weeks|months|times|pounds|euros|dollars)\b|when (?:do|does|did|are)
    what(?:'s| is| are| was)? (?:\w+ ){{0,4}}(?:share|spend|revenue|price|sales|turnover)\b
    what(?:'s| is| are| was)? (?:\w+ ){{0,4}}(?:value|rate)\b
    (?:repeat|return)\w* (?:purchase )?rates?
    do .{{0,40}}(?:spend|shop|buy|come|visit|rate)
""")
HOW_MUCH_SPENT = r"how (?:much|many).{0,20}(?:spend|spent|money|revenue)"
IN_ORDER = r"rank|order (?:the )?segments|sort"
WHICH = wordings(r"""
    by (?:segment|group|cluster)s?\b
    (?:which|what|who|whose|where|rank|sort|name|list|show|tell|the|most|top|best)\b
    (?:largest|biggest|smallest|second|third) (?:\w+ )?(?:segments?|groups?)
""")
BY_SEGMENT = r"(?:by|per|across|for each|in each) (?:segments?|groups?|clusters?)\b"
PERIOD = wordings(r"""
    (?:time|date) (?:range|span|period|frame)|how far back|(?:what|which) (?:dates|period)
    how old (?:is|are) (?:the |this |our )?(?:data|log|run)
    when was the (?:first|last|latest) (?:purchase|order|event|visit|rating|post)
""")
WHICH_GOODS = (
    r"(?:which|what|top|best|most \w+|best[- ]?sell\w*) (?:\d+ )?"
    r"(?:items?|products?|movies?|categor\w+|titles?)"
)
BEST_SELLERS = (
    r"(?:best|top|biggest|hottest)(?: (?:\d+|two|three|five|ten))?[- ]?sell(?:ers?|ing)\b"
    r"(?! (?:segments?|groups?))"
)
BY_SIZE = wordings(r"""
    largest|biggest|smallest|size|most (?:customers|users|people|members)|fewest|rank
    segments?|groups?|second|third|fourth|fifth|main
""")
ONE_SEGMENT = r"\b(?:which|tiniest|largest|biggest|smallest) (?:segment|group|one)\b"
DESCRIBE = (
    r"(?:who|what) are|tell me about|describe|what sets|characteri\w+|have in common|what unites"
    r"|what makes|what(?:'s| is) special|stand out|different about"
)
OVERVIEW = wordings(r"""
    (?:which|what|list|show|all|name|give me|describe|tell me about) (?:\w+ ){0,3}segments\b
    (?:which|what|list|show|all|name|give me|describe|tell me about) (?:\w+ ){0,3}groups\b
    (?:which|what|list|show|all|name|give me|describe|tell me about) (?:\w+ ){0,3}clusters\b
    ^(?:the |all |our |my )?segments\?*$|overview|summar(?:y|ise|ize)\b|what (?:data|log)\b
    something interesting
    what (?:is|'s) in (?:this|the) (?:run|log|data)|what (?:can|do) you (?:know|tell|see|have)
    who are (?:my|our|the|these) (?:customers|users|people)\b(?! (?:who|that|in|with))
    how (?:is|are) .{0,20}(?:split|grouped|segmented)
    (?:run-?down|tour|list|outline) of (?:\w+ ){0,2}(?:segments|groups|clusters)\b
    (?:personas|cohorts|archetypes|tribes|buckets)\b
    (?:what|which) (?:kinds?|types?|sorts?) of (?:customers|users|people|shoppers|clients|buyers)\b
    (?:time|date) (?:range|span|period)|how (?:far|long) (?:back|does)
    when (?:does|did) the (?:log|data)
""")
WITH_A_TRAIT = (
    r"\b(?:segments|groups|clusters) "
    r"(?!(?:(?:are|do|did|is|can|have) )?(?:there|we|you|i|exist|found|in (?:this|the|my|our))\b"
    r"|(?:in|of|for|from) (?:this|the|my|our)\b|exist|and\b|please|by\b)[a-z]+"
)
"""`which segments are parents?` asks for some, not for all."""
GREETING = r"^(?:hello|hi|hey|good (?:morning|day|evening)|thanks?|thank you|cheers|bye)\b"
HELP = wordings(r"""
    help\b|what (?:can|could|should|do) (?:you|i) (?:do|ask|know|tell)|how (?:do|can) i use
    what (?:questions|sort of questions)
""")
MEANING = wordings(r"""
    what (?:does|do|is|are|'s) (?:an? |the |a word )?.{0,20}(?:mean|meaning|definition)
    what (?:is|are|'s) (?:an? )?(?:segments?|noise|lift|precision|recall|exemplars?)\?*$
    define|explain (?:the )?(?:word|term)|meaning of
""")
RULE = (
    r"rules?\b|precis\w+|recall\b|reliab\w+|accura\w+|tested\b|trust\w*|how good"
    r"|how well (?:does|do|did)|held[- ]out"
)
LISTING = wordings(r"""
    (?:list|show|name|give|find|get)\b.{0,25}(?:users|customers|people|shoppers|viewers)
    which (?:users|customers|people|shoppers|viewers)
    (?:best|top|biggest|single|most \w+) (?:individual )?(?:user|customer|person|shopper|viewer)s?\b
""")
ONE_BEST = wordings(r"""
    (?:single|individual) (?:\w+ ){0,2}(?:user|customer|person|shopper|viewer|client|account)s?\b
    (?:best|top|biggest|heaviest|largest) (?:\w+ )?(?:user|customer|person|client|account)s?\b
    (?:best|top|biggest|heaviest|largest) (?:\w+ )?spenders?\b
    (?:most \w+) (?:user|customer|person|client|account)\b
""")
SIMILAR = (
    r"similar|like\b|alike|resembl\w+|look-?alikes?|twins?|neighbou?rs?\b|closest to"
    r"|near(?:est)? to"
)
WHO_ELSE = (
    r"(?:users|customers|people|who|anyone|shoppers|viewers|neighbou?rs?|look-?alikes?|twins?)\b"
)
ONCE = (
    r"one[- ](?:time|off)s?\b|single[- ](?:purchase|order|visit|time)|only once\b|just once\b"
    r"|once only|(?:bought|ordered|came|visited|shopped) once\b|one[- ](?:order|visit|purchase)\b"
    r"|never (?:came|come) back|did(?:n't| not) (?:come|return) (?:back|again)"
)
PEOPLE_WHO = rf"^(?:the |all |any |our |my )?{PEOPLE} (?:who|that|with|in|from|on|of|not|without)\b"
TREND = wordings(r"""
    growing|grow(?:n|s|th)?\b|shrinking|shrinks?\b|trends?\b|trending|over time
    change[sd]?\b|changing
    declin\w+
    increas\w+|decreas\w+|rising|falling|up or down|(?:compared|than) (?:to |with )?last
    month by month|year on year|since last
""")
PRICE_OF = r"price of|what does .{0,80} cost|how much (?:is|does)|how expensive is|in stock"
PEOPLE_BY_TIME = rf"(?:who|which {PEOPLE}|how many|what (?:share|percentage|proportion))\b"
"""People or segments by the time they come; not the time that most come at."""
WHEN_MOST = {
    "time of day": wordings(r"""
        when (?:do|does|are) (?!the (?:log|data))
        (?:what|which) (?:times?|parts?|hours?)(?! of (?:the )?year)\b|time of day
        busiest (?:time|hours?|part of the day)|day ?parts?\b
    """),
    "week": wordings(r"""
        (?:what|which) days?(?: of the week)?\b|days? of the week|weekdays?\b|weekends? or weekdays?
        busiest days?
    """),
    "time of year": wordings(r"""
        (?:what|which) (?:months?|quarters?|seasons?|time of (?:the )?year)|time of (?:the )?year
        busiest (?:months?|quarters?|seasons?)|seasonal\w*|peak season
    """),
}
FIND_USERS = (
    r"\b(?:find|show(?: me)?|list|search(?: for)?|look for|look up|give me|name|get me)\b.{0,20}?"
    r"\b(?:users?|customers?|people|persons?|shoppers|viewers|learners|somebody|someone|anyone)\b"
    r" (.+?)[?.!]*$"
)
WHO_ARE_THEY = (
    r"\b(?:which|what|is there (?:a|any)|are there|who|find|any|do we have)\b.{0,20}?"
    rf"(?:{PEOPLE})?\b"
)
LEAD_IN = (
    r"^(?:which|what|is there a|are there|any|find|who are|who is|who|do we have|a|the)\b\s*"
    rf"(?:{PEOPLE}\b)?\s*(?:of|who|that|are|is|with|for)?\s*"
)
