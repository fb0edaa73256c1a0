"""Image files whose headers lie: more dots, frames, chunks, scans or tables than there are, in circles or
without end. Written octet by octet, since no library writes them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from PIL import Image

EDGES = (0, 1, 7, 200, 640, 9_999, 10_000, 16_383, 30_000, 65_535, 1_000_000, (1 << 31) - 1, (1 << 32) - 1)
"""Widths and heights that a header claims."""

HUNDRED_THOUSAND = 100_000
_MEGABYTE = 1 << 20
_NUMBERS = (0, 1, 2, 7, 16, 255, 65_535, 1 << 20, (1 << 31) - 1, (1 << 32) - 1)


def lying(rng: Random) -> bytes:
    """An image file with a header that is not true."""
    return rng.choice(_MAKERS)(rng)


@cache
def _zeros(megabytes: int) -> bytes:
    """So much, packed a thousand times smaller."""
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(bytes(_MEGABYTE)) for _ in range(megabytes)]) + packer.flush()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(rng: Random) -> bytes:
    """Sizes, depths and colours that no PNG has; texts and dots that unpack to more than was said."""
    if rng.random() < 0.5:
        size, kinds = (
            (rng.choice(EDGES), rng.choice(EDGES)),
            (rng.choice((0, 1, 3, 8, 16, 32, 255)), rng.randrange(8)),
        )
    else:
        size, kinds = (
            (rng.choice((300, 1110)), rng.choice((40, 300))),
            rng.choice(((1, 0), (8, 0), (8, 2), (8, 3), (16, 6))),
        )
    head = struct.pack(">IIBBBBB", *size, *kinds, rng.choice((0, 0, 0, 1)), 0, rng.choice((0, 0, 1, 2)))
    early = rng.choice(
        (
            lambda: b"",
            lambda: _chunk(b"PLTE", bytes(rng.choice((0, 1, 3, 768, 9_999)))),
            lambda: _chunk(b"zTXt", b"a\x00\x00" + _zeros(rng.choice((1, 63, 300)))),
            lambda: _chunk(b"iTXt", b"a\x00\x01\x00\x00\x00" + _zeros(rng.choice((1, 63)))),
            lambda: _chunk(b"iCCP", b"a\x00\x00" + _zeros(rng.choice((1, 63)))),
            lambda: _chunk(b"tEXt", b"a\x00b") * HUNDRED_THOUSAND,
            lambda: _chunk(b"acTL", struct.pack(">II", rng.choice((HUNDRED_THOUSAND, (1 << 32) - 1)), 0)),
            lambda: _chunk(b"eXIf", _tiff(rng)),
            lambda: _chunk(b"tRNS", bytes(rng.choice((0, 1, 6, 999)))),
            lambda: _chunk(b"pHYs", struct.pack(">IIB", *rng.choices(_NUMBERS, k=2), rng.randrange(3))),
        )
    )()  # fmt: skip
    dots = rng.choice((b"", b"\x78", zlib.compress(bytes(90_000)), _zeros(1), _zeros(63), _zeros(300)))
    step = rng.choice((1, 99, len(dots) or 1, len(dots) or 1))
    pieces = [dots[at : at + step] for at in range(0, min(len(dots), 9_000 * step), step)]
    data = b"".join([_chunk(b"IDAT", piece) for piece in pieces])
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + early + data + rng.choice((b"", _chunk(b"IEND", b"")))
    )


def _gif(rng: Random) -> bytes:
    """Screens and frames of any size, frames without end, code sizes that there are not."""
    edge = rng.choice(EDGES[:10]), rng.choice(EDGES[:10])
    screen = struct.pack("<HHBBB", *edge, rng.choice((0, 0x80, 0x87, 0xFF)), rng.choice((0, 255)), 0)
    screen += bytes(3 << ((screen[4] & 7) + 1)) if screen[4] & 0x80 else b""
    place = rng.choice(((0, 0, 1, 1), (0, 0, *edge), (65_535, 65_535, 1, 1), (0, 0, 65_535, 65_535)))
    frame = b"," + struct.pack("<HHHH", *place) + bytes([rng.choice((0, 0x40, 0x80))])
    frame += bytes([rng.choice((0, 2, 2, 8, 12, 255))]) + rng.choice(
        (b"\x02\x44\x01\x00", b"\x00", b"\xff" * 99)
    )
    before = rng.choice(
        (b"", b"!\xf9\x04" + bytes([rng.randrange(32)]) + b"\x00\x00\x00\x00", b"!\xfe\x01a\x00" * 900)
    )
    count = rng.choice((1, 2, 60, 61, 900, HUNDRED_THOUSAND))
    return b"GIF89a" + screen + (before + frame) * count + rng.choice((b"", b";"))


def _tiff(rng: Random) -> bytes:
    """Directories in a circle or without end, tables of more values than the file has octets."""
    wide, high = (rng.choice(EDGES), rng.choice(EDGES)) if rng.random() < 0.4 else (1110, 48)
    per, packing = rng.choice((1, 1, 3, 65_535)), rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 32_773, 34_712, 50_000))
    entries: list[tuple[int, int, int, int]] = [
        (256, 4, 1, wide),
        (257, 4, 1, high),
        (258, 3, 1, rng.choice((0, 1, 8, 8, 16, 32, 64, 65_535))),
        (259, 3, 1, packing),
        (262, 3, 1, rng.choice((0, 1, 2, 3, 5, 6, 8, 65_535))),
        (273, 4, rng.choice((1, 1, 1, 9_999_999)), rng.choice((8, 8, 8, 0, 1 << 31))),
        (274, 3, 1, rng.choice((1, 3, 6, 8, 99))),
        (277, 3, 1, per),
        (278, 4, 1, rng.choice((high, 1, 0))),
        (279, 4, 1, rng.choice((wide * high & 0xFFFFFFFF, 9, (1 << 32) - 1))),
        (282, 5, 1, rng.choice((8, 1 << 31))),
    ]
    if rng.random() < 0.3:
        entries.append(
            (
                rng.choice((320, 322, 330, 34_665, 34_675, 34_853, 65_000)),
                rng.randrange(14),
                rng.choice(_NUMBERS),
                8,
            )
        )
    if rng.random() < 0.3:
        place = rng.randrange(len(entries))
        entries[place] = (entries[place][0], rng.randrange(14), rng.choice(_NUMBERS), rng.choice(_NUMBERS))
    dots = rng.choice((bytes(90), bytes(60_000), b"\xff" * 9_000, _zeros(1), _zeros(63)))
    dots += bytes(len(dots) % 2)
    first = 8 + len(dots)
    size = 2 + 12 * len(entries) + 4
    count = rng.choice((1, 1, 2, 3))
    last = rng.choice((0, first, 8, 1 << 31))
    return (
        struct.pack("<2sHI", b"II", 42, first)
        + dots
        + _directories(entries, [*(first + size * number for number in range(1, count)), last])
    )


def _frames(rng: Random) -> bytes:
    """A hundred thousand small directories, each a frame; or one that leads back to itself."""
    count = rng.choice((1, 70, 9_000, HUNDRED_THOUSAND))
    entries = [(256, 4, 1, 300), (257, 4, 1, rng.choice((1, 4, 7))), (273, 4, 1, 8), (279, 4, 1, 0)]
    size = 2 + 12 * len(entries) + 4
    places = [8 + size * number for number in range(1, count)]
    return struct.pack("<2sHI", b"II", 42, 8) + _directories(entries, [*places, rng.choice((0, 8, 8 + size))])


def _directories(entries: Sequence[tuple[int, int, int, int]], following: Sequence[int]) -> bytes:
    body = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", *entry) for entry in sorted(entries)
    )
    return b"".join([body + struct.pack("<I", place) for place in following])


def _bmp(rng: Random) -> bytes:
    """Heights below nothing, depths that there are not, runs that lead out of the picture."""
    wide, high = (rng.choice(EDGES[:11]), rng.choice(EDGES[:11])) if rng.random() < 0.5 else (1110, 48)
    high = rng.choice((high, high, -high))
    depth, packing = rng.choice((0, 1, 3, 4, 8, 16, 24, 32, 64)), rng.choice((0, 0, 1, 2, 3, 4, 5, 6, 99))
    planes, colours = rng.choice((1, 0)), rng.choice(_NUMBERS)
    inch = (rng.choice((0, 7_874, (1 << 31) - 1)),) * 2
    head = struct.pack(
        "<IiiHHII", rng.choice((40, 40, 12, 108, 9_999)), wide, high, planes, depth, packing, 9
    )
    head += struct.pack("<iiII", *inch, colours, 0)
    dots = rng.choice((b"", bytes(60_000), b"\x00\x02\xff\xff" * 9_000, b"\xff\x01" * 9_000))
    start = rng.choice((54, 54, 54 + 1024, 0, 1 << 31))
    return b"BM" + struct.pack("<IHHI", len(dots) + 54, 0, 0, start) + head + bytes(1024) + dots


def _noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", size, Random(1).randbytes(size[0] * size[1]))


@cache
def _good_jpeg(*, progressive: bool) -> bytes:
    stream = io.BytesIO()
    _noise((1110, 48)).save(stream, "JPEG", quality=20, dpi=(200, 200), progressive=progressive)
    return stream.getvalue()


def _jpeg(rng: Random) -> bytes:
    """Another size or depth than the dots have; scans over and over; a broken mark of how to turn it."""
    progressive = rng.random() < 0.5
    octets = bytearray(_good_jpeg(progressive=progressive))
    frame = octets.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    match rng.choice(("size", "size", "depth", "scans", "marks", "exif", "kind")):
        case "size":
            struct.pack_into(">HH", octets, frame + 5, rng.choice(EDGES[:10]), rng.choice(EDGES[:10]))
        case "depth":
            octets[frame + rng.choice((4, 9, 11))] = rng.choice((0, 1, 4, 12, 16, 99, 255))
        case "scans":
            # Each of them goes over all dots once more.
            struct.pack_into(
                ">HH", octets, frame + 5, *rng.choice(((48, 1110), (3_000, 3_000), (9_999, 9_999)))
            )
            scan = octets.index(b"\xff\xda")
            octets[scan:] = octets[scan : scan + 60] * rng.choice((3, 90, 2_000))
        case "marks":
            octets[2:2] = rng.choice((b"\xff\xfe\x00\x02", b"\xff\xe1\x00\x08Exif\x00\x00", b"\xff")) * 50_000
        case "exif":
            mark = b"Exif\x00\x00" + _tiff(rng)[-9_000:]
            octets[2:2] = b"\xff\xe1" + struct.pack(">H", len(mark) + 2) + mark
        case _:
            octets[frame + 1] = rng.choice((0xC1, 0xC3, 0xC5, 0xC9, 0xCA, 0xCF))
    return bytes(octets)


def _webp(rng: Random) -> bytes:
    """A canvas as large as can be, frames without end, lengths that are not true."""
    stream = io.BytesIO()
    _noise((64, 16)).save(stream, "WEBP")
    still = stream.getvalue()[12:]
    edge = [rng.choice((0, 63, 16_383, (1 << 24) - 1)).to_bytes(3, "little") for _ in range(2)]
    canvas = (
        b"VP8X" + struct.pack("<I", 10) + bytes([rng.choice((0x02, 0x12, 0xFF)), 0, 0, 0]) + edge[0] + edge[1]
    )
    size = b"\x3f\x00\x00\x0f\x00\x00"
    frame = bytes(6) + rng.choice((size, size, b"\xff" * 6)) + bytes(4) + still
    frames = (b"ANMF" + struct.pack("<I", len(frame)) + frame) * rng.choice((1, 2, 61, 2_000))
    body = b"WEBP" + canvas + b"ANIM" + struct.pack("<IIH", 6, 0, 0) + frames
    if rng.random() < 0.3:
        body = (
            b"WEBP"
            + still[:8]
            + bytes(octet ^ rng.choice((0, 0, 0, 255)) for octet in still[8:40])
            + still[40:]
        )
    return b"RIFF" + struct.pack("<I", rng.choice((len(body), len(body), 4, (1 << 32) - 1))) + body


_MAKERS: tuple[Callable[[Random], bytes], ...] = (
    *(_png, _png, _png, _gif, _gif, _tiff, _tiff, _tiff, _frames, _bmp, _jpeg, _jpeg, _webp),
)
