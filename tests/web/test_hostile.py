"""Hostile pages in a real Chromium: through our service they reach nothing, read nothing and leave nothing.

The same pages without our service do reach the live host, or else these tests could not fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import Chromium, Page
from tests.storage.exchanges import SITE
from tests.web.live import Live
from tests.web.served import Kept, Served, second, stamp

HOST = f"http://{SITE}"
WORKER = f"{HOST}/worker.js"
STYLE = f"{HOST}/style.css"
KNOWS_ALLOWLISTS = 156
"""The version of Chromium with which it was tried."""
FOLDER = Path(__file__).parent / "hostile"
PAGE, XHTML, SVG, PDF = (
    (FOLDER / name).read_text(encoding="utf-8")
    for name in ("page.html", "page.xhtml", "image.svg", "paper.pdf")
)
"""In them, LIVE is the live host, and WORKER an archived script."""
XSLT = '<?xml-stylesheet type="text/xsl" href="LIVE/xsl"?><?xml-stylesheet href="LIVE/xmlstyle"?>'
PARTS = f"--b\r\nContent-Type: text/html\r\n\r\n{PAGE}\r\n--b--"
HEADERS = (
    "Refresh: 0; url=LIVE/refreshed", "Set-Cookie: planted=1; Path=/", "Service-Worker-Allowed: /",
    "Content-Security-Policy: default-src *", 'NEL: {"report_to":"g","max_age":9}',
    "Link: <LIVE>; rel=preconnect, <LIVE/linked>; rel=preload; as=image",
    'Report-To: {"group":"g","max_age":9,"endpoints":[{"url":"LIVE/report"}]}',
)  # fmt: skip
KINDS = {
    "page": ("200 OK\r\nContent-Type: text/html", PAGE),
    "error": ("404 Not Found\r\nContent-Type: text/html; charset=utf-8", PAGE),
    "untyped": ("200 OK", PAGE),
    "text": ("200 OK\r\nContent-Type: text/plain", PAGE),
    "xhtml": ("200 OK\r\nContent-Type: application/xhtml+xml", XHTML),
    "xml": ("200 OK\r\nContent-Type: text/xml", XSLT + XHTML),
    "svg": ("200 OK\r\nContent-Type: image/svg+xml", SVG),
    "headers": ("\r\n".join(("200 OK", "Content-Type: text/html", *HEADERS)), "<h1>headers</h1>"),
    "location": ("302 Found\r\nContent-Type: text/html\r\nLocation: LIVE/location", PAGE),
    "script": ("302 Found\r\nContent-Type: text/html\r\nLocation: javascript:fetch('LIVE/l')", PAGE),
    "pdf": ("200 OK\r\nContent-Type: application/pdf", PDF),
    "multipart": ("200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b", PARTS),
}
"""What a hostile server says: its head, and the body."""
REACH = ("page", "untyped", "xml", "svg", "headers", "location")
"""Those that reach the live host where nothing stands before it."""
SAVED = ("pdf", "multipart")


def said(kind: str, live: Live) -> bytes:
    head, body = KINDS[kind]
    octets = body.replace("WORKER", WORKER).replace("LIVE", live.base).encode()
    length = f"Content-Length: {len(octets)}"
    return f"HTTP/1.1 {head.replace('LIVE', live.base)}\r\n{length}\r\n\r\n".encode() + octets


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with Live() as server:
        server.pages = {f"/{kind}": said(kind, server) for kind in KINDS}
        yield server


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory, live: Live, databases: None) -> Iterator[Served]:
    """The service of an archive that holds all of it."""
    kept = Kept(tmp_path_factory.mktemp("hostile") / "home")
    for kind in KINDS:
        kept.add(said(kind, live), f"{HOST}/{kind}")
    worker = f"fetch('{live.base}/worker'); document.title = 'ran'".encode()
    for url, kind in ((WORKER, "text/javascript"), (STYLE, "text/css")):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nService-Worker-Allowed: /\r\n\r\n"
        kept.add(head.encode() + worker, url)
    kept.close()
    with Served(kept.path) as service:
        yield service


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("browser") / "profile") as running:
        yield running


def memento(served: Served, url: str, flag: str = "") -> str:
    return f"{served.base}/memento/{stamp(second())}{flag}/{url}"


@pytest.fixture
def page(browser: Chromium, trapped: Served, live: Live) -> Page:
    """A page on our own origin, which has something to be stolen."""
    opened = browser.page().open(f"{trapped.base}/")
    opened.ask("document.cookie = 'secret=1'; localStorage.secret = '1'")
    live.asked.clear()
    live.connections = 0
    return opened


def nothing_reached(browser: Chromium, live: Live) -> bool:
    """Whether nobody came; a browser that does not know `Connection-Allowlist` yet may still knock."""
    version = int(browser.call("Browser.getVersion")["product"].partition("/")[2].partition(".")[0])
    return not live.asked and (live.connections == 0 or version < KNOWS_ALLOWLISTS)


def nothing_left(page: Page) -> bool:
    """Whether our origin, on which this page is, is as it was."""
    kept = page.ask("document.cookie + JSON.stringify(localStorage)") == 'secret=1{"secret":"1"}'
    workers = "navigator.serviceWorker.getRegistrations().then(found => found.length)"
    return kept and bool(page.ask(workers) == 0)


def test_by_themselves_they_reach_the_live_host(browser: Chromium) -> None:
    with Live() as live:
        live.pages = {f"/{kind}": said(kind, live) for kind in REACH}
        for kind in REACH:
            live.asked.clear()
            page = browser.page()
            page.ask(f"void (location = '{live.base}/{kind}')")
            browser.wait_until(lambda: len(set(live.asked)) > 1)  # the page, and what it asks for


def test_through_our_service_they_reach_nothing(
    page: Page, browser: Chromium, trapped: Served, live: Live
) -> None:
    for kind in KINDS.keys() - SAVED - {"location"}:
        page.open(memento(trapped, f"{HOST}/{kind}"))
        assert page.ask("[self.origin, document.title == 'ran']") == ["null", False], kind
        if kind in ("page", "error", "xhtml", "headers"):
            assert page.ask("document.querySelector('h1').textContent"), kind  # it is there to be seen
        told = page.ask(tried("document.cookie + localStorage.secret"))
        assert "SecurityError" in told, kind
        if kind == "page":
            for deed in ("#js').click()", "#form').submit()", "#ping').click()"):
                page.ask(tried(f"void document.querySelector('{deed}"))
            page.settle()
        assert nothing_reached(browser, live), kind
    assert nothing_left(page.open(f"{trapped.base}/"))


def test_styles_of_the_page_itself_show(page: Page, trapped: Served) -> None:
    page.open(memento(trapped, f"{HOST}/page"))
    assert page.ask("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"


def test_a_redirect_stays_in_the_archive(page: Page, browser: Chromium, trapped: Served, live: Live) -> None:
    page.open(memento(trapped, f"{HOST}/location"))
    assert page.ask("location.href") == memento(trapped, f"{live.base}/location")
    assert page.ask("document.body.textContent").startswith(f"there is no memento of {live.base}/location;")
    assert nothing_reached(browser, live)


def test_what_is_not_shown_is_saved(page: Page, browser: Chromium, trapped: Served, live: Live) -> None:
    saved: list[str] = []
    browser.listen(
        lambda event, told, _: saved.append(told["url"]) if event == "Page.downloadWillBegin" else None
    )
    raw = [memento(trapped, f"{HOST}/{kind}", "id_") for kind in ("page", "svg")]
    for number, address in enumerate([memento(trapped, f"{HOST}/{kind}") for kind in SAVED] + raw, 1):
        page.open(f"{trapped.base}/").ask(f"void (location = '{address}')")  # a page may save one thing only
        browser.wait_until(lambda number=number: len(saved) == number)  # type: ignore[misc]
        assert (saved[-1], page.ask("location.href")) == (address, f"{trapped.base}/")
    assert nothing_reached(browser, live)


def test_no_page_of_ours_can_be_made_to_use_it(
    page: Page, browser: Chromium, trapped: Served, live: Live
) -> None:
    worker, style, shown = (memento(trapped, url) for url in (WORKER, STYLE, f"{HOST}/page"))
    for deed in (
        f"navigator.serviceWorker.register('{worker}')",
        f"import('{worker}')",
        loaded("script", "src", worker),
        loaded("link rel=stylesheet", "href", style),
    ):
        assert page.ask(f"{deed}.then(() => 'used', () => 'refused')") == "refused", deed
    for element in (f"<iframe src={shown}></iframe>", f"<embed src={shown}>"):
        page.ask(f"void (document.body.innerHTML = '{element}')")
        text = page.wait_for(
            "frames.length ? frames[0].document.body.textContent : document.body.textContent"
        )
        assert text.strip().endswith("never as a part of another page")
    made = f"Object.assign(new Worker('{worker}'), {{onerror: error, onmessage: message}})"
    assert page.ask(f"new Promise((error, message) => {made}).then(() => 'refused')") == "refused"
    assert nothing_reached(browser, live)
    assert nothing_left(page)


def tried(expression: str) -> str:
    """An expression, or the error that it ends in."""
    return f"(() => {{ try {{ return {expression} }} catch (error) {{ return String(error) }} }})()"


def loaded(element: str, attribute: str, address: str) -> str:
    """A promise that an element of our own page loads what it names."""
    name = element.split(maxsplit=1)[0]
    relation = ", rel: 'stylesheet'" if name == "link" else ""
    return (
        f"new Promise((load, error) => document.head.append(Object.assign(document.createElement('{name}'),"
        f" {{{attribute}: '{address}', onload: load, onerror: error{relation}}})))"
    )
