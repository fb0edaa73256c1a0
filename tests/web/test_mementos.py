"""Mementos: what is given out of an archived reply, to be looked at and octet for octet."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from urllib.parse import quote

import pytest

from tests.storage.exchanges import CHUNKED_PAYLOAD
from tests.storage.test_imports import PAGE as IMPORTED_PAGE
from tests.storage.test_imports import URL as IMPORTED
from tests.web.archived import (
    CHUNKS,
    CODED,
    DEFLATED,
    LATER,
    LOCATIONS,
    LYING,
    MOVED,
    NO_TYPE,
    PAGE,
    PAPER,
    SAVED,
    STATUSES,
    STRANGE_HEADERS,
    TYPED,
    UNKNOWN_CODING,
    VISITED,
    answered,
    sent_to,
    typed,
)  # fmt: skip
from tests.web.served import Answer, Served, http_time, second, stamp

PAYLOADS = {0: PAGE, 10: PAGE, 20: PAGE, 30: LATER, 40: b"gone"}
"""Of the visited address, by minutes after noon."""
OURS = {
    "content-security-policy", "connection-allowlist", "x-content-type-options", "referrer-policy",
    "cross-origin-resource-policy", "cross-origin-opener-policy", "x-dns-prefetch-control",
    "memento-datetime", "link", "content-type", "content-length", "date",
}  # fmt: skip


def path(url: str, minutes: float = 0, flag: str = "") -> str:
    return f"/memento/{stamp(second(minutes))}{flag}/{url}"


def is_inert(answer: Answer) -> bool:
    policy = answer.headers["content-security-policy"].split("; ")
    return (
        policy[:2] == ["sandbox", "default-src 'none'"]
        and "script-src" not in str(policy)
        and answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["connection-allowlist"] == "()"
        and answer.headers["cross-origin-resource-policy"] == "same-origin"
        and answer.headers["referrer-policy"] == "no-referrer"
    )


@pytest.mark.parametrize("minutes", PAYLOADS)
@pytest.mark.parametrize("flag", ["", "id_"])
def test_a_memento(served: Served, minutes: int, flag: str) -> None:
    answer = served.ask(path(VISITED, minutes, flag))
    assert answer.status == (404 if minutes == 40 else 200)
    assert answer.body == PAYLOADS[minutes]
    assert answer.headers["memento-datetime"] == http_time(second(minutes))
    links = answer.links()
    assert links["original"] == VISITED
    assert links["timegate"] == f"{served.base}/timegate/{VISITED}"
    assert links["timemap"] == f"{served.base}/timemap/link/{VISITED}"
    # What is named is what is looked at, whichever was asked for.
    assert links.get("prev") == (served.base + path(VISITED, minutes - 10) if minutes else None)
    assert links.get("next") == (served.base + path(VISITED, minutes + 10) if minutes < 40 else None)
    assert is_inert(answer)


@pytest.mark.parametrize("flag", ["", "id_"])
def test_head_says_the_same_without_the_body(served: Served, flag: str) -> None:
    whole, head = (served.ask(path(VISITED, 30, flag), method) for method in ("GET", "HEAD"))
    for answer in (whole, head):
        del answer.headers["date"]
    assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b"")
    assert head.headers["content-length"] == str(len(LATER))


def test_a_time_between_leads_to_the_memento_before_it(served: Served) -> None:
    for flag in ("", "id_"):
        for asked, minutes in ((29, 20), (-9999, 0), (9999, 40), (5, 0), (15, 10), (25, 20)):
            answer = served.ask(path(VISITED, asked, flag))
            assert (answer.status, answer.headers["location"]) == (
                302,
                served.base + path(VISITED, minutes, flag),
            )
            assert "memento-datetime" not in answer.headers
        for cut in ("2027", "202711", "20271122", "2027112204", "202711220400"):
            answer = served.ask(f"/memento/{cut}{flag}/{VISITED}")
            assert answer.headers["location"] == served.base + path(VISITED, 40, flag)


@pytest.mark.parametrize(
    "text", ["x", "202", "20261", "20261301", "20260230000000", "202601310200001", "²0260131", "20260131im_"]
)
def test_what_is_no_time_is_refused(served: Served, text: str) -> None:
    answer = served.ask(f"/memento/{quote(text)}/{VISITED}")
    assert answer.status == 400
    assert "is not a time; write 14 digits" in answer.line


@pytest.mark.parametrize("url", [CODED, DEFLATED, CHUNKS, PAPER, NO_TYPE, LYING, UNKNOWN_CODING, IMPORTED])
def test_raw_is_the_payload_octet_for_octet(served: Served, url: str) -> None:
    payload = {
        DEFLATED: zlib.compress(LATER)[2:-4], CHUNKS: CHUNKED_PAYLOAD, PAPER: b"%PDF-1.7",
        LYING: b"plain all the same", UNKNOWN_CODING: b"\x0b\x02\x80x", IMPORTED: IMPORTED_PAGE,
        NO_TYPE: b"<script>",
    }.get(url)  # fmt: skip
    # What was imported is asked for by the time of a revisit.
    answer = served.ask(f"/memento/{'20230302020304' if url == IMPORTED else stamp(second())}id_/{url}")
    assert answer.status == 200
    # The compressor writes the time into what it makes.
    assert (gzip.decompress(answer.body) if url == CODED else answer.body) == (payload or PAGE)
    assert answer.headers["content-length"] == str(len(answer.body))
    digest = base64.b64encode(hashlib.sha256(answer.body).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    coding = {CODED: "gzip", DEFLATED: "deflate", UNKNOWN_CODING: "br"}.get(url)
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert is_inert(answer)


def test_what_is_looked_at_is_without_its_coding(served: Served) -> None:
    for url, payload in ((CODED, PAGE), (DEFLATED, LATER), (LYING, b"plain all the same")):
        answer = served.ask(path(url))
        assert answer.body == payload
        assert "content-encoding" not in answer.headers
    answer = served.ask(path(UNKNOWN_CODING))
    assert (answer.body, answer.headers["content-encoding"]) == (b"\x0b\x02\x80x", "br")


def test_original_headers_go_out_under_names_that_nothing_acts_on(served: Served) -> None:
    answer = served.ask(path(STRANGE_HEADERS, 0, "id_"))
    original = {
        name.removeprefix("x-archive-orig-"): value
        for name, value in answer.headers.items()
        if "orig" in name
    }
    assert original["set-cookie"] == "stolen=1"
    assert original["location"] == "http://live.example/"
    assert original["x-odd-"].encode("latin-1") == b"\xe9"
    assert original["status"] == "200 OK"
    assert original["left-out"] == str(
        40 + 1 + 1 - sum(name.startswith("x-") and name != "x-odd-" for name in original)
    )
    assert answer.headers.keys() - {f"x-archive-orig-{name}" for name in original} == OURS | {
        "repr-digest", "content-disposition"
    }  # fmt: skip
    looked_at = served.ask(path(STRANGE_HEADERS))
    assert looked_at.headers.keys() == OURS


@pytest.mark.parametrize("kind", TYPED)
def test_what_a_browser_may_show_it_shows_as_what_it_is(served: Served, kind: str) -> None:
    answer = served.ask(path(typed(kind)))
    assert answer.headers["content-type"] == TYPED[kind]
    assert "content-disposition" not in answer.headers
    assert is_inert(answer)


def test_without_a_type_it_is_text(served: Served) -> None:
    assert served.ask(path(NO_TYPE)).headers["content-type"] == "text/plain"
    assert served.ask(path(NO_TYPE, 0, "id_")).headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("kind", SAVED)
def test_everything_else_is_saved(served: Served, kind: str) -> None:
    answer = served.ask(path(typed(kind)))
    assert answer.headers["content-type"] == ("application/octet-stream" if "multipart" in kind else kind)
    assert answer.headers["content-disposition"].startswith('attachment; filename="typed"')
    assert is_inert(answer)


def test_a_file_is_saved_under_its_name(served: Served) -> None:
    name = served.ask(path(PAPER)).headers["content-disposition"]
    assert (
        name == "attachment; filename=\"2022___.pdf\"; filename*=UTF-8''2022%E5%B9%B4%E5%B9%B4%E6%8A%A5.pdf"
    )


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_given_out_where_it_can_be(served: Served, status: int) -> None:
    answer = served.ask(path(answered(status)))
    assert answer.status == (200 if status in (204, 205, 600, 999, 99) else status)
    assert answer.body == (b"" if status in (204, 205) else b"%d" % status)
    assert "memento-datetime" in answer.headers
    raw = served.ask(path(answered(status), 0, "id_"))
    assert raw.headers["x-archive-orig-status"] == f"{status:03} Thus"


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("flag", ["", "id_"])
def test_a_redirect_leads_to_a_memento_or_nowhere(served: Served, location: str, flag: str) -> None:
    answer = served.ask(path(sent_to(location), 0, flag))
    target = LOCATIONS[location]
    assert (answer.status, answer.body) == (302, b"moved")
    assert answer.headers.get("location") == (target and served.base + path(target, 0, flag))
    assert "memento-datetime" in answer.headers


def test_a_page_that_moved_to_itself_leads_nowhere(served: Served) -> None:
    answer = served.ask(path(MOVED))
    assert (answer.status, answer.body, answer.headers.get("location")) == (301, PAGE, None)


@pytest.mark.parametrize(
    "wanted", ["service-worker", "script", "style", "iframe", "worker", "image", "embed"]
)
def test_it_is_no_part_of_another_page(served: Served, wanted: str) -> None:
    told = {"service_worker": "script"} if wanted == "service-worker" else {"sec_fetch_dest": wanted}
    for flag in ("", "id_"):
        answer = served.ask(path(VISITED, 0, flag), **told)
        assert answer.status == 403
        assert (
            answer.line
            == f"{VISITED} is archived, and given out by itself only, never as a part of another page"
        )
    assert served.ask(path(VISITED), sec_fetch_dest="document").status == 200
