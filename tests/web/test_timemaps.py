"""Time maps: the same mementos as the TimeGate leads to, in link format and JSON, page by page."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from storage.timemap import PAGE
from tests.web.archived import CROWD, CROWDED, LONG, VISITED
from tests.web.served import Served, http_time, second, stamp

LINK = re.compile(r'<([^>]*)>((?:; [a-z]+="[^"]*")*)(?:,\n|\n$)')


def lines(body: bytes) -> list[tuple[str, dict[str, str]]]:
    """Each link of a time map: its address, and what is said of it."""
    text = body.decode("ascii")
    found = list(LINK.finditer(text))
    assert "".join(link[0] for link in found) == text
    return [(link[1], dict(re.findall(r'([a-z]+)="([^"]*)"', link[2]))) for link in found]


def test_link_format(served: Served) -> None:
    answer = served.ask(f"/timemap/link/{VISITED}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/link-format")
    times = [http_time(second(minutes)) for minutes in (0, 10, 20, 30, 40)]
    relations = ["first memento", "memento", "memento", "memento", "last memento"]
    assert lines(answer.body) == [
        (VISITED, {"rel": "original"}),
        (f"{served.base}/timegate/{VISITED}", {"rel": "timegate"}),
        (
            f"{served.base}/timemap/link/{VISITED}",
            {"rel": "self", "type": "application/link-format", "from": times[0], "until": times[-1]},
        ),
    ] + [
        (f"{served.base}/memento/{stamp(second(10 * number))}/{VISITED}", {"rel": relation, "datetime": time})
        for number, (relation, time) in enumerate(zip(relations, times, strict=True))
    ]


def test_json(served: Served) -> None:
    answer = served.ask(f"/timemap/json/{VISITED}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    told = json.loads(answer.body)
    listed = told["mementos"]["list"]
    assert [one["status"] for one in listed] == [200, 200, 304, 200, 404]
    assert len({one["payload_sha256"] for one in listed[:3]}) == 1
    assert len({one["payload_sha256"] for one in listed}) == 3
    assert listed[1]["datetime"] == f"{second(10):%Y-%m-%dT%H:%M:%SZ}"
    assert [one["uri"] for one in listed] == [
        address for address, told in lines(served.ask(f"/timemap/link/{VISITED}").body) if "datetime" in told
    ]
    assert (told["original_uri"], told["timegate_uri"]) == (VISITED, f"{served.base}/timegate/{VISITED}")
    assert told["timemap_uri"]["link_format"] == f"{served.base}/timemap/link/{VISITED}"
    assert told["mementos"]["last"]["uri"] == listed[-1]["uri"]


def test_every_memento_of_the_map_is_there(served: Served) -> None:
    for address, told in lines(served.ask(f"/timemap/link/{VISITED}").body)[3:]:
        answer = served.ask(address)
        assert answer.headers["memento-datetime"] == told["datetime"]
        led = served.ask(f"/timegate/{VISITED}", accept_datetime=told["datetime"])
        assert led.headers["location"] == address


@pytest.mark.parametrize("form", ["link", "json"])
def test_head_tells_as_much_without_the_body(served: Served, form: str) -> None:
    whole, head = (served.ask(f"/timemap/{form}/{VISITED}", method) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.body))


def test_a_form_or_a_page_that_is_not_there(served: Served) -> None:
    assert served.ask(f"/timemap/xml/{VISITED}").status == 404
    for form in ("link", "json"):
        answer = served.ask(f"/timemap/{form}/2/{VISITED}")
        assert (answer.status, answer.line) == (404, f"the time map of {VISITED} has no page 2")
    assert served.ask(f"/timemap/link/0/{VISITED}").status == 400
    assert len(lines(served.ask(f"/timemap/link/1/{VISITED}").body)) == 8
    assert len(lines(served.ask(f"/timemap/link/{LONG}").body)) == 4


@pytest.mark.parametrize("form", ["link", "json"])
def test_a_long_time_map_comes_in_pages(served: Served, form: str) -> None:
    first = f"{served.base}/timemap/{form}/{CROWDED}"
    told: list[str] = []
    for number in (1, 2, 3):
        address = first if number == 1 else f"{served.base}/timemap/{form}/{number}/{CROWDED}"
        others, listed = (of_links if form == "link" else of_json)(served.ask(address).body)
        # Each page names itself and the others, with their times.
        starts = [http_time(second(PAGE * page)) for page in range(3)]
        assert [start for _, start in others] == starts
        assert others[number - 1][0] == address
        told += listed
    assert told == [f"{served.base}/memento/{stamp(second(at))}/{CROWDED}" for at in range(CROWD)]
    assert served.ask(f"/timemap/{form}/4/{CROWDED}").status == 404


def of_links(body: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """Of a time map: the addresses of all pages with the times at which they begin, and its mementos."""
    told = lines(body)
    pages = sorted(
        ((address, said["from"]) for address, said in told if "from" in said),
        key=lambda page: page[0].partition("/http")[0],
    )
    return pages, [address for address, said in told if "datetime" in said]


def of_json(body: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    told = json.loads(body)
    starts = (datetime.fromisoformat(page["from"]) for page in told["timemap_index"])
    pages = [
        (page["uri"], http_time(start)) for page, start in zip(told["timemap_index"], starts, strict=True)
    ]
    return pages, [one["uri"] for one in told["mementos"]["list"]]


def test_first_and_last_are_those_of_all_pages(served: Served) -> None:
    relations = [
        [told["rel"] for address, told in lines(served.ask(f"/timemap/link/{page}{CROWDED}").body)]
        for page in ("", "2/", "3/")
    ]
    assert [told.count("first memento") for told in relations] == [1, 0, 0]
    assert [told.count("last memento") for told in relations] == [0, 0, 1]
