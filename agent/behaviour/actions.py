"""What a user did: the log's own word, or what its columns imply."""

from __future__ import annotations

import polars as pl

from agent.behaviour.columns import SENDERS, SESSIONS, Columns

_WORDS = {
    "view": """view views viewed pageview pageviews pv click clicks clicked impression detail
        productview viewitem viewproduct detailview itemview browse open opened visit seen""",
    "cart": "cart addtocart addcart add addedtocart atc basket addtobasket bag addtobag",
    "buy": """buy buys bought purchase purchased purchases order ordered transaction checkout sale
        sold pay paid payment conversion completepurchase""",
    "return": """return returned returns refund refunded cancel cancelled canceled cancellation
        chargeback""",
    "rate": "rate rated rating rates",
    "search": "search searched searches query viewsearchresults",
    "review": "review reviewed reviews",
    "post": "post posted posts comment commented reply replied message answer question",
    "tag": "tag tagged tags",
    "like": """like liked likes upvote favourite favorite favourited favorited fav thumbsup
        wishlist addtowishlist bookmark save saved love loved""",
    "dislike": "dislike disliked downvote thumbsdown hide hidden",
}
_ACTION = {word: action for action, words in _WORDS.items() for word in words.split()}
_TEXT = {
    "tag": ("tag",),
    "search": ("searchquery", "query", "searchterm", "search", "keyword", "keywords", "搜索词"),
    "post": ("post", "posttext", "message", "messagetext", "comment", "commenttext"),
}
_CANCELLED = r"^[Cc]\d+$"


def implied_action(columns: Columns) -> str:
    """The action of a row that names none, from the columns its file has."""
    if "value" in columns:
        return "rate"
    if "other" in columns and columns.named("user") in SENDERS:
        return "post"
    if {"quantity", "price", "amount"} & set(columns.fields) or buys(columns):
        return "buy"
    if "text" in columns:
        name = columns.named("text")
        return next((action for action, names in _TEXT.items() if name in names), "review")
    return "event"


def buys(columns: Columns) -> bool:
    """Whether the file bundles rows into orders (and not into visits)."""
    return "basket" in columns and columns.named("basket") not in SESSIONS


def action(columns: Columns) -> pl.Expr:
    """The normalised action of each row, from typed columns.

    A purchase of a negative quantity, or in a basket such as `C536379`, is a return.
    """
    implied = pl.lit(implied_action(columns))
    word = implied
    if "action" in columns:
        own = pl.col("action").str.to_lowercase().str.replace_all(r"[^\pL\pN]+", "_")
        known = own.str.replace_all("_", "").replace_strict(_ACTION, default=None)
        word = pl.coalesce(known, own, implied)
    back = pl.lit(False)
    if "quantity" in columns:
        back = back | (pl.col("quantity") < 0)
    if buys(columns):
        back = back | pl.col("basket").str.contains(_CANCELLED)
    return (
        pl.when((word == "buy") & back.fill_null(False))
        .then(pl.lit("return"))
        .otherwise(word)
        .alias("action")
    )
