"""Three nights, as their segments lie and as CDXJ and WACZ, held against tools that are not ours."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from storage.exchange import take_apart
from tests.cli.console import is_one_line, nianbao_here
from tests.nights import PROGRAM, Nights, captures, environment, told
from tests.peers import FOLDER, node_script, peer, run

pytestmark = [pytest.mark.usefixtures("databases"), pytest.mark.timeout(400)]
WARCIO = Path(sys.executable).parent / "warcio"


def made(nights: Nights, *arguments: str) -> Path:
    """The file that a command made, which ends its arguments."""
    done = nianbao_here(*arguments, home=nights.home)
    assert done.code == 0, done.complaint
    return Path(arguments[1])


@pytest.fixture(scope="module")
def everything(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three nights as one package."""
    return made(nights, "wacz", str(tmp_path_factory.mktemp("package") / "all.wacz"))


def pages_of(package: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(package) as archive:
        return [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()][1:]


def payloads(package: Path) -> dict[tuple[str, str], bytes]:
    """What each line of its index leads to, revisits followed, by URL and time."""
    found: dict[tuple[str, str], bytes] = {}
    by_id: dict[str, bytes] = {}
    waiting: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(package) as archive:
        for line in gzip.decompress(archive.read("indexes/index.cdx.gz")).splitlines():
            _, time, text = line.decode().split(" ", 2)
            fields = json.loads(text)
            file = archive.read(f"archive/{fields['filename']}")
            member = file[int(fields["offset"]) :][: int(fields["length"])]
            (record,) = [(one, one.content_stream().read()) for one in ArchiveIterator(io.BytesIO(member))]
            headers, payload = record[0].rec_headers, record[1]
            if record[0].rec_type == "revisit":
                waiting[fields["url"], time] = headers["WARC-Refers-To"]
            else:
                by_id[headers["WARC-Record-ID"]] = found[fields["url"], time] = payload
    return found | {key: by_id[original] for key, original in waiting.items()}


def segments(nights: Nights) -> list[Path]:
    return sorted((nights.home / "archive").glob("*.warc.gz"))


def chunked(nights: Nights) -> dict[str, bytes]:
    """The entities of the replies that came in chunks, by the id of their records."""
    found = {}
    for path in segments(nights):
        with path.open("rb") as file:
            for record in FastIterator(file, parse_http=False, record_types=WarcRecordType.response):
                block = record.reader.read()
                if b"transfer-encoding: chunked" in block.partition(b"\r\n\r\n")[0].lower():
                    found[record.headers["WARC-Record-ID"].strip("<>")] = bytes(take_apart(block).payload)
    assert len(found) > 3
    return found


def test_warcio_check_finds_fault_with_chunked_replies_only(nights: Nights) -> None:
    """WARC 1.1 §5.9 has the payload digest of the entity, without transfer coding. warcio and FastWARC take
    it over the chunks as they stand, and call ours wrong there, and nowhere else."""
    done = subprocess.run(
        [WARCIO, "check", "-v", *segments(nights)], capture_output=True, text=True, timeout=100, check=False
    )
    verdicts: dict[str, str] = {}
    said: dict[str, str] = {}
    for line in done.stdout.splitlines():
        if record := re.search(r"WARC-Record-ID <(.*?)>", line):
            last = record[1]
        elif line.startswith("    "):
            verdicts[last] = line.strip().partition(" sha1:")[0]
            said[last] = line.rpartition(" ")[2]
    assert Counter(verdicts.values())["digest pass"] > 150
    entities = chunked(nights)
    wrong = {record_id for record_id, verdict in verdicts.items() if "fail" in verdict}
    assert wrong == entities.keys()
    for record_id, entity in entities.items():
        sha1 = hashlib.sha1(entity, usedforsecurity=False).digest()
        assert said[record_id] == f"sha1:{base64.b32encode(sha1).decode()}"


def test_fastwarc_verifies_every_digest_but_those_of_chunked_replies(nights: Nights) -> None:
    blocks = 0
    for path in segments(nights):
        with path.open("rb") as file:
            for record in FastIterator(file, parse_http=False):
                if "WARC-Block-Digest" in record.headers:
                    assert record.verify_block_digest(), record.record_id
                    blocks += 1
    assert blocks > len(captures(nights.home))
    wrong = set()
    for path in segments(nights):
        with path.open("rb") as file:
            for record in FastIterator(file, record_types=WarcRecordType.response):
                if not record.verify_payload_digest():
                    wrong.add(record.headers["WARC-Record-ID"].strip("<>"))
    assert wrong == chunked(nights).keys()


def test_rows_are_those_of_cdxj_indexer(nights: Nights, tmp_path: Path) -> None:
    ours = made(nights, "cdxj", str(tmp_path / "index.cdxj")).read_text(encoding="ascii")
    theirs = run(peer("cdxj-indexer"), "--sort", nights.home / "archive")
    assert ours.splitlines() == theirs.splitlines()
    kinds = Counter(json.loads(line.split(" ", 2)[2]).get("mime") for line in ours.splitlines())
    assert kinds["warc/revisit"] > 40


def test_every_page_of_a_site_resolves(nights: Nights, tmp_path: Path) -> None:
    package = made(nights, "wacz", str(tmp_path / "site.wacz"), "--site", "gaj.shizuishan.gov.cn")
    found = payloads(package)
    pages = pages_of(package)
    assert len(pages) > 8
    for page in pages:
        time = "".join(char for char in page["ts"] if char.isdigit())
        assert len(found[page["url"], time]) > 100
        assert page["title"]
    # Originals may lie on the other site; its pages are none of this package.
    assert {page["url"].split("/")[2] for page in pages} == {"gaj.shizuishan.gov.cn"}


def test_a_report_comes_with_what_its_page_needs(nights: Nights, tmp_path: Path) -> None:
    url = next(change["url"] for change in nights.changes_of(2) if change["kind"] == "changed")
    package = made(nights, "wacz", str(tmp_path / "report.wacz"), "--report", url)
    found = payloads(package)
    texts = [page["text"] for page in pages_of(package) if page["url"] == url]
    assert ["3386" in text for text in texts] == [True, False]
    assert ["3836" in text for text in texts] == [False, True]
    endings = {address.rpartition(".")[2] for address, _ in found}
    assert {"html", "css", "png"} <= endings
    with zipfile.ZipFile(package) as archive:
        assert json.loads(archive.read("datapackage.json"))["mainPageUrl"] == url


def test_a_time_has_what_was_captured_in_it(nights: Nights, tmp_path: Path) -> None:
    third = [one for one in captures(nights.home) if one.run_id == nights.summaries[3]["run"]]
    start = min(one.captured_at for one in third).isoformat()
    package = made(nights, "wacz", str(tmp_path / "third.wacz"), "--since", start)
    found = payloads(package)
    asked = {(one.url, f"{one.captured_at:%Y%m%d%H%M%S}") for one in third if one.response_offset is not None}
    assert asked <= found.keys()
    # Nearly all of that night refers to the first one.
    assert len(found) > len(asked) + 20


def test_wacz_validate_finds_nothing_wrong(everything: Path) -> None:
    assert "the passed WACZ is valid" in run(peer("wacz"), "validate", "-f", everything)


def test_replayweb_page_opens_every_page(nights: Nights, tmp_path: Path) -> None:
    script = node_script("wabac.mjs")
    key = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", str(key)],
        check=True, timeout=30,
    )  # fmt: skip
    package = made(nights, "wacz", str(tmp_path / "all.wacz"), "--sign", str(key))
    told = json.loads(run(*script, package, FOLDER))
    assert told["signature"] is True
    found = {key: hashlib.sha256(payload).hexdigest() for key, payload in payloads(package).items()}
    listed = [(page["url"], "".join(filter(str.isdigit, page["ts"]))) for page in pages_of(package)]
    assert sorted((page["url"], page["ts"]) for page in told["pages"]) == sorted(listed)
    for page in told["pages"]:
        assert (page["status"], page["sha256"]) == (200, found[page["url"], page["ts"]]), page


@pytest.mark.parametrize("command", ["cdxj", "wacz"])
def test_a_disk_that_fills_up_leaves_nothing(nights: Nights, tmp_path: Path, command: str) -> None:
    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (33 * 1024, 33 * 1024))  # SQLite needs 32 KiB

    done = subprocess.run(
        [*PROGRAM, command, str(tmp_path / "out")],
        env=environment(nights.home), capture_output=True, timeout=60, check=False, preexec_fn=small,
    )  # fmt: skip
    assert done.returncode == 4
    assert is_one_line(done.stderr.decode())
    assert "cannot write" in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_lost_by_a_name_that_is_taken(nights: Nights, tmp_path: Path) -> None:
    there, link, pipe = tmp_path / "index.cdxj", tmp_path / "link", tmp_path / "pipe"
    there.write_text("an older one")
    link.symlink_to(there)
    os.mkfifo(pipe)
    segment = next((nights.home / "archive").glob("*.warc.gz"))
    for path, forced, code, said in (
        (there, (), 2, "is there already; `--force` replaces it"),
        (pipe, ("--force",), 4, "it is no ordinary file"),
        (segment, ("--force",), 4, "this folder is the archive's own"),
        (segment.with_name("new.cdxj"), (), 4, "this folder is the archive's own"),
    ):
        done = nianbao_here("cdxj", str(path), *forced, home=nights.home)
        assert (done.code, is_one_line(done.complaint), said in done.complaint) == (code, True, True)
    assert there.read_text() == "an older one"
    assert nianbao_here("cdxj", str(link), "--force", home=nights.home).code == 0
    assert there.read_text().startswith("cn,gov,")
    assert link.is_symlink()


def test_nothing_of_that_is_said_in_one_line(nights: Nights, tmp_path: Path) -> None:
    for chosen, code, said in (
        (("--since", "2999-01-01"), 3, "nothing of that"),
        (("--site", "www.example.cn"), 2, "no site 'www.example.cn'"),
    ):
        done = nianbao_here("wacz", str(tmp_path / "out.wacz"), *chosen, home=nights.home)
        assert done.code == code
        assert is_one_line(done.complaint)
        assert said in done.complaint
    assert list(tmp_path.iterdir()) == []


def test_a_package_joins_the_record_of_another_home(nights: Nights, everything: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    summary = told(elsewhere, "import", str(everything))
    assert summary["captures"] == sum(one.response_offset is not None for one in captures(nights.home))
    assert (summary["known"], summary["lost"], summary["other"]) == (0, 0, 0)
    here = {report["url"]: report for report in told(nights.home, "reports")}
    there = {report["url"]: report for report in told(elsewhere, "reports")}
    assert there.keys() == here.keys()
    for url, report in there.items():
        assert report["figures"] == here[url]["figures"]
        assert (report["version"], report["captured_at"]) == (here[url]["version"], here[url]["captured_at"])
    assert len(summary["runs"]) >= len(nights.summaries)
    again = told(elsewhere, "import", str(everything))
    assert (again["runs"], again["captures"], again["known"]) == ([], 0, summary["captures"])


def test_what_is_older_than_what_is_known_makes_no_version(nights: Nights, tmp_path: Path) -> None:
    url = next(change["url"] for change in nights.changes_of(2) if change["kind"] == "changed")
    second = [one for one in captures(nights.home) if one.run_id == nights.summaries[2]["run"]]
    since = min(one.captured_at for one in second).isoformat()
    new = made(nights, "wacz", str(tmp_path / "new.wacz"), "--since", since, "--report", url)
    old = made(nights, "wacz", str(tmp_path / "old.wacz"), "--until", since, "--report", url)
    elsewhere = tmp_path / "elsewhere"
    assert told(elsewhere, "import", str(new))["changes"]["new"] == 1
    before = told(elsewhere, "reports")
    joined = told(elsewhere, "import", str(old))
    assert joined["captures"] > 0
    assert set(joined["changes"].values()) == {0}
    assert told(elsewhere, "reports") == before
    # What the page said then is in the archive all the same.
    page = nianbao_here("raw", url, "--at", since, home=elsewhere)
    assert (page.code, b"3386" in page.octets) == (0, True)


def test_what_cannot_be_imported_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "page.wacz").write_bytes(b"<html>")
    done = nianbao_here("import", str(tmp_path / "page.wacz"), home=tmp_path / "home")
    assert done.code == 5
    assert is_one_line(done.complaint)
    assert "nothing of it was taken in" in done.complaint
