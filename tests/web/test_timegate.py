"""The TimeGate: which memento a time leads to, and what is said of the others."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.storage.exchanges import SITE
from tests.web.archived import LONG, SPELLINGS, VISITED
from tests.web.served import Served, http_time, second, stamp


def memento(served: Served, url: str, minutes: float) -> str:
    return f"{served.base}/memento/{stamp(second(minutes))}/{url}"


ASKED = {
    -9999: (0, None, 10), 0: (0, None, 10), 9.9: (0, None, 10), 10: (10, 0, 20), 29.9: (20, 10, 30),
    99: (40, 30, None),
}  # fmt: skip
"""Minutes after noon, and to which memento they lead, with the one before it and the one after it."""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("asked", ASKED)
def test_the_last_memento_not_after_a_time(served: Served, method: str, asked: float) -> None:
    found, previous, following = ASKED[asked]
    answer = served.ask(f"/timegate/{VISITED}", method, accept_datetime=http_time(second(asked)))
    assert (answer.status, answer.headers["vary"]) == (302, "accept-datetime")
    assert answer.headers["location"] == memento(served, VISITED, found)
    assert "memento-datetime" not in answer.headers
    expected = {
        "original": VISITED,
        "timegate": f"{served.base}/timegate/{VISITED}",
        "timemap": f"{served.base}/timemap/link/{VISITED}",
        "memento": memento(served, VISITED, found),
        "first": memento(served, VISITED, 0),
        "last": memento(served, VISITED, 40),
    }
    expected |= {} if previous is None else {"prev": memento(served, VISITED, previous)}
    expected |= {} if following is None else {"next": memento(served, VISITED, following)}
    if found in (0, 40):
        del expected["memento"]  # it is named as the first or the last
    assert answer.links() == expected
    assert answer.body == (b"" if method == "HEAD" else memento(served, VISITED, found).encode() + b"\n")


def test_links_tell_their_times(served: Served) -> None:
    answer = served.ask(f"/timegate/{VISITED}", accept_datetime=http_time(second(12)))
    for minutes, relation in (
        (0, "first prev memento"),
        (10, "memento"),
        (20, "next memento"),
        (40, "last memento"),
    ):
        told = f'rel="{relation}"; datetime="{http_time(second(minutes))}"'
        assert f"<{memento(served, VISITED, minutes)}>; {told}" in answer.headers["link"]


def test_without_a_time_the_last_memento(served: Served) -> None:
    answer = served.ask(f"/timegate/{VISITED}")
    assert answer.headers["location"] == memento(served, VISITED, 40)


@pytest.mark.parametrize(
    "time",
    [
        "", "2026-01-31", "Sat, 31 Feb 2026 02:00:00 GMT", "Sat, 31 Jan 2026 02:00:00 CST", "x" * 5000,
        "Sat, 31 Jan 99999 02:00:00 GMT", "Sat, 31 Foo 2026 02:00:00 GMT", "Sat, 31 Jan 2026 25:00:00 GMT",
        "Sat, 31 Jan 2026 02:00 GMT",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(served: Served, time: str) -> None:
    answer = served.ask(f"/timegate/{VISITED}", accept_datetime=time)
    assert answer.status == 400
    assert "is not a time; write it as HTTP does" in answer.line


@pytest.mark.parametrize("url", [f"https://{SITE}/zwgk/", f"http://{SITE}/zwgk", "http://www.example.cn/"])
def test_what_was_never_captured_is_not_found(served: Served, url: str) -> None:
    for path in (f"/timegate/{url}", f"/timemap/link/{url}", f"/timemap/json/{url}", f"/memento/2026/{url}"):
        answer = served.ask(path)
        assert answer.status == 404
        assert answer.line.startswith(f"there is no memento of {url};")
        assert "memento-datetime" not in answer.headers


@pytest.mark.parametrize(
    "address", ["www.example.cn/", "ftp://www.example.cn/", "javascript:alert(1)", "http:", "%68ttp://a/"]
)
def test_what_is_no_address_is_refused(served: Served, address: str) -> None:
    for path in (f"/timegate/{address}", f"/timemap/link/{address}", f"/memento/20260101000000/{address}"):
        answer = served.ask(path)
        assert answer.status == 400
        assert "is not the address of a web page" in answer.line


def asked_as(url: str) -> list[str]:
    """How clients and proxies may write an address that was captured."""
    written = quote(url, "%/:?[]@!$&'()*+,;=~-._")
    return [written, written.replace("://", ":/", 1), quote(url, "")]


@pytest.mark.parametrize("url", SPELLINGS)
def test_an_address_is_found_as_it_is_written_on_the_way(served: Served, url: str) -> None:
    for written in asked_as(url):
        answer = served.ask(f"/timegate/{written}")
        assert answer.status == 302, (written, answer.body)
        shown = served.ask(answer.headers["location"])
        assert (shown.status, shown.body) == (200, url.encode())


@pytest.mark.parametrize(
    "written",
    [
        VISITED.upper().replace("/ZWGK/", "/zwgk/"),
        VISITED.replace(SITE, f"{SITE}:80"),
        f"http%3A%2F%2F{SITE}%2Fzwgk%2F",
    ],
)
def test_case_and_port_of_a_host_do_not_count(served: Served, written: str) -> None:
    answer = served.ask(f"/timegate/{written}")
    assert answer.headers["location"] == memento(served, VISITED, 40)


def test_an_address_of_8_kb(served: Served) -> None:
    answer = served.ask(f"/timegate/{LONG}")
    assert answer.headers["location"] == memento(served, LONG, 0)
    # No more than clients take: what is dear is left out.
    assert answer.links().keys() == {"original", "timegate", "timemap"}
    shown = served.ask(answer.headers["location"])
    assert (shown.body, shown.links()["original"]) == (b"long", LONG)
