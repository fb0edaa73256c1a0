"""The archive as pywb has it: which lines and places it is told of, as captures come and segments move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from storage import collection
from storage.collection import Collection
from storage.models import Capture, Segment
from tests.storage.exchanges import PURPOSE, SITE, URL, Home, exchange, reply

PAGE = reply(b"a page that is long enough to be referred to " * 20)


@pytest.fixture
def made(home: Home, tmp_path: Path) -> Iterator[Collection]:
    folder = tmp_path / "collection"
    folder.mkdir()
    yield Collection(folder, home.folder, home.database)


def keep(home: Home, number: int) -> None:
    home.archive.add(exchange(PAGE, f"{URL}?{number}", minutes=number), PURPOSE)


def renumber(home: Home, number: int, capture: int) -> None:
    with home.database.write() as session:
        session.execute(update(Capture).where(Capture.url == f"{URL}?{number}").values(id=capture))


def told(made: Collection) -> list[str]:
    """The queries of the addresses in its index, over all files."""
    lines = [
        line for path in made.folder.glob("indexes/*.cdxj") for line in path.read_text("ascii").splitlines()
    ]
    return sorted(json.loads(line.split(" ", 2)[2])["url"].partition("?")[2] for line in lines)


def places(made: Collection) -> dict[str, list[str]]:
    lines = (made.folder / "segments.txt").read_text().splitlines()
    assert lines == sorted(lines)
    return {name: rest for name, *rest in (line.split("\t") for line in lines)}


def test_what_is_captured_meanwhile_is_taken_in_once(
    home: Home, made: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "_FILE_LINES", 3)
    files = set()
    for number in range(8):
        keep(home, number)
        made.refresh()
        assert told(made) == sorted(str(one) for one in range(number + 1))
        files.add(len(list(made.folder.glob("indexes/*.cdxj"))))
    assert max(files) > 2  # those that are full are not written again
    before = {path: path.stat().st_mtime_ns for path in made.folder.glob("indexes/*")}
    made.refresh()
    assert {path: path.stat().st_mtime_ns for path in made.folder.glob("indexes/*")} == before


def test_a_row_that_comes_in_behind_a_later_one_is_not_missed(
    home: Home, made: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transactions beside each other need not end in the order of their numbers."""
    monkeypatch.setattr(collection, "_FILE_LINES", 1)
    for number in range(3):
        keep(home, number)
    renumber(home, 2, 7)
    made.refresh()
    assert Counter(told(made)) == Counter("012")
    keep(home, 3)
    renumber(home, 3, 6)
    keep(home, 4)
    renumber(home, 4, 9)
    made.refresh()
    assert Counter(told(made)) == Counter("01234")


def test_of_a_site_what_it_refers_to_is_there_too(home: Home, tmp_path: Path) -> None:
    keep(home, 0)
    with home.database.write() as session:
        session.execute(update(Capture).values(site="www.other.gov.cn"))
    keep(home, 1)
    keep(home, 2)
    with home.database.write() as session:
        session.execute(update(Capture).where(Capture.url == f"{URL}?2").values(site="www.third.gov.cn"))
    (tmp_path / "of-site").mkdir()
    of_site = Collection(tmp_path / "of-site", home.folder, home.database, SITE)
    of_site.refresh()
    assert told(of_site) == ["0", "1"]


def test_a_segment_is_found_wherever_it_lies(home: Home, made: Collection) -> None:
    keep(home, 0)
    made.refresh()
    (open_,) = home.folder.glob("*.open")
    sealed = open_.name.removesuffix(".open")
    # Under the name that it will have, too: it may be sealed at any moment.
    assert [Path(place).name for place in places(made)[sealed]] == [sealed, open_.name]
    assert Path(places(made)[sealed][1]).read_bytes() == open_.read_bytes()
    home.archive.close()
    (home.folder / "2026").mkdir()
    (home.folder / sealed).rename(home.folder / "2026" / sealed)
    assert made.refresh("http://127.0.0.1:1") == []
    place, of_store = places(made)[sealed]
    assert Path(place).read_bytes() == (home.folder / "2026" / sealed).read_bytes()
    assert of_store == f"http://127.0.0.1:1/{sealed.removesuffix('.warc.gz')}"


def test_a_segment_that_lies_nowhere_is_named(home: Home, made: Collection) -> None:
    keep(home, 0)
    home.archive.close()
    (path,) = home.folder.glob("*.gz")
    path.unlink()
    name = path.name.removesuffix(".warc.gz")
    assert made.refresh() == [name]
    assert made.refresh("http://127.0.0.1:1") == [name]
    with home.database.write() as session:
        session.execute(update(Segment).values(stored_in="s3://bucket"))
    assert made.refresh() == [name]
    assert made.refresh("http://127.0.0.1:1") == []


def test_what_the_archive_says_is_no_template(made: Collection) -> None:
    made.put_page("{{ 7 * 7 }}", "{% raise %}{# gone #}")
    page = (made.folder / "templates" / "index.html").read_text()
    assert page.count("{%") == page.count("%}") == 5
    assert "{{" not in page
    assert "{#" not in page
