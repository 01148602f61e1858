"""Rows → events: reasons, actions, ids, catalogue, attributes and ties."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from agent.behaviour.catalogue import category_splitter
from agent.behaviour.events import SCHEMA, Log, read_log
from agent.behaviour.goods import is_goods
from agent.settings import ReadSettings


def read(
    folder: Path, text: str, *more: str, settings: ReadSettings | None = None, **beside: str
) -> Log:
    """Read CSV texts as log0.csv, log1.csv … with items, attributes or ties beside them."""
    paths = []
    for n, each in enumerate((text, *more)):
        paths.append(folder / f"log{n}.csv")
        paths[-1].write_text(each, encoding="utf-8")
    files: dict[str, Path] = {}
    for role, content in beside.items():
        files[role] = folder / f"{role}.csv"
        files[role].write_text(content, encoding="utf-8")
    return read_log(paths, settings=settings or ReadSettings(), **files)  # type: ignore[arg-type]


SHOP = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,RED  CUP ,6,2010-12-01 08:26:00,2.55,17850.0,France
1,B,BLUE CUP,1,2010-12-01 08:26:00,1.25,17850.0,France
1,B,BLUE CUP,1,2010-12-01 08:26:00,1.25,17850.0,France
C2,A,RED CUP,-2,2010-12-03 09:00:00,2.55,17850.0,Spain
3,A,RED MUG,-1,2010-12-04 09:00:00,2.55,13047.0,Italy
3,A,,4,2010-12-04 09:00:00,2.55,,Italy
3,POST,POSTAGE,1,2010-12-04 09:00:00,18,13047.0,Italy
3,B,BLUE CUP,1,2010-12-04 09:00:00,0,13047.0,Italy
3,B,?,1,soon,1.25,13047.0,Italy
3,A,RED CUP,1,2010-12-05 09:00:00,2.55,13047.0,Italy
"""


def test_a_shop_s_faults_are_told_by_their_reasons(tmp_path: Path) -> None:
    log = read(tmp_path, SHOP)
    assert log.report.rows.model_dump() == {
        "read": 10,
        "kept": 6,
        "dropped": {
            "bad timestamp": 1,
            "no user": 1,
            "not goods (postage, fees, adjustments)": 1,
            "price of zero or less": 1,
        },
    }
    assert log.report.not_goods == {"POST": "POSTAGE"}
    assert log.events.schema == pl.Schema(SCHEMA)
    assert log.events["row"].null_count() == 6
    assert log.events.select("user_id", "item_id", "action", "quantity").rows() == [
        ("13047", "A", "return", -1.0),
        ("13047", "A", "buy", 1.0),
        ("17850", "A", "buy", 6.0),
        ("17850", "B", "buy", 1.0),
        ("17850", "B", "buy", 1.0),
        ("17850", "A", "return", -2.0),
    ]
    assert log.events["event_id"].n_unique() == 6
    assert log.events["event_id"].str.len_chars().unique().to_list() == [16]


def test_a_shop_s_lines_hold_its_catalogue_and_its_customers_countries(tmp_path: Path) -> None:
    log = read(tmp_path, SHOP)
    assert log.items.select("item_id", "title").rows() == [("A", "RED CUP"), ("B", "BLUE CUP")]
    assert log.report.items_with_several_titles == 1
    assert log.attributes.rows() == [("13047", "country", "Italy"), ("17850", "country", "France")]
    assert log.report.files[0].attributes == ("Country",)


def test_a_file_read_twice_counts_once_and_equal_rows_of_one_file_count_each(
    tmp_path: Path,
) -> None:
    once, twice = read(tmp_path, SHOP), read(tmp_path, SHOP, SHOP)
    assert twice.events.equals(once.events)
    assert twice.report.rows.read == 20
    assert twice.report.rows.dropped["already read from another file"] == 6
    assert twice.attributes.equals(once.attributes)


def test_without_times_the_place_is_the_history(tmp_path: Path) -> None:
    log = read(tmp_path, "user,item\nbob,pie\nann,tea\nann,tea\nann,cake\n", "user,item\nann,tea\n")
    assert log.events.select("user_id", "item_id", "row").rows() == [
        ("ann", "tea", 1),
        ("ann", "tea", 2),
        ("ann", "cake", 3),
        ("ann", "tea", 4),
        ("bob", "pie", 0),
    ]
    assert not log.report.has_times
    again = read(tmp_path, "user,item\nann,tea\nann,tea\n", "user,item\nann,tea\nann,tea\n")
    assert again.report.rows.dropped == {"already read from another file": 2}


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("user,item\na,x\n", ["event"]),
        ("user,item,rating\na,x,4\n", ["rate"]),
        ("user,item,rating,review\na,x,4,good\n", ["rate"]),
        ("user,item,review\na,x,good\n", ["review"]),
        ("user,item,tag\na,x,good\n", ["tag"]),
        ("user,item,message\na,x,good\n", ["post"]),
        ("user,query\na,tea pot\n", ["search"]),
        ("user,item,qty\na,x,4\n", ["buy"]),
        ("user,item,price\na,x,4\n", ["buy"]),
        ("user,item,order_id\na,x,4\n", ["buy"]),
        ("user,item,session_id\na,x,4\n", ["event"]),
        ("sender,receiver,thread\na,b,x\n", ["post"]),
        ("user,item,event_type\na,v,pageview\na,w,add_to_cart\na,x,Purchase\na,y,\na,z,Zoom In\n",
         ["view", "cart", "buy", "event", "zoom_in"]),
        ("user,item,event_type,price\na,v,view,0\na,x,purchase,0\na,y,refund,2\n",
         ["view", "return"]),
    ],
)  # fmt: skip
def test_the_action_is_the_log_s_word_or_what_its_columns_imply(
    tmp_path: Path, text: str, actions: list[str]
) -> None:
    assert read(tmp_path, text).events["action"].to_list() == actions


def test_files_with_different_columns_make_one_log(tmp_path: Path) -> None:
    ratings = "userId,movieId,rating,timestamp\n1,10,4.0,964982703\n1,11,3.5,964982704\n"
    tags = "userId,movieId,tag,timestamp\n1,10,pixar,964982800\n"
    movies = "movieId,title,genres\n10,Toy Story,Adventure|Comedy\n11,Heat,(no genres listed)\n"
    log = read(tmp_path, ratings, tags, items=movies)
    assert log.events["action"].to_list() == ["rate", "rate", "tag"]
    assert log.events["text"].to_list() == [None, None, "pixar"]
    assert log.items.rows() == [("10", "Toy Story", ["Adventure", "Comedy"]), ("11", "Heat", [])]
    assert log.report.item_noun == "movie"
    for n, name in enumerate(("ratings.csv", "tags.csv", "movies.csv")):
        (tmp_path / "all").mkdir(exist_ok=True)
        (tmp_path / "all" / name).write_text((ratings, tags, movies)[n], encoding="utf-8")
    (tmp_path / "all" / "links.csv").write_text("movieId,imdbId\n10,0114709\n", encoding="utf-8")
    folder = read_log([tmp_path / "all"], settings=ReadSettings())
    assert folder.events.equals(log.events)
    assert folder.items.equals(log.items)
    told = folder.report.passed_over
    assert set(told) == {"links.csv", "movies.csv"}
    assert told["links.csv"].startswith("not a log: it lacks a column of users")
    assert told["movies.csv"] == "read as the items"


def test_posts_are_events_of_the_sender_and_ties_to_the_receiver(tmp_path: Path) -> None:
    posts = "Sender,Reciever,Timestamp,DiscussionID\n1,2,4/4/13,7\n1,2,4/25/13,7\n1,1,4/5/13,8\n"
    people = "UID,gender,country,note,id_no\n1.0,female,US,x,p1\n2.0,male,NULL,x,p2\n"
    log = read(tmp_path, posts, attributes=people)
    assert log.events["user_id"].to_list() == ["1", "1", "1"]
    assert log.ties.rows() == [("1", "2", 2.0)]
    assert log.report.self_ties == 1
    assert ("1", "country", "US") in log.attributes.rows()
    assert "gender" not in log.attributes["name"].to_list()
    assert log.report.refused == {"gender": 2}
    assert log.report.skipped_attributes == {"note": "the same for everybody"}
    assert not log.report.has_clock
    on = ReadSettings(allow_sensitive=("gender",))
    assert ("2", "gender", "male") in read(
        tmp_path, posts, attributes=people, settings=on
    ).attributes.rows()


def test_dates_in_parquet_are_the_dates_of_a_csv(tmp_path: Path) -> None:
    csv = read(tmp_path, "user,item,date\n1,7,27/9/2013\n1,7,28/9/2013\n")
    days = [datetime(2013, 9, 27), datetime(2013, 9, 28)]
    for kind in (pl.Date, pl.Datetime("ns"), pl.Datetime("ms")):
        frame = pl.DataFrame({"user": [1, 1], "item": [7.0, 7.0], "date": days})
        path = tmp_path / "log.parquet"
        frame.with_columns(pl.col("date").cast(kind)).write_parquet(path)
        log = read_log([path])
        assert log.events.equals(csv.events)
        assert not log.report.has_clock


def test_attributes_may_be_long(tmp_path: Path) -> None:
    long = "user_id,name,value\na,plan,pro\na,Religion,none\na,age,34.0\nb,age,35\nb,plan,\n"
    log = read(tmp_path, "user,item\na,x\n", attributes=long)
    assert log.attributes.rows() == [("a", "age", "34"), ("a", "plan", "pro"), ("b", "age", "35")]
    assert log.report.refused == {}
    assert read(
        tmp_path, "user,item\na,x\n", attributes=long.replace(",none", ",yes")
    ).report.refused == {"religion": 1}


def test_columns_nobody_shares_are_no_attributes(tmp_path: Path) -> None:
    rows = [f"u{n},mail{n}@x.org,{'word ' * 20}{n % 3},{n % 5},yes" for n in range(200)]
    people = "user_id,mail,about,team,member\n" + "\n".join(rows) + "\n"
    log = read(tmp_path, "user,item\nu1,x\n", attributes=people)
    assert log.attributes["name"].unique().to_list() == ["team"]
    assert log.report.skipped_attributes == {
        "mail": "nearly everybody has their own",
        "about": "free text",
        "member": "the same for everybody",
    }


def test_ties_files_are_summed_and_counted(tmp_path: Path) -> None:
    ties = "from,to,weight\na,b,1.5\na,b,1\na,a,1\nb,,1\nb,a,-1\n"
    log = read(tmp_path, "user,item\na,x\n", ties=ties)
    assert log.ties.rows() == [("a", "b", 2.5)]
    told = next(file for file in log.report.files if file.role == "ties")
    assert told.rows.model_dump() == {
        "read": 5,
        "kept": 3,
        "dropped": {"bad weight": 1, "no other person": 1},
    }
    assert log.report.self_ties == 1


def test_numbers_with_commas_are_read_as_the_whole_column_has_them(tmp_path: Path) -> None:
    german = read(tmp_path, "user;item;price\na;x;2,55\na;y;1.234,50\na;z;1,234\n")
    assert german.events["price"].to_list() == [2.55, 1234.5, 1.234]
    english = read(tmp_path, 'user,item,price\na,x,£2.55\na,y,"1,234.50"\na,z,"1,234"\n')
    assert english.events["price"].to_list() == [2.55, 1234.5, 1234.0]


def test_an_amount_becomes_the_price_of_one_piece(tmp_path: Path) -> None:
    log = read(tmp_path, "user,item,qty,total\na,x,4,10\na,y,-2,-5\na,z,,7\n")
    assert log.events["price"].to_list() == [2.5, 2.5, 7.0]


def test_ids_stay_as_they_are_where_one_of_them_is_no_integer(tmp_path: Path) -> None:
    log = read(tmp_path, "user,item\n1.0,7.0\n2.0,x\n")
    assert log.events.select("user_id", "item_id").rows() == [("1", "7.0"), ("2", "x")]


def test_progress_is_told_by_file(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    path = tmp_path / "log.csv"
    path.write_text("user,item\n" + "a,x\n" * 25, encoding="utf-8")
    settings = ReadSettings(batch_rows=10)
    read_log([path], settings=settings, progress=lambda name, rows: told.append((name, rows)))
    assert told == [("log.csv", 10), ("log.csv", 20), ("log.csv", 25)]


@pytest.mark.parametrize(
    ("column", "cell", "parts"),
    [
        (["A|B", "C"], "A|B", ["A", "B"]),
        (["A;B", "C"], "A;B", ["A", "B"]),
        (["Home > Beds", "Home"], "Home > Beds", ["Home", "Beds"]),
        (["['A', \"B\"]", "[]"], "['A', \"B\"]", ["A", "B"]),
        (["Beds, Baths", "Cups"], "Beds, Baths", ["Beds, Baths"]),
        (["jazz, rock", "rock, pop", "pop", "jazz"], "jazz, rock", ["jazz", "rock"]),
        (["Red, white and blue", "Red", "Cups"], "Red, white and blue", ["Red, white and blue"]),
        (["(no genres listed)", "A|B"], "(no genres listed)", []),
    ],
)
def test_category_cells_fall_apart_as_the_whole_column_shows(
    column: list[str], cell: str, parts: list[str]
) -> None:
    assert category_splitter(pl.Series("categories", column))(cell) == parts


@pytest.mark.parametrize(
    "title",
    ["POSTAGE", "DOTCOM POSTAGE", "CARRIAGE", "Next Day Carriage", "Manual", "Discount", "SAMPLES",
     "Bank Charges", "AMAZON FEE", "CRUK Commission", "Adjust bad debt", "Shipping & handling"],
)  # fmt: skip
def test_what_is_no_goods(title: str) -> None:
    assert not is_goods(title)


@pytest.mark.parametrize(
    "title",
    ["PADS TO MATCH ALL CUSHIONS", "VINTAGE POSTAGE STAMP MUG", "Toy delivery van", "?", "",
     "Discount airline bag", "Instruction manual holder", "Gift Voucher £20.00", "Test tube vase"],
)  # fmt: skip
def test_what_is_goods(title: str) -> None:
    assert is_goods(title)


def test_pieces_lie_where_they_are_told_to_and_are_gone_afterwards(tmp_path: Path) -> None:
    log, scratch = tmp_path / "log.csv", tmp_path / "scratch"
    log.write_text("user_id,item_id\nann,tea\n")
    scratch.mkdir()
    seen: list[str] = []

    def look(name: str, rows: int) -> None:
        seen.extend(path.name for path in scratch.rglob("*.parquet"))

    read_log([log], scratch=scratch, progress=look)
    assert seen == ["0.parquet"]
    assert not list(scratch.iterdir())
