"""Finding columns by name, and following `--map`."""

from __future__ import annotations

import pytest

from agent.behaviour.columns import check_map, find_columns, item_noun
from agent.behaviour.people import attribute_columns, sensitive
from agent.errors import InputError


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country",
            {
                "user": "CustomerID",
                "item": "StockCode",
                "timestamp": "InvoiceDate",
                "quantity": "Quantity",
                "price": "UnitPrice",
                "basket": "InvoiceNo",
                "title": "Description",
            },
        ),
        (
            "userId movieId rating timestamp",
            {"user": "userId", "item": "movieId", "value": "rating", "timestamp": "timestamp"},
        ),
        (
            "event_time event_type product_id category_id category_code brand price user_id "
            "user_session",
            {
                "user": "user_id",
                "item": "product_id",
                "timestamp": "event_time",
                "action": "event_type",
                "price": "price",
                "basket": "user_session",
                "categories": "category_code",
            },
        ),
        (
            "reviewerID asin overall reviewText unixReviewTime reviewTime summary",
            {
                "user": "reviewerID",
                "item": "asin",
                "value": "overall",
                "text": "reviewText",
                "timestamp": "unixReviewTime",
            },
        ),
        (
            "Sender|Reciever|Timestamp|Title|Category|Parent|Description|CommentID|DiscussionID",
            {
                "user": "Sender",
                "other": "Reciever",
                "item": "DiscussionID",
                "timestamp": "Timestamp",
                "title": "Title",
                "categories": "Category",
            },
        ),
        (
            "用户ID 商品ID 行为类型 时间戳",
            {
                "user": "用户ID",
                "item": "商品ID",
                "action": "行为类型",
                "timestamp": "时间戳",
            },
        ),
    ],
)
def test_headers_of_known_logs_need_no_flags(header: str, expected: dict[str, str]) -> None:
    columns = header.split("|") if "|" in header else header.split()
    assert find_columns(columns, "events").fields == expected


def test_the_order_of_columns_changes_nothing() -> None:
    header = ["userId", "user_id", "date", "timestamp", "item", "product_id"]
    there, back = find_columns(header, "events"), find_columns(header[::-1], "events")
    assert there.fields == back.fields
    assert there.fields["timestamp"] == "timestamp"
    assert there.fields["item"] == "product_id"


def test_a_map_wins_and_its_column_goes_to_nobody_else() -> None:
    columns = ["user_id", "parent", "item_id", "price"]
    found = find_columns(columns, "events", {"user": "parent", "value": "price"})
    assert found.fields == {"user": "parent", "value": "price", "item": "item_id"}
    assert found.given == {"user", "value"}
    assert found.unused == ("user_id",)


def test_a_map_is_checked_against_all_files_and_spelt_as_they_do() -> None:
    files = {"ratings.csv": ["Who", "What"], "movies.csv": ["What", "Kind"]}
    given = {"user_id": "who", "category": "Kind"}
    assert check_map(given, files) == {"user": "Who", "categories": "Kind"}
    with pytest.raises(InputError, match=r"there is no such column; it has 'Who', 'What', 'Kind'"):
        check_map({"user": "whom"}, files)


@pytest.mark.parametrize(
    ("column", "noun"),
    [
        ("movieId", "movie"),
        ("StockCode", "item"),
        ("Discussion ID", "discussion"),
        ("song_id", "song"),
        ("product_id", "product"),
        ("sku", "item"),
        ("", "item"),
    ],
)
def test_the_item_column_names_the_items(column: str, noun: str) -> None:
    assert item_noun(column) == noun


@pytest.mark.parametrize(
    "name",
    ["gender", "Gender", "user_gender", "userGender", "isPregnant", "political-party", "Sex",
     "health status", "ethnic_group", "religion2", "sexual orientation", "性别"],
)  # fmt: skip
def test_sensitive_names_are_known_however_they_are_written(name: str) -> None:
    assert sensitive(name)
    assert not sensitive(name, [name])


@pytest.mark.parametrize("name", ["country", "sextant", "embrace", "healthy_food", "Essex", "plan"])
def test_names_that_only_contain_a_sensitive_word_are_no_matter(name: str) -> None:
    assert sensitive(name) is None


def test_a_log_s_own_attributes_are_taken_by_name_and_sensitive_ones_when_switched_on() -> None:
    columns = ["Country", "gender", "colour", "ageGroup"]
    taken, refused = attribute_columns(columns, ())
    assert taken == {"country": "Country", "age group": "ageGroup"}
    assert refused == ("gender",)
    taken, refused = attribute_columns(columns, ("Gender",))
    assert taken["gender"] == "gender"
    assert refused == ()
