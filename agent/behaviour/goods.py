"""Lines that are no goods: postage, fees, discounts, adjustments.

Told by an item's usual description, since every shop has its own codes for them.
"""

from __future__ import annotations

import re

_CHARGE = "postage carriage shipping delivery freight handling p&p surcharge"
_ABOUT = """dotcom packing packaging and & next day express standard special international
    domestic home free cost costs charge charges fee fees royal mail courier 1st 2nd first class"""
_BOOKING = "manual discount discounts sample samples adjustment adjustments rounding vat tax test"
_ENDS = "charge charges fee fees commission discount adjustment adjustments"


def is_goods(description: str) -> bool:
    """False for `DOTCOM POSTAGE`, `CRUK Commission`, `Adjust bad debt`; True for a real thing."""
    words = re.findall(r"[\w&]+", description.casefold())
    if not words:
        return True
    charges = set(_CHARGE.split())
    if charges & set(words) and set(words) <= charges | set(_ABOUT.split()):
        return False
    if len(words) == 1 and words[0] in _BOOKING.split():
        return False
    if len(words) <= 3 and words[-1] in _ENDS.split():
        return False
    return words[0] not in ("adjust", "adjustment") and words[:2] != ["write", "off"]
