"""other names of places: `German customers`, `the UK`, `Holland` → the value a log declares."""

from __future__ import annotations

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "australia": ("australian", "aussie"),
    "austria": ("austrian",),
    "belgium": ("belgian",),
    "canada": ("canadian",),
    "china": ("chinese",),
    "denmark": ("danish",),
    "eire": ("ireland", "irish"),
    "england": ("english",),
    "finland": ("finnish",),
    "france": ("french",),
    "germany": ("german", "deutschland"),
    "greece": ("greek",),
    "india": ("indian",),
    "ireland": ("irish", "eire"),
    "italy": ("italian",),
    "japan": ("japanese",),
    "netherlands": ("holland", "dutch"),
    "norway": ("norwegian",),
    "poland": ("polish",),
    "portugal": ("portuguese",),
    "scotland": ("scottish", "scots"),
    "spain": ("spanish",),
    "sweden": ("swedish",),
    "switzerland": ("swiss",),
    "united kingdom": ("uk", "u.k.", "great britain", "britain", "british"),
    "united states": ("usa", "u.s.", "america", "american"),
    "usa": ("united states", "america", "american"),
    "wales": ("welsh",),
}
"""Lower case; a place that many people come from here, → what else it and they are called."""

PLACES = ("country", "region", "city", "state", "location", "market", "nation", "area", "place")
"""What people call an attribute that says where somebody is, whichever of these the log has."""


def spellings(value: str) -> tuple[str, ...]:
    """A declared value as questions may write it, itself first; lower case."""
    value = value.casefold()
    people = (f"{value}ers", f"{value}er") if value.isalpha() else ()  # Londoners
    return (value, *OTHER_NAMES.get(value, ()), *people)


def plural(noun: str) -> str:
    """`country` → `countries`; for attributes' names."""
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"
