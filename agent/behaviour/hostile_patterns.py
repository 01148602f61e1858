"""what text that tries to instruct a model looks like: a pattern for each family of it.

The patterns are Rust's (Polars runs them): no look-around. They read texts in small letters, and
the English ones also a form in which look-alike letters are Latin. They name what is aimed at a
model, not words in passing: `System of a Down` and `Forget Me Not` match nothing.
"""

# Look-alike letters and other scripts are what this file is about.
# ruff: noqa: RUF001

from __future__ import annotations

G = r"[^a-z0-9]{1,4}"
"""What may stand between two words: a blank, punctuation, the mark of a text already marked."""

B = r"(?-u:\b)"


def _words(text: str) -> str:
    return "(?:" + "|".join(text.split()) + ")"


def _up_to(n: int, words: str = "[a-z0-9']+") -> str:
    """At most `n` words in between, each with its gap."""
    return f"(?:(?:{words}){G}){{0,{n}}}"


def _any(*patterns: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_DROP = _words("ignore ignoring disregard forget discard bypass override overrule neglect")
_EARLIER = _words("previous prior above earlier preceding foregoing existing original system your")
_ORDERS = _words("instructions? prompts? directives?")
_RULES = _words("instructions? prompts? directives? guidelines? rules? commands? context messages?")
_MACHINE = _words("ai assistant model llm gpt chatgpt claude chatbot bot")
_GROUP = _words("segments? clusters? users? customers? profiles? personas?")

OVERRIDE = _any(
    f"{B}{_DROP}{G}{_up_to(4)}{_EARLIER}{G}{_up_to(2)}{_RULES}{B}",
    f"{B}{_DROP}{G}{_up_to(3, _words('all any of the these those every'))}{_ORDERS}{B}",
    f"{B}{_DROP}{G}{_up_to(6, _words('all everything anything of that what is was the text'))}"
    f"{_words('above preceding foregoing')}{B}",
    f"{B}(?:do{G}not|don{G}t|never|stop){G}(?:follow|obey)(?:ing)?{G}{_up_to(3)}{_ORDERS}{B}",
    f"{B}you{G}(?:are|re){G}(?:now|no{G}longer){G}{_up_to(4)}"
    rf"(?:{_MACHINE}|dan|jailbroken|unrestricted|unfiltered|admin|root|evil){B}",
    f"{B}(?:you{G}are|as){G}an?{G}(?:ai|large|language){G}{_up_to(2)}{_MACHINE}{B}",
    f"{B}(?:act|behave|respond|answer){G}as{G}(?:if{G}you{G}(?:are|were){G})?an?{G}{_up_to(2)}"
    f"(?:{_MACHINE}|unrestricted|admin|root){B}",
    f"{B}(?:new|updated|important|urgent|revised){G}{_up_to(1)}{_ORDERS}[^a-z0-9]{{0,2}}[:：]",
    f"{B}from{G}now{G}on{G}you{G}(?:will|must|shall|should|are)"
    f"{G}{_up_to(2)}(?:respond|reply|answer|obey|ignore|output|speak|only|always|{_MACHINE}){B}",
    f"{B}(?:respond|reply|answer|output){G}(?:only|exactly|solely){G}(?:with|in|the|by){B}",
    f"{B}instead{G}(?:output|respond|reply|print|write){B}",
    f"{B}(?:dan|developer|god|sudo|jailbreak){G}mode{G}(?:enabled|on|activated|is){B}",
    f"{B}do{G}anything{G}now{B}",
    f"{B}(?:attention|dear|hey|hello|note{G}to)[^a-z0-9]{{1,2}}(?:the{G})?{_MACHINE}[,:!]",
    f"{B}(?:name|label|call|classify|describe|rank|rate){G}(?:this|every|each){G}{_GROUP}{B}",
    f"{B}(?:the|your|this){G}(?:headline|segment|profile|label|description|summary){G}{_up_to(1)}"
    f"(?:must|should|shall|has{G}to){G}(?:be|say|read|contain|mention|include){B}",
    f"{B}(?:always|only){G}recommend{G}(?:this|it|me|item|product){B}",
    f"{B}recommend{G}this{G}(?:item|product){G}to{G}(?:everyone|every|all){B}",
    f"{B}end{G}of{G}(?:the{G})?(?:data|facts|evidence|context|prompt|instructions|"
    f"user{G}(?:input|data)){B}",
    f"{B}(?:begin|start|beginning){G}of{G}(?:the{G})?{_up_to(1)}(?:prompt|instructions){B}",
)

_TELL = _words(
    "reveal print show repeat output leak display disclose tell give expose dump share recite "
    "write quote copy return list translate summari[sz]e encode what(?:'s)?"
)
_HIDDEN = _words("your system hidden secret initial original above previous internal developer")
LEAK = _any(
    f"{B}{_TELL}{G}{_up_to(5, _words('is are were was me us out all of the full exact entire'))}"
    f"{_HIDDEN}{G}{_up_to(3, _HIDDEN + '|and|or|own|full')}"
    f"(?:prompts?|instructions|system{G}messages?|api{G}?keys?|credentials|"
    f"environment{G}variables){B}",
    f"{B}(?:repeat|print|output|recite|copy){G}(?:everything|all|the{G}(?:text|words|content))"
    f"{G}{_up_to(3)}(?:above|before|verbatim|preceding|so{G}far){B}",
)

_SPEAKER = _words("system assistant developer")
ROLE = _any(
    r"<[|｜][^|｜<>]{1,40}[|｜]>",
    r"\[\s*/?\s*(?:inst|sys|system|user|assistant|human|available_tools|tool_results)\s*\]",
    r"<<\s*/?\s*sys\s*>>",
    r"</?(?:start|end)_of_turn>",
    r"<\s*/?\s*(?:s|bos|eos|pad|unk|im_start|im_end|system|assistant|user|human|ai)\s*>",
    rf"(?:^|[\r\n]|[.!?)\]}}>]\s)\s*{_SPEAKER}"
    r"(?:[^a-z0-9]{1,3}(?:prompt|message|note|override|instructions?))?\s*:",
    r"[\r\n]\s*(?:human|user|ai|bot)\s*:",
    r"^\s*(?:human|user)\s*:[\s\S]*?[^a-z]assistant\s*:",
    r"(?:^|\s)#{2,}\s*(?:instructions?|system|response|input|user|assistant|human|task|prompt)" + B,
    r"\*\*\s*(?:system|instructions?)\s*:?\s*\*\*",
    r"""["']role["']\s*:\s*["'](?:system|assistant|user|developer|tool)["']""",
)

TOOL = _any(
    r"<\s*/?\s*(?:tool|function)s?(?:[ _](?:calls?|use|results?|response))?"
    r"(?:[^a-z<>][^<>]{0,60})?>",
    r"<\s*/?\s*(?:invoke|parameter)[^a-z]",
    r"<function\s*=",
    r"\[\s*/?\s*tool_calls?\s*\]",
    r"""["'](?:name|tool|function)["']\s*:\s*["'][^"']{1,80}["']\s*,\s*"""
    r"""["'](?:arguments|parameters|args|input)["']\s*:""",
    r"action\s*:[\s\S]{1,80}?action input\s*:",
    rf"{B}(?:call|use|invoke|run|execute){G}(?:the{G})?(?:tool|function){G}[a-z]+(?:_[a-z_]+|\()",
)

FORMATTING = r"<\s*/?\s*(?:b|i|u|em|strong|p|br|hr|ul|ol|li|span|div|sub|sup|small|h[1-6])\s*/?\s*>"
"""Tags without attributes, as reviews and feeds have them; not looked at as tags."""

TAG = _any(
    r"(?:<|&lt;)\s*/\s*[a-z][a-z0-9_:.-]{0,40}\s*(?:>|&gt;)",
    r"(?:<|&lt;)\s*(?:data|facts?|evidence|inputs?|documents?|context|instructions?|prompt|output|"
    r"answer|titles?|items?|profile|segment|untrusted|content|query|examples?|think|thinking|"
    r"response|messages?|root|xml|reasoning|important)(?:[^a-z<>][^<>]{0,80})?(?:>|&gt;)",
    r"<!--|-->|<!\[cdata\[|\]\]>|<\?xml",
)

CITATION = _any(
    r"\[\s*[es]\s?\d{1,4}\s*(?:[,;]\s*[es]\s?\d{1,4}\s*)*\]",
    r"(?:^|[^a-z0-9/])(?:user|segment|item)/[^\s/]{1,80}/[es]\d{1,4}" + B,
)

WHOLE_JSON = r"^\s*(?:\{[\s\S]*\}|\[\s*\{[\s\S]*\}\s*\])\s*$"
"""A cell that is JSON itself, as some catalogues have them, breaks out of nothing."""

JSON_KEYS = (
    r"""["'](?:headline|sentences|facts|citations|arguments|tool_calls|system|label|rule|why)"""
    r"""["']\s*:"""
)
JSON = _any(
    r"""["']\s*\}""",
    r"""["']\s*\]\s*[,}]""",
    r"""["']\s*,\s*["'][\w ]{1,40}["']\s*:""",
    r"""\{\s*["'][\w ]{1,40}["']\s*:""",
)

TEMPLATE = r"\{\{|\{%|\{#|\$\{|<%|#\{[a-z]"

LINK = _any(
    r"!?\[[^\[\]]{0,300}\]\(\s*(?:https?|ftp|javascript|data|file|mailto|www|//|#|/)",
    r"<\s*/?\s*(?:script|iframe|img|svg|object|embed|link|meta|style|form|input|button|video|"
    r"audio|base|body|a)[\s/>]",
    r"javascript\s*:",
    r"(?-u:\b)data\s*:\s*text/html",
    r"(?-u:\b)on(?:error|load|click|focus|mouseover)\s*=",
    r"<https?://[^<>]{1,300}>",
)

FENCE = r"```|-{3,}\s*(?:end|begin|start)\b[^-]{0,40}-{3,}"

# Verb and object, in either order, of "ignore the instructions". Accents and case are gone where
# the script is Latin.
_ROMANCE = (
    r"(?:ignor[ae][a-z]*|olvid[ae][a-z]*|esquec[ae][a-z]*|desconsider[a-z]*|dimentica[a-z]*|"
    r"oublie[zr]?|ne ten(?:ez|ons) pas compte)"
)
_GERMANIC = (
    r"(?:ignorier[a-z]*|vergiss|vergesst|missachte[a-z]*|negeer|vergeet|ignorera|ignorer|glem)"
)
LATIN_FOREIGN = _any(
    rf"{B}{_ROMANCE}[^a-z][\s\S]{{0,60}}?{B}(?:instruccion[a-z]*|instrucoes|istruzioni|consignes|"
    r"indicaciones|directives|anteriores|precedentes|precedenti|instructions)",
    rf"{B}{_GERMANIC}[^a-z][\s\S]{{0,60}}?{B}(?:[a-z]*anweisung[a-z]*|instruktion[a-z]*|vorherig"
    r"[a-z]*|vorgaben|instructies|aanwijzingen|opdrachten|instruks[a-z]*|anvisning[a-z]*)",
    rf"{B}(?:z?ignoruj|zapomnij|zapomen)[^a-z][\s\S]{{0,60}}?(?:instrukc|polecen|pokyn)",
    r"(?:talimat|yonerge)[\s\S]{0,40}?(?:yoksay|gormezden|dikkate alma)",
    r"bo qua[\s\S]{0,40}?(?:huong dan|chi dan|lenh)",
    rf"{B}abaikan[\s\S]{{0,40}}?(?:instruksi|perintah|petunjuk)",
)
OTHER_FOREIGN = _any(
    r"(?:игнорир|забудь|не обращай|ігнору)[\s\S]{0,60}?(?:инструкц|указани|команд|предыдущ|вказівк|"
    r"інструкц)",
    r"(?:忽略|無視|无视|忘记|忘記|忽視|忽视|不要理会|不理会)[\s\S]{0,12}?(?:指令|指示|提示|命令|说明|說明|以上|上述)",
    r"(?:指示|命令|プロンプト|指令)[\s\S]{0,12}?(?:無視|忘れ)",
    r"(?:지시|명령|프롬프트|지침)[\s\S]{0,12}?(?:무시|잊)",
    r"(?:تجاهل|انس)[\s\S]{0,30}?(?:التعليمات|تعليمات|الأوامر)",
    r"نادیده[\s\S]{0,30}?دستور|دستور[\s\S]{0,30}?نادیده",
    r"(?:התעלם|תתעלם|התעלמי)[\s\S]{0,30}?(?:הוראות|הנחיות)",
    r"(?:निर्देश|आदेश)[\s\S]{0,40}?(?:अनदेखा|नज़रअंदाज़|भूल|उपेक्षा)",
    r"(?:เพิกเฉย|ละเว้น|ลืม)[\s\S]{0,30}?(?:คำสั่ง|คำแนะนำ)",
    r"(?:αγνόησε|αγνοήστε|ξέχασε|ξεχάστε)[\s\S]{0,40}?(?:οδηγί|εντολ)",
)

BASE64 = (
    r"((?:[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){7,}|"
    r"(?:[4-7][I-LYZabo-r4-7][CGKOSWaeimquy26+][A-Za-z0-9+/_-]){7,})"
)
"""Base64 of ASCII, or of letters that take three bytes: which of its four characters can stand
where. A random id of 28 letters and digits fits once in some hundred million times."""
HEX = r"(?i-u:(?:2[0ce7]|[46][1-9a-f]|[57][0-9a]){14,})"
"""Letters, blanks and commas spelt in hex."""
ESCAPED = r"(?:%[2-7][0-9a-f]){6,}|(?:&#x?[0-9a-f]{2,6};){4,}|(?:\\[ux]\{?[0-9a-f]{2,6}\}?){4,}"
ROT13 = r"vafgehpgvba|vtaber"

SPACED = r"(?:[a-z][ ._*·-]{1,2}){6,}"
"""A word with its letters apart."""
SPACED_WORDS = (
    r"(?:ignore|forget|bypass)(?:the|all|any|every|prev|above)|disregard|instructions|systemprompt"
)

_TELLING = (
    r"ignor disregard forget discard bypass overr[iu] neglect follow(?:ing)?\b obey "
    r"(?:respon|reply|answer|output)[\x20-~]{1,4}(?:only|exactly|solely) instruct prompt directiv "
    r"\b(?:are|re)[\x20-~]{1,4}(?:now|no\b|an?\b) \bas[\x20-~]{1,4}(?:an?|if)\b "
    r"(?:from|anything)[\x20-~]{1,4}now segment cluster customers?\b profile persona \busers?\b "
    r"headline label recommend mode[\x20-~]{1,4}(?:enabled|on|activated|is)\b end[\x20-~]of\b "
    r"instead[\x20-~]{1,4}(?:outp|resp|repl|prin|writ) description summary "
    r"(?:repeat|print|output|recite|copy)[\x20-~]{1,4}(?:every|all\b|the\b) "
    r"system assistant developer human tool function invoke action[\x20-~]{1,4}input "
    r"javascript on(?:error|load|click|focus|mouseover)\x20*= data\x20*: "
    r"(?:attention|dear|hey|hello|note[\x20-~]{1,4}to)[\x20-~]{1,2}"
    r"(?:the|ai|assi|mode|llm|gpt|chat|cl|bot) "
    r"olvid esquec desconsider dimentic oublie pas[\x20-~]compte vergiss vergess missacht negeer "
    r"vergeet glem zapom talimat yonerge bo[\x20-~]qua abaikan vafgehp vtaber "
    r"api[\x20-~]?key credential environment"
)
SUSPECT = (
    r"[^\t-\r\x20-\x7E]",
    r"[<\[{`\\]|##|\*\*|/[EeSs]\d|%[2-7][0-9A-Fa-f]%|&#|&lt|---|[\"'][\]},:]|[\"'] ?, ?[\"']",
    BASE64,
    HEX,
    r"(?:[A-Za-z][ ._*-]{1,2}){6}",
    "(?i-u:" + "|".join(_TELLING.split()) + ")",
    r"(?i-u:[i1!|]gn[o0]r[e3]|f[o0]rg[e3][t7]|pr[o0]mp[t7]|[i1!]n[s5$][t7]r|d[i1!][s5$]r[e3]g[a4@]rd)",
)
"""A text that matches a pattern here matches one of these; few honest ones do. One by one: joined
they would be forty times as slow."""

UNSEEN_DIRECTION = r"[\x{061C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]"
UNSEEN_TAGS = r"[\x{E0000}-\x{E007F}]|[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]{2,}"
UNSEEN_CONTROL = r"[\x01-\x08\x0E-\x1F\x7F-\x84\x{86}-\x{9F}\x{FDD0}-\x{FDEF}\x{FFFE}\x{FFFF}]"
UNSEEN = (
    r"[\x01-\x08\x0E-\x1F\x7F-\x84\x{86}-\x{9F}\x{AD}\x{034F}\x{061C}\x{115F}\x{1160}"
    r"\x{180B}-\x{180F}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{3164}"
    r"\x{FDD0}-\x{FDEF}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{FFFE}\x{FFFF}"
    r"\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}\x{E0000}-\x{E0FFF}]"
)
"""Every character that is not seen: controls, zero widths, directions, tags, selectors."""

HONEST_UNSEEN = (
    # an emoji's joiner and its look, a flag of England, Scotland or Wales
    (r"(\p{Extended_Pictographic}|[\x{FE0F}\x{1F3FB}-\x{1F3FF}])\x{200D}", "${1}"),
    (r"(\p{Emoji})[\x{FE0E}\x{FE0F}]", "${1}"),
    (
        r"\x{1F3F4}\x{E0067}\x{E0062}"
        r"(?:\x{E0065}\x{E006E}\x{E0067}|\x{E0073}\x{E0063}\x{E0074}|\x{E0077}\x{E006C}\x{E0073})"
        r"\x{E007F}",
        "",
    ),
    # joiners and word boundaries of scripts that are written with them
    (
        r"([\p{Arabic}\p{Syriac}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}"
        r"\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Mongolian}])[\x{200C}\x{200D}\x{180B}-"
        r"\x{180E}]",
        "${1}",
    ),
    (r"([\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}])\x{200B}", "${1}"),
    (r"(\p{Han})[\x{FE00}-\x{FE02}\x{E0100}-\x{E01EF}]", "${1}"),
)
"""Pattern and what to leave of it: uses of unseen characters that are spelling, not disguise."""
RIGHT_TO_LEFT = r"[\p{Hebrew}\p{Arabic}\p{Syriac}\p{Thaana}\p{Nko}]"
DIRECTION_MARKS = r"[\x{061C}\x{200E}\x{200F}]"

_ALIKE = (
    "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw ӏl кk мm тt нh вb гr "
    "αa οo νv ιi κk ρp τt υu χx ηn εe γy ωw ɑa ɡg ıi ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm "
    "ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz øo łl đd ‹< ›> ❮< ❯> ⟨< ⟩> ∕/ ⁄/ ⧸/"
)
ALIKE = {pair[0]: pair[1] for pair in _ALIKE.split()} | {
    chr(start + n): chr(ord("a") + n)
    for start in (0x1F1E6, 0x1F130, 0x1F150, 0x1F170)  # regional, squared, circled, boxed letters
    for n in range(26)
}
"""Letters that look Latin and are not (after NFKD, in small letters)."""

LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
LEET_WORD = r"[a-z][01345@$!7]+[a-z]|[a-z][01345@$7]+[a-z]?\b"
