"""PDF files written octet by octet, for what no library would write."""

from __future__ import annotations


def file_of(content: bytes, pages: int = 1) -> bytes:
    """A file whose pages (all of them the same object) have this content stream.

    `/F1` is Helvetica, `/F2` another with tall letters in it, `/X1` a form that draws itself.
    """
    kids = b" ".join([b"3 0 R"] * pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Font << /F1 6 0 R /F2 8 0 R >> /XObject << /X1 7 0 R >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources 5 0 R /Length 6 >>"
        b"\nstream\n/X1 Do\nendstream",
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Tall /Encoding /WinAnsiEncoding /FontDescriptor 9 0 R "
        b"/FirstChar 48 /LastChar 57 /Widths [%s] >>" % b" ".join([b"556"] * 10),
        b"<< /Type /FontDescriptor /FontName /Tall /Flags 32 /Ascent 1810 /Descent -80 /CapHeight 700 "
        b"/FontBBox [0 -80 1000 1810] /ItalicAngle 0 /StemV 80 >>",
    ]
    written = b"%PDF-1.7\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
