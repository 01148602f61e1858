"""Which column is which: by the names the field uses, or as `--map field=Column` says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.errors import InputError

Role = Literal["events", "items", "attributes", "ties"]

_USER = """userid user customerid customer clientid memberid visitorid reviewerid personid
    playerid learnerid studentid accountid profileid uid userno customerno custid cid username
    userkey usersha1 fullvisitorid userpseudoid member client reviewer author authorid sender
    senderid 用户id 用户 会员id 客户id"""
_ITEM = """itemid movieid productid stockcode discussionid songid trackid artistid bookid gameid
    articleid videoid courseid threadid recipeid asin isbn sku skuid parentasin goodsid articleno
    productcode itemcode contentid pageid newsid storyid postid beerid animeid jokeid hotelid
    restaurantid businessid podcastid showid appid item product movie song track artist book game
    article video course thread discussion discussionidentifier recipe url page stockid 商品id
    商品"""
_TITLE = """title discussiontitle productname itemname movietitle songtitle trackname booktitle
    itemtitle producttitle articletitle coursename name productdisplayname description
    productdescription itemdescription 商品名称 标题"""
_CATEGORIES = """categories genres category genre discussioncategory categoryname productcategory
    itemcategory tags department departmentname subject topic categorycode topics productgroupname
    categoryid 类目 类别 商品类目id"""

FIELDS: dict[str, str] = {
    "user": _USER,
    "item": _ITEM,
    "timestamp": """timestamp datetime eventtimestamp eventtime eventdate invoicedate orderdate
        purchasedate transactiondate orderpurchasetimestamp timestampms timestamps unixtime
        unixreviewtime createdat created createdtime createdutc occurredat visittime ratedat date
        time ts tdat day when reviewtime reviewdate 时间 时间戳 日期""",
    "action": """action eventtype event eventname behaviortype behavior behaviour behaviourtype
        actiontype interaction interactiontype activity verb type 行为 行为类型""",
    "value": """rating score stars ratings overall ratingscore bookrating starrating reviewscore
        评分""",
    "quantity": "quantity qty units pieces itemcount orderquantity count 数量",
    "price": "unitprice price itemprice priceperunit unitcost listprice 单价 价格",
    "amount": """lineamount linetotal totalprice amount totalamount revenue sales saleamount
        netamount total 金额""",
    "basket": """invoiceno invoice invoiceid orderid orderno ordernumber transactionid basketid
        cartid receiptid receipt billno order basket sessionid session usersession visitid
        订单id 订单号""",
    "text": """reviewtext review reviewbody reviewcontent searchquery query searchterm search
        keyword keywords tag post posttext message messagetext comment commenttext body content
        text 评论 搜索词""",
    "dwell": """dwell dwelltime dwellseconds duration durationseconds timespent seconds
        timeonpage watchtime msplayed playtime""",
    "channel": "channel device devicetype platform saleschannel source medium 渠道",
    "title": _TITLE,
    "categories": _CATEGORIES,
    "other": """receiver reciever receiverid recipient recipientid targetuser targetuserid
        replyto replytouserid toid touser touserid followee followeeid friendid friend""",
}
"""Field → column names it goes by, best first, without case, blanks and punctuation."""

FLAGS: dict[str, str] = {
    "user_id": "user",
    "item_id": "item",
    "time": "timestamp",
    "rating": "value",
    "category": "categories",
    "receiver": "other",
    "other_id": "other",
}
"""Other words for a field that `--map` takes."""

SESSIONS = frozenset({"sessionid", "session", "usersession", "visitid"})
"""Baskets under these names hold visits, not purchases."""
SENDERS = frozenset({"sender", "senderid", "from", "fromid"})

_ROLE_FIELDS: dict[Role, dict[str, str]] = {
    "events": FIELDS,
    "items": {
        "item": _ITEM + " id 编号",
        "title": _TITLE,
        "categories": _CATEGORIES + " type class section group",
    },
    "attributes": {
        "user": _USER + " id name",
        "name": "name attribute attributename key trait property",
        "value": "value attributevalue val",
    },
    "ties": {
        "user": _USER + " source sourceid from fromid fromuser follower followerid src user1",
        "other": FIELDS["other"] + " otherid other target targetid to tgt dst user2 followed",
        "weight": "weight count times strength n",
    },
}


@dataclass(frozen=True)
class Columns:
    """Field → column of one file."""

    fields: Mapping[str, str]
    given: frozenset[str]
    """Fields named with `--map`; the others were guessed by name."""
    unused: tuple[str, ...]

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    def named(self, field: str) -> str:
        """The column a field was found in, in bare letters; empty if it was not."""
        return bare(self.fields.get(field, ""))


def bare(name: str) -> str:
    """`Customer ID`, `customer_id` and `CustomerID` are one name: `customerid`."""
    return re.sub(r"[\W_]+", "", name.casefold())


def find_columns(
    columns: Sequence[str],
    role: Role,
    given: Mapping[str, str] | None = None,
    only: Sequence[str] | None = None,
) -> Columns:
    """Find a file's columns; those in `given` that the file has come first and always win.

    The order of the columns never matters: a field takes the best of its names, and of two
    columns with one bare name the first in the alphabet. `only` limits the fields looked for.
    """
    looked_for = {f: n for f, n in _ROLE_FIELDS[role].items() if only is None or f in only}
    names: dict[str, list[str]] = {}
    for column in sorted(columns):
        names.setdefault(bare(column), []).append(column)
    fields = {f: c for f, c in (given or {}).items() if c in columns and f in looked_for}
    chosen, taken = dict(fields), set(fields.values())
    for field, known in looked_for.items():
        if field in chosen:
            continue
        hits = (c for name in known.split() for c in names.get(name, ()) if c not in taken)
        if found := next(hits, None):
            chosen[field] = found
            taken.add(found)
    unused = tuple(column for column in columns if column not in taken)
    return Columns(chosen, frozenset(fields), unused)


def check_map(given: Mapping[str, str], files: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """`--map` with its fields in our words and its columns as the files spell them.

    `files` is file name → its columns. Raises InputError for a field there is none of, a column
    that no file has, and one column given to two fields.
    """
    checked: dict[str, str] = {}
    seen = {column: None for columns in files.values() for column in columns}
    known = {*FIELDS, "weight", "name"}
    for flag, wanted in given.items():
        field = FLAGS.get(flag.strip().casefold(), flag.strip().casefold())
        if field not in known:
            problem = f"--map knows no field {flag!r}; it knows {', '.join(sorted(known))}"
            raise InputError(problem)
        matches = [c for c in seen if c == wanted] or [c for c in seen if bare(c) == bare(wanted)]
        if not matches:
            raise InputError(
                f"--map {flag}={wanted}: there is no such column; it has {listed(seen)}",
                file=next(iter(files)),
                column=wanted,
            )
        if matches[0] in checked.values():
            problem = f"--map gives column {matches[0]!r} to two fields"
            raise InputError(problem, file=next(iter(files)), column=matches[0])
        checked[field] = matches[0]
    return checked


def need(columns: Columns, fields: Sequence[str], seen: Sequence[str], file: str) -> None:
    """Raise InputError, naming what the file has and what to do, where a field was not found."""
    for field in fields:
        if field not in columns:
            word = "other person" if field == "other" else field
            headless = all(re.fullmatch(r"[\d.: -]+", name) for name in seen)
            hint = "; is the line of column names missing?" if headless else ""
            raise InputError(
                f"no {word} column among {listed(seen)}; name it with --map {field}=COLUMN{hint}",
                file=file,
                line=1,
            )


def listed(columns: Iterable[str]) -> str:
    """Column names for a message, the first 20 of them."""
    names = [repr(column) for column in columns]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + more


_NOUNS = """movie film song track artist book game article video course discussion thread recipe
    product restaurant hotel podcast show app page story post beer anime joke"""


def item_noun(column: str) -> str:
    """What an item is called, off its column: `movieId` → movie, `StockCode` → item."""
    stem = re.sub(r"(id|identifier|code|no|key)$", "", bare(column))
    return stem if stem in _NOUNS.split() else "item"
