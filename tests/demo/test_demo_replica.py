"""The replica's server, asked over real sockets."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from hashlib import sha256

import pypdfium2  # type: ignore[import-untyped]
import pytest

import demo
from demo.days import EVENTS
from demo.faults import FAULTS
from demo.replica import Replica
from demo.sites import all_sites

SHIZUISHAN = "http://gaj.shizuishan.gov.cn"
WUZHONG = "https://www.wuzhong.gov.cn"
FAULT = "http://faults.example.invalid/_fault"


@pytest.fixture(scope="module")
def shared() -> Iterator[Replica]:
    with Replica() as running:
        yield running


@pytest.fixture
def replica(shared: Replica) -> Replica:
    shared.set_day(1)
    return shared


def connected(replica: Replica) -> socket.socket:
    return socket.create_connection(("127.0.0.1", replica.port), timeout=20)


def exchanged(replica: Replica, octets: bytes) -> bytes:
    """Everything that comes back until the replica closes."""
    with connected(replica) as connection:
        connection.sendall(octets)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def asked(replica: Replica, url: str, **headers: str) -> http.client.HTTPResponse:
    """The reply to a GET, read by the standard library, body and all."""
    connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=20)
    target = url
    if url.startswith("https://"):
        host, _, rest = url.removeprefix("https://").partition("/")
        target = f"/{rest}"
        context = ssl.create_default_context(cadata=replica.ca_pem)
        connection = http.client.HTTPSConnection("127.0.0.1", replica.port, timeout=20, context=context)
        connection.set_tunnel(host)
    try:
        connection.request(
            "GET", target, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer
    finally:
        connection.close()


def body(answer: http.client.HTTPResponse) -> bytes:
    octets = answer.body  # type: ignore[attr-defined]
    assert isinstance(octets, bytes)
    return octets


def test_plain_requests_in_absolute_form(replica: Replica) -> None:
    answer = asked(replica, f"{SHIZUISHAN}/")
    assert answer.status == 200
    assert answer.headers["X-Replica"] == "nianbao-demo"
    assert int(answer.headers["Content-Length"]) == len(body(answer))
    assert "石嘴山市公安局" in body(answer).decode()


def test_tls_through_connect_with_a_certificate_that_checks_out(replica: Replica) -> None:
    answer = asked(replica, f"{WUZHONG}/")
    assert answer.status == 200
    assert answer.headers["X-Replica"] == "nianbao-demo"
    assert "吴忠市人民政府" in body(answer).decode()


def test_the_certificate_is_for_its_host_only(replica: Replica) -> None:
    context = ssl.create_default_context(cadata=replica.ca_pem)
    with connected(replica) as connection:
        connection.sendall(b"CONNECT www.wuzhong.gov.cn:443 HTTP/1.1\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(ssl.SSLCertVerificationError):
            context.wrap_socket(connection, server_hostname="gaj.shizuishan.gov.cn")


def test_the_secure_site_sends_plain_requests_to_https(replica: Replica) -> None:
    answer = asked(replica, "http://www.wuzhong.gov.cn/xxgk/")
    assert (answer.status, answer.headers["Location"]) == (301, f"{WUZHONG}/xxgk/")


def test_the_plain_site_has_no_tls(replica: Replica) -> None:
    octets = exchanged(replica, b"CONNECT gaj.shizuishan.gov.cn:443 HTTP/1.1\r\n\r\n")
    assert octets.startswith(b"HTTP/1.1 502 ")


def test_unknown_hosts_get_one_clear_line(replica: Replica) -> None:
    before = len(replica.hits)
    answer = asked(replica, "http://www.gov.cn/")
    assert answer.status == 502
    assert (
        body(answer).decode() == "the replica does not know the host www.gov.cn and never asks the network\n"
    )
    assert len(replica.hits) == before
    tunnel = exchanged(replica, b"CONNECT www.gov.cn:443 HTTP/1.1\r\nHost: www.gov.cn:443\r\n\r\n")
    assert tunnel.startswith(b"HTTP/1.1 502 ")
    assert b"X-Replica: nianbao-demo\r\n" in tunnel


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: gaj.shizuishan.gov.cn\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET http://[gaj/ HTTP/1.1\r\n\r\n", 400),
        (f"GET {FAULT}/huge?mb=many HTTP/1.1\r\n\r\n".encode(), 400),
        (b"GET http://gaj.shizuishan.gov.cn/ HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET http://gaj.shizuishan.gov.cn/ HTTP/1.1\r\nX: " + b"x" * 70000 + b"\r\n\r\n", 400),
        (b"POST http://gaj.shizuishan.gov.cn/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", 405),
    ],
)
def test_what_is_no_request_for_a_page_is_refused(replica: Replica, octets: bytes, status: int) -> None:
    assert exchanged(replica, octets).startswith(b"HTTP/1.1 %d " % status)


def test_one_connection_serves_many_requests(replica: Replica) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=20)
    used = set()
    for path in ("/", "/zwgk/", "/nothing", "/zwgk/zfxxgk/fdzdgknr/nb_52017/", "/robots.txt"):
        connection.request("GET", SHIZUISHAN + path)
        connection.getresponse().read()
        used.add(connection.sock.getsockname())
    connection.close()
    assert len(used) == 1


def test_head_and_http_1_0(replica: Replica) -> None:
    listing = SHIZUISHAN + all_sites()["gaj.shizuishan.gov.cn"].annual.path
    head = exchanged(replica, f"HEAD {listing} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert head.endswith(b"\r\n\r\n")
    old = exchanged(replica, f"GET {listing} HTTP/1.0\r\n\r\n".encode())
    assert b"Transfer-Encoding" not in old
    assert old.endswith(replica.body(listing))


def test_listings_come_in_chunks(replica: Replica) -> None:
    listing = SHIZUISHAN + all_sites()["gaj.shizuishan.gov.cn"].annual.path
    answer = asked(replica, listing)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in answer.headers
    assert body(answer) == replica.body(listing)


def test_one_report_is_compressed_for_those_who_accept_it(replica: Replica) -> None:
    (report,) = [report for report in demo.reports().values() if report.dress.gzip]
    url = demo.report_url(report)
    packed, plain = asked(replica, url, Accept_Encoding="gzip, deflate"), asked(replica, url)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert body(packed) == replica.body(url)
    assert "Content-Encoding" not in plain.headers
    assert body(plain) == replica.body(url, gzip=False) == gzip.decompress(body(packed))
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_conditional_requests_get_304_until_the_page_changes(replica: Replica) -> None:
    url = demo.report_url(demo.reports()[EVENTS.edited])
    first = asked(replica, url)
    by_tag = {"If_None_Match": first.headers["ETag"]}
    by_date = {"If_Modified_Since": first.headers["Last-Modified"]}
    for condition in (by_tag, by_date):
        again = asked(replica, url, **condition)
        assert (again.status, body(again)) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["X-Replica"] == "nianbao-demo"
    replica.set_day(2)
    for condition in (by_tag, by_date):
        changed = asked(replica, url, **condition)
        assert changed.status == 200
        assert body(changed) != body(first)
        assert len(body(changed)) == len(body(first))
    assert asked(replica, url, If_Modified_Since="yesterday").status == 200


def test_a_moved_report_is_redirected_to(replica: Replica) -> None:
    (report,) = [report for report in demo.reports().values() if report.dress.moved_from]
    answer = asked(replica, f"{SHIZUISHAN}{report.dress.moved_from}")
    assert (answer.status, answer.headers["Location"]) == (301, demo.report_url(report))


def test_the_days_as_a_client_sees_them(replica: Replica) -> None:
    reports = {**demo.reports(1), **demo.reports(2)}
    urls = [demo.report_url(reports[id_]) for id_ in (EVENTS.new, EVENTS.gone, EVENTS.blocked)]
    assert [asked(replica, url).status for url in urls] == [404, 200, 200]
    for day in (2, 3):
        replica.set_day(day)
        answers = [asked(replica, url) for url in urls]
        assert [answer.status for answer in answers] == [200, 404, 412]
        assert "Set-Cookie" in answers[2].headers
    with pytest.raises(ValueError, match="not 4"):
        replica.set_day(4)
    assert replica.day == 3


def test_hits_tell_what_was_sent(replica: Replica) -> None:
    replica.set_day(2)
    url = demo.report_url(demo.reports(2)[EVENTS.edited])
    answer = asked(replica, url)
    hit = replica.hits[-1]
    assert (hit.day, hit.method, hit.url, hit.status) == (2, "GET", url, 200)
    assert hit.sha256 == sha256(body(answer)).hexdigest() == sha256(replica.body(url, 2)).hexdigest()
    assert hit.length == len(body(answer))
    assert replica.body(url, 1) != replica.body(url, 2)


def test_many_clients_at_once(replica: Replica) -> None:
    urls = [demo.report_url(report) for report in demo.reports().values()]
    wrong: list[str] = []

    def fetch(url: str) -> None:
        if body(asked(replica, url)) != replica.body(url, 1, gzip=False):
            wrong.append(url)

    threads = [threading.Thread(target=fetch, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_urllib_uses_it_as_any_proxy(replica: Replica) -> None:
    context = ssl.create_default_context(cadata=replica.ca_pem)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": replica.proxy_url, "https": replica.proxy_url}),
        urllib.request.HTTPSHandler(context=context),
    )
    with opener.open("http://www.wuzhong.gov.cn/") as answer:
        assert answer.url == f"{WUZHONG}/"
        assert answer.read() == replica.body(f"{WUZHONG}/")


def test_stops_with_connections_open_and_frees_its_port() -> None:
    with Replica(day=2) as replica:
        idle, tunnel = connected(replica), connected(replica)
        tunnel.sendall(b"CONNECT www.wuzhong.gov.cn:443 HTTP/1.1\r\n\r\n")
        assert tunnel.recv(4096).startswith(b"HTTP/1.1 200 ")
        secure = ssl.create_default_context(cadata=replica.ca_pem).wrap_socket(
            tunnel, server_hostname="www.wuzhong.gov.cn"
        )
        port = replica.port
        started = time.monotonic()
    assert time.monotonic() - started < 30
    idle.close()
    secure.close()
    with Replica(port=port) as again:
        assert again.port == port
        with pytest.raises(OSError, match="in use"), Replica(port=port):
            pass
    assert not [thread for thread in threading.enumerate() if thread.name == "replica" and not thread.daemon]


def test_the_command_says_where_it_listens(tmp_path: object) -> None:
    command = [sys.executable, "-W", "error", "-m", "demo.server", "--day", "2", "--ca", f"{tmp_path}/ca.pem"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert line.startswith("http://127.0.0.1:")
    assert line.endswith("on day 2\n")


def test_fault_short(replica: Replica) -> None:
    with pytest.raises(http.client.IncompleteRead):
        asked(replica, f"{FAULT}/short")


def test_fault_reset(replica: Replica) -> None:
    with pytest.raises(ConnectionResetError):
        asked(replica, f"{FAULT}/reset")


def test_fault_nothing(replica: Replica) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        asked(replica, f"{FAULT}/nothing")


def test_fault_huge(replica: Replica) -> None:
    answer = asked(replica, f"{FAULT}/huge?mb=3")
    assert len(body(answer)) == 3 * 1024 * 1024


def test_fault_huge_survives_a_client_that_leaves(replica: Replica) -> None:
    with connected(replica) as connection:
        connection.sendall(f"GET {FAULT}/huge?mb=200 HTTP/1.1\r\n\r\n".encode())
        assert connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert asked(replica, f"{SHIZUISHAN}/").status == 200


def test_fault_slow(replica: Replica) -> None:
    started = time.monotonic()
    assert len(body(asked(replica, f"{FAULT}/slow?s=0.3"))) == 220
    assert time.monotonic() - started >= 0.3


def test_fault_empty(replica: Replica) -> None:
    answer = asked(replica, f"{FAULT}/empty")
    assert (answer.status, body(answer)) == (200, b"")


def test_fault_trailer(replica: Replica) -> None:
    octets = exchanged(replica, f"GET {FAULT}/chunked-trailer HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert octets.endswith(b"0\r\nX-Checked: yes\r\n\r\n")
    assert body(asked(replica, f"{FAULT}/chunked-trailer")) == b"<p>one</p><p>two</p>"


def test_fault_bad_chunk(replica: Replica) -> None:
    with pytest.raises((http.client.IncompleteRead, ValueError)):
        asked(replica, f"{FAULT}/bad-chunk")


def test_fault_status_and_loop(replica: Replica) -> None:
    assert asked(replica, f"{FAULT}/status?code=429").status == 429
    loop = asked(replica, f"{FAULT}/loop")
    assert (loop.status, loop.headers["Location"]) == (302, f"{FAULT}/loop")
    assert asked(replica, f"{FAULT}/no-such").status == 404


@pytest.mark.parametrize("name", ["truncated.pdf", "locked.pdf"])
def test_fault_documents_do_not_open(replica: Replica, name: str) -> None:
    octets = body(asked(replica, f"{FAULT}/{name}"))
    assert octets.startswith(b"%PDF-")
    assert octets == body(asked(replica, f"{FAULT}/{name}"))
    if name == "locked.pdf":
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(octets)
        with pypdfium2.PdfDocument(octets, password="replica") as document:
            assert len(document) == 1
    else:
        assert b"%%EOF" not in octets


def test_faults_over_tls_too(replica: Replica) -> None:
    answer = asked(replica, "https://faults.example.invalid/_fault/chunked-trailer")
    assert body(answer) == b"<p>one</p><p>two</p>"


def test_no_page_links_to_a_fault(replica: Replica) -> None:
    assert len(FAULTS) == 12
    for url in (f"{SHIZUISHAN}/", f"{WUZHONG}/"):
        assert b"_fault" not in replica.body(url)
