"""A WACZ as other tools open it: zipfile, warcio, cryptography."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from errors import BadKey, CannotWrite, Damaged
from storage.exchange import Purpose, Reply
from storage.models import Capture
from storage.selection import Selection
from storage.signing import Signer
from storage.wacz import Told, write_wacz
from tests.storage.exchanges import NOON, PURPOSE, URL, Home, exchange, reply

PAGE = "<title>年报</title>".encode() + b"a page that is long enough to be referred to " * 10
OTHER = b"<html>" + b"other" * 100
STYLE = Purpose("requisite", "the report page shows it")
NOW = datetime(2026, 11, 22, 6, 30, 10, tzinfo=UTC)


def describe(capture: Capture, reply: Reply) -> Told:
    return Told(f"Title of {capture.id}", bytes(reply.payload).decode())


def pack(home: Home, selection: Selection | None = None, **differing: Any) -> zipfile.ZipFile:
    path = home.path / "out.wacz"
    how: dict[str, Any] = {"title": "题", "software": "Nianbao/test", "now": NOW, "describe": describe}
    with home.database.read() as session:
        write_wacz(session, home.folder, selection or Selection(), path, **how | differing)
    return zipfile.ZipFile(path)


def index(package: zipfile.ZipFile) -> list[tuple[str, dict[str, Any]]]:
    lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    return [(line.split(" ")[1], json.loads(line.split(" ", 2)[2])) for line in lines]


def record_at(package: zipfile.ZipFile, fields: dict[str, Any]) -> Any:
    octets = package.read(f"archive/{fields['filename']}")[int(fields["offset"]) :][: int(fields["length"])]
    (record,) = [(one, one.content_stream().read()) for one in ArchiveIterator(io.BytesIO(octets))]
    return record


@pytest.fixture
def kept(home: Home) -> Home:
    """A page, a style sheet, another page; then, in a segment of its own, the first one again."""
    home.archive.add(exchange(reply(PAGE)), PURPOSE)
    home.archive.add(exchange(reply(b"body{}" * 60), "https://gaj.example.gov.cn/s.css", minutes=1), STYLE)
    home.archive.add(exchange(reply(OTHER), minutes=2), PURPOSE)
    home.archive.close()
    home.archive.add(exchange(reply(PAGE), minutes=60), PURPOSE)
    home.archive.add(exchange(minutes=61, problem="timed out"), PURPOSE)
    home.archive.close()
    return home


def test_all_of_it(kept: Home) -> None:
    package = pack(kept)
    segments = sorted(path.name for path in kept.folder.iterdir())
    assert [name for name in package.namelist() if name.startswith("archive/")] == [
        f"archive/{name}" for name in segments
    ]
    # With nothing left out, the files are the segments; and nothing of them is packed twice.
    for name in segments:
        assert package.read(f"archive/{name}") == (kept.folder / name).read_bytes()
    assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}
    descriptor = json.loads(package.read("datapackage.json"))
    assert (descriptor["wacz_version"], descriptor["title"]) == ("1.1.1", "题")
    assert descriptor["created"] == "2026-11-22T06:30:10Z"
    listed = {one["path"]: (one["hash"], one["bytes"]) for one in descriptor["resources"]}
    for name in package.namelist():
        if not name.startswith("datapackage"):
            octets = package.read(name)
            assert listed.pop(name) == (f"sha256:{hashlib.sha256(octets).hexdigest()}", len(octets))
    assert listed == {}
    digest = json.loads(package.read("datapackage-digest.json"))
    descriptor_sha256 = hashlib.sha256(package.read("datapackage.json")).hexdigest()
    assert digest == {"path": "datapackage.json", "hash": f"sha256:{descriptor_sha256}"}


def test_pages_are_listed_once_an_answer_and_each_resolves(kept: Home) -> None:
    package = pack(kept)
    head, *pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
    assert head["format"] == "json-pages-1.0"
    assert [(page["ts"], page["title"]) for page in pages] == [
        ("2026-11-22T04:00:00Z", "Title of 1"), ("2026-11-22T04:02:00Z", "Title of 3"),
    ]  # fmt: skip
    rows = dict(index(package))
    for page, payload in zip(pages, (PAGE, OTHER), strict=True):
        fields = rows["".join(char for char in page["ts"] if char.isdigit())]
        assert fields["url"] == page["url"]
        assert record_at(package, fields)[1] == payload
        assert page["text"] == payload.decode()


def test_what_a_part_refers_to_is_in_it(kept: Home) -> None:
    package = pack(kept, Selection(since=NOON + timedelta(minutes=30)))
    (original_time, original), (time, revisit) = index(package)
    assert (original_time, time) == ("20261122040000", "20261122050000")
    record, _ = record_at(package, revisit)
    assert record.rec_type == "revisit"
    found, payload = record_at(package, original)
    refers_to = record.rec_headers["WARC-Refers-To"]
    assert (found.rec_headers["WARC-Record-ID"], payload) == (refers_to, PAGE)
    # The page of that night is listed, the one that it refers to was not asked for.
    pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()][1:]
    assert [page["ts"] for page in pages] == ["2026-11-22T05:00:00Z"]
    kinds = {
        info.filename: [record.rec_type for record in ArchiveIterator(io.BytesIO(package.read(info)))]
        for info in package.infolist()
        if info.filename.startswith("archive/")
    }
    series = ["request", "metadata"]
    assert list(kinds.values()) == [
        ["warcinfo", "response", *series], ["warcinfo", "revisit", *series, *series],
    ]  # fmt: skip


def test_the_list_of_the_index_leads_to_its_pieces(kept: Home) -> None:
    package = pack(kept)
    head, *listed = package.read("indexes/index.idx").decode().splitlines()
    assert json.loads(head.removeprefix("!meta 0 "))["filename"] == "index.cdx.gz"
    octets = package.read("indexes/index.cdx.gz")
    for line in listed:
        key, time, fields = line.split(" ", 2)
        place = json.loads(fields)
        piece = octets[place["offset"] :][: place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(piece).hexdigest()}"
        assert gzip.decompress(piece).decode().startswith(f"{key} {time} ")


def test_a_signature_is_of_the_descriptor(kept: Home, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    package = pack(kept, signer=Signer(path))
    signed = json.loads(package.read("datapackage-digest.json"))["signedData"]
    descriptor = package.read("datapackage.json")
    assert signed["hash"] == f"sha256:{hashlib.sha256(descriptor).hexdigest()}"
    assert signed["created"] == json.loads(descriptor)["created"]
    octets = base64.b64decode(signed["signature"])
    numbers = (int.from_bytes(octets[:48], "big"), int.from_bytes(octets[48:], "big"))
    public = serialization.load_der_public_key(base64.b64decode(signed["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public == key.public_key()
    # Raises where it is not its signature.
    public.verify(encode_dss_signature(*numbers), signed["hash"].encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("octets", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_named(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(octets)
    with pytest.raises(BadKey, match="no private key"):
        Signer(tmp_path / "key.pem")


def test_a_key_on_another_curve_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    with pytest.raises(BadKey, match="P-384"):
        Signer(path)


def test_a_damaged_record_leaves_no_package(kept: Home) -> None:
    first = min(kept.folder.iterdir())
    octets = bytearray(first.read_bytes())
    with kept.database.read() as session:
        capture = session.get_one(Capture, 3)
    octets[(capture.response_offset or 0) + (capture.response_bytes or 0) // 2] ^= 0xFF
    first.write_bytes(octets)
    with pytest.raises(Damaged, match=URL):
        pack(kept)
    assert [path.name for path in kept.path.iterdir() if "wacz" in path.name] == []


def test_a_full_disk_leaves_the_package_that_was_there(kept: Home) -> None:
    path = kept.path / "out.wacz"
    path.write_bytes(b"the one of yesterday")
    with pytest.raises(CannotWrite, match=r"out\.wacz"):
        pack(kept, describe=_on_a_full_disk)
    assert path.read_bytes() == b"the one of yesterday"
    assert [one.name for one in kept.path.iterdir() if "wacz" in one.name] == ["out.wacz"]


def _on_a_full_disk(capture: Capture, reply: Reply) -> Told:
    # What the kernel says of a write to a full disk, from the device that always says so.
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        full.write(b"x")
    raise AssertionError("the disk was not full")
