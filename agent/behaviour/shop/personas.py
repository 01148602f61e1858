"""The twelve kinds of people who shop there, designed by hand, overlapping as people do.

Everybody buys some groceries, household things and toiletries; most special categories belong to
two or three personas at once (bakers and vegans share cookware, gamers and office people share
computer accessories). What sets a persona apart is the mix, and when and how it buys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.behaviour.shop.calendar import (
    ALL_YEAR,
    ANY_DAY,
    CHRISTMAS,
    GROWING,
    RENOVATING,
    RUNNING,
    SATURDAY,
    SUNDAY,
    WEEKEND,
    WORKDAYS,
)

EVERYDAY: Mapping[str, float] = {
    "Groceries": 0.38,
    "Household": 0.27,
    "Toiletries": 0.19,
    "Snacks and soft drinks": 0.06,
    "Stationery": 0.04,
    "Books": 0.06,
}
"""What everybody buys besides, as shares."""


@dataclass(frozen=True)
class Persona:
    """One kind of shopper. Numbers are those of a typical one; individuals vary around them."""

    name: str
    popularity: float
    """Relative number of people of this kind."""
    tastes: Mapping[str, float]
    """Category → share of what they look at and buy besides the everyday."""
    everyday: float
    """Share of everyday categories in all they look at and buy."""
    hours: tuple[tuple[float, float, float], ...]
    """Times of day: (peak hour, spread in hours, weight)."""
    weekdays: tuple[float, ...] = ANY_DAY
    months: tuple[float, ...] = ALL_YEAR
    steady: bool = False
    """Whether visits come at even distances rather than by chance."""
    visits: float = 14.0
    """Median number of visits in the whole log."""
    lines: float = 2.4
    """Mean number of things looked at or bought in a visit."""
    conversion: float = 0.55
    """Share of things looked at that are bought."""
    units: float = 1.0
    """Median pieces a line, of things neither lasting nor for one's own kitchen."""
    tier: float = 0.0
    """Taste for dear (positive) or cheap (negative) things, per standard deviation of log price."""
    channels: tuple[float, float, float] = (0.5, 0.35, 0.15)
    """Shares of web, app and store."""
    loyalty: float = 0.5
    """0 wanders over a whole shelf, 1 takes the same few things each time."""
    searching: float = 0.25
    """Share of online lines that begin with a search."""
    returning: float = 0.04
    """Share of bought lines that are sent back."""
    ties: float = 1.2
    """Mean number of people they shop for, refer or share a home with."""
    plus: float = 0.25
    """Share on the paid plan."""
    homely: float = 0.6
    """Share of their ties that are to people of the same persona."""


PERSONAS: tuple[Persona, ...] = (
    Persona(
        name="weekend bakers",
        popularity=1.1,
        tastes={
            "Baking ingredients": 0.50,
            "Bakeware": 0.22,
            "Cookware": 0.12,
            "Party supplies": 0.06,
            "Books": 0.10,
        },
        everyday=0.34,
        hours=((9.5, 1.3, 0.75), (16.5, 1.8, 0.25)),
        weekdays=WEEKEND,
        visits=16,
        units=1.5,
        loyalty=0.6,
        channels=(0.60, 0.25, 0.15),
    ),
    Persona(
        name="night-owl gamers",
        popularity=1.1,
        tastes={
            "Video games": 0.40,
            "Gaming gear": 0.24,
            "Snacks and soft drinks": 0.20,
            "Computer accessories": 0.16,
        },
        everyday=0.24,
        hours=((23.5, 1.5, 0.8), (1.5, 1.0, 0.2)),
        weekdays=(0.9, 0.9, 0.9, 1.0, 1.6, 1.8, 1.2),
        visits=15,
        lines=2.2,
        conversion=0.42,
        channels=(0.28, 0.70, 0.02),
        searching=0.35,
    ),
    Persona(
        name="new parents",
        popularity=1.2,
        tastes={
            "Baby care": 0.50,
            "Nursery": 0.28,
            "Toys": 0.12,
            "Books": 0.05,
            "Soft furnishings": 0.05,
        },
        everyday=0.36,
        hours=((5.5, 1.4, 0.45), (13.0, 1.6, 0.25), (20.5, 1.3, 0.30)),
        steady=True,
        visits=22,
        lines=2.6,
        conversion=0.65,
        units=1.6,
        loyalty=0.75,
        channels=(0.2, 0.7, 0.1),
        returning=0.06,
        ties=1.8,
        plus=0.5,
    ),
    Persona(
        name="trail runners",
        popularity=1.0,
        tastes={
            "Running": 0.40,
            "Sports nutrition": 0.30,
            "Outdoor and walking": 0.24,
            "Books": 0.06,
        },
        everyday=0.26,
        hours=((6.5, 1.0, 0.7), (19.0, 1.4, 0.3)),
        weekdays=(1.3, 1.4, 1.4, 1.3, 1.0, 0.6, 0.5),
        months=RUNNING,
        visits=14,
        tier=0.35,
        channels=(0.3, 0.6, 0.1),
        returning=0.12,
        searching=0.35,
    ),
    Persona(
        name="balcony gardeners",
        popularity=0.9,
        tastes={
            "Plants and seeds": 0.46,
            "Pots and compost": 0.22,
            "Garden tools": 0.14,
            "Lighting": 0.06,
            "Candles and home fragrance": 0.06,
            "Books": 0.06,
        },
        everyday=0.28,
        hours=((10.5, 1.8, 0.6), (18.0, 1.6, 0.4)),
        weekdays=SUNDAY,
        months=GROWING,
        visits=13,
        lines=2.8,
        units=1.8,
        channels=(0.45, 0.2, 0.35),
    ),
    Persona(
        name="home renovators",
        popularity=1.1,
        tastes={
            "Paint and decorating": 0.34,
            "Hardware and fixings": 0.32,
            "Power tools": 0.20,
            "Lighting": 0.14,
        },
        everyday=0.24,
        hours=((8.8, 1.2, 0.65), (14.0, 1.8, 0.35)),
        weekdays=SATURDAY,
        months=RENOVATING,
        visits=15,
        lines=2.9,
        conversion=0.68,
        units=1.8,
        channels=(0.30, 0.12, 0.58),
        returning=0.10,
    ),
    Persona(
        name="home-office workers",
        popularity=1.0,
        tastes={
            "Computer accessories": 0.36,
            "Office furniture": 0.24,
            "Stationery": 0.30,
            "Lighting": 0.10,
        },
        everyday=0.28,
        hours=((11.0, 1.3, 0.55), (15.0, 1.4, 0.45)),
        weekdays=WORKDAYS,
        visits=12,
        conversion=0.48,
        tier=0.4,
        channels=(0.85, 0.1, 0.05),
        searching=0.4,
        plus=0.4,
        ties=0.7,
    ),
    Persona(
        name="bulk party suppliers",
        popularity=0.7,
        tastes={
            "Party supplies": 0.50,
            "Catering disposables": 0.34,
            "Gift wrap and cards": 0.08,
            "Snacks and soft drinks": 0.08,
        },
        everyday=0.15,
        hours=((8.5, 1.2, 0.8), (13.5, 1.5, 0.2)),
        weekdays=(2.0, 3.2, 3.0, 2.6, 1.2, 0.2, 0.1),
        steady=True,
        visits=26,
        lines=3.0,
        conversion=0.86,
        units=24,
        tier=-0.5,
        loyalty=0.85,
        channels=(0.90, 0.05, 0.05),
        searching=0.08,
        plus=0.8,
        ties=0.6,
    ),
    Persona(
        name="plant-based cooks",
        popularity=1.0,
        tastes={
            "Plant-based pantry": 0.66,
            "Cookware": 0.16,
            "Plants and seeds": 0.08,
            "Sports nutrition": 0.05,
            "Books": 0.05,
        },
        everyday=0.42,
        hours=((19.5, 1.3, 0.8), (12.5, 1.2, 0.2)),
        weekdays=(1.6, 1.5, 1.3, 1.2, 0.7, 0.7, 1.0),
        steady=True,
        visits=17,
        lines=3.0,
        conversion=0.70,
        units=2.2,
        loyalty=0.75,
        channels=(0.4, 0.5, 0.1),
    ),
    Persona(
        name="vintage decorators",
        popularity=0.9,
        tastes={
            "Vintage home": 0.44,
            "Soft furnishings": 0.22,
            "Lighting": 0.14,
            "Candles and home fragrance": 0.14,
            "Books": 0.06,
        },
        everyday=0.22,
        hours=((21.0, 1.2, 0.8), (15.5, 1.6, 0.2)),
        weekdays=SUNDAY,
        visits=15,
        lines=3.0,
        conversion=0.30,
        tier=0.6,
        channels=(0.55, 0.42, 0.03),
        searching=0.3,
    ),
    Persona(
        name="dog people",
        popularity=1.0,
        tastes={
            "Dog food": 0.58,
            "Dog walking and beds": 0.26,
            "Outdoor and walking": 0.16,
        },
        everyday=0.36,
        hours=((7.8, 1.2, 0.5), (18.0, 1.5, 0.5)),
        steady=True,
        visits=18,
        lines=2.2,
        conversion=0.75,
        units=1.4,
        loyalty=0.85,
        channels=(0.4, 0.35, 0.25),
        ties=1.5,
    ),
    Persona(
        name="December gift buyers",
        popularity=1.0,
        tastes={
            "Jewellery and scarves": 0.30,
            "Toys": 0.22,
            "Gift wrap and cards": 0.20,
            "Candles and home fragrance": 0.16,
            "Books": 0.12,
        },
        everyday=0.14,
        hours=((20.0, 1.6, 0.55), (12.8, 1.4, 0.45)),
        weekdays=(1.0, 1.0, 1.0, 1.0, 1.1, 1.3, 1.4),
        months=CHRISTMAS,
        visits=8,
        lines=3.6,
        conversion=0.5,
        units=1.2,
        returning=0.08,
        ties=2.6,
        homely=0.4,
    ),
)
