import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agent.recordfile import RecordFile, read_records, write_records
from agent.records import Member

MEMBERS = [Member(user_id=name, weight=1.0) for name in ("anna", "b\u00e9n", "cl\n\u2028eo", "")]


def test_records_come_back_in_order_and_by_key(tmp_path: Path) -> None:
    path = tmp_path / "members.jsonl"
    assert write_records(path, MEMBERS, key="user_id") == 4
    assert list(read_records(path, Member)) == MEMBERS
    file = RecordFile(path, Member)
    assert [file.get(m.user_id) for m in MEMBERS] == MEMBERS
    assert file.get("nobody") is None
    assert (len(file), file.keys) == (4, [m.user_id for m in MEMBERS])


def test_no_records_are_a_file_without_lines(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    assert write_records(path, [], key="user_id") == 0
    assert list(read_records(path, Member)) == []
    assert RecordFile(path, Member).get("anna") is None


@given(names=st.lists(st.text(), unique=True, max_size=20))
def test_any_key_is_found_again(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "members.jsonl"
        write_records(path, (Member(user_id=n, weight=0.5) for n in names), key="user_id")
        file = RecordFile(path, Member)
        assert all((found := file.get(n)) and found.user_id == n for n in names)
