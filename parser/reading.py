"""`parse`: from a payload to a `Reading`, whatever the payload is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parser.bundle import opened
from parser.checks import check
from parser.claims import find_claims
from parser.document import Document, Grid, State, Unreadable
from parser.forms import fill, form_of_year, gaps_of_words
from parser.narrative import tell, year_told
from parser.readers import BUNDLES, detect, read
from parser.readers.page_images import EMBEDDED, embedded, read_in_order
from parser.readers.pasted import FORMATS, pasted
from parser.recognition import judge
from parser.report import Doubt, Reading, Report
from parser.sections import prose_lines
from parser.signature import find_signature
from parser.soft_checks import soft_findings
from parser.titles import find_title, other_kind, tidy, top_lines

MAX_PAYLOAD = 64 * 1024 * 1024
"""Octets above which a payload is not looked into: the longest report seen is a scan of 30 MiB."""

_HARDLY_TEXT = 300
"""Characters below which the text of an office document can be no more than the title of what it shows."""


def parse(payload: bytes) -> Reading:
    """Read one payload. Never raises for what the payload contains; the state says what became of it. Where
    memory runs out, which is a matter of the machine, `MemoryError` is raised."""
    reading, document = parse_with_document(payload)
    if _is_hardly_text(reading, document):
        return _with_pasted(payload, reading, document)
    return _with_embedded(payload, reading)


def parse_with_document(payload: bytes) -> tuple[Reading, Document | None]:
    """What `parse` gives, and the document that was understood, so that nobody has to read it again."""
    if not payload.strip(b" \t\r\n\x00"):
        return Reading(State.EMPTY, "", "The payload is empty."), None
    kind = detect(payload)
    if len(payload) > MAX_PAYLOAD:
        return Reading(State.TOO_LARGE, kind, f"The payload has more than {MAX_PAYLOAD} octets."), None
    bundle = None
    try:
        if kind in BUNDLES:
            bundle = opened(payload, kind, _understand_files)
        document = bundle.document if bundle else read(payload, kind)
    except Unreadable as unreadable:
        return Reading(unreadable.state, kind, unreadable.reason), None
    except RecursionError:
        return Reading(State.DAMAGED, kind, "The file is nested too deeply to be read."), None
    try:
        reading = _understand(document)
    except RecursionError:
        return Reading(State.DAMAGED, kind, "The document is nested too deeply to be understood."), None
    return (bundle.compared(reading) if bundle else reading), document


def _with_embedded(page: bytes, reading: Reading) -> Reading:
    """The reading of a page; where it shows its report as images that stand in the page itself, theirs."""
    linked = tuple(name for name in reading.images if not name.startswith(EMBEDDED))
    if len(linked) == len(reading.images):
        return reading
    reading, names = replace(reading, images=linked), reading.images
    if linked:
        return reading
    from parser.readers.html import tree_of  # noqa: PLC0415 - only where such a page is met

    tree = tree_of(page)
    shown = parse_images(page, [(name, embedded(tree, name)) for name in names])
    return shown if shown.state in (State.REPORT, State.IMAGE_ONLY, State.TOO_LARGE) else reading


def _is_hardly_text(reading: Reading, document: Document | None) -> bool:
    """Whether what was read of an office document is so little that its pictures may be the report."""
    if reading.format not in FORMATS or reading.state not in (State.IMAGE_ONLY, State.NOT_A_REPORT):
        return False
    if document is None:
        return True
    lines = [block.text for block in document.blocks if not isinstance(block, Grid)]
    tables = len(document.blocks) > len(lines)
    return not tables and sum(map(len, lines)) < _HARDLY_TEXT and other_kind(document) is None


def _with_pasted(payload: bytes, reading: Reading, document: Document | None) -> Reading:
    """The reading of an office document; where its sheets are pasted into it as pictures, theirs."""
    try:
        found = [one for one in pasted(payload, reading.format) if detect(one[1]) == "image"]
        if not found:
            return reading
        shown = read_in_order(found)
    except Unreadable as unreadable:
        told = unreadable.state in (State.IMAGE_ONLY, State.TOO_LARGE)
        return replace(reading, state=unreadable.state, reason=unreadable.reason) if told else reading
    meta = _named_by(document) if document is not None else {}
    understood = _understand(replace(shown, format=reading.format, meta=meta))
    return understood if understood.state is State.REPORT else reading


def _named_by(document: Document) -> dict[str, str]:
    """The page tags of a document, with its heading as its title."""
    meta = dict(document.meta)
    heading = find_title(document, top_lines(document))
    if heading is not None:
        meta.setdefault("ArticleTitle", heading.text)
    return meta


def parse_images(page: bytes, images: Sequence[tuple[str, bytes | None]]) -> Reading:
    """Read the report that a page shows as images, given as (address, octets) in their order; `None` where
    the source has it no more. Never raises for what they contain.

    Title and tags of the page are those of the document; its text is that of the images alone.
    """
    there = [(name, octets) for name, octets in images if octets is not None]
    if sum(len(octets) for _, octets in there) > MAX_PAYLOAD:
        return Reading(State.TOO_LARGE, "image", f"The images have more than {MAX_PAYLOAD} octets.")
    pictures = [(name, octets) for name, octets in there if detect(octets) == "image"]
    try:
        shown, around = read_in_order(pictures), read(page, "html")
    except Unreadable as unreadable:
        return Reading(unreadable.state, "image", unreadable.reason)
    except RecursionError:
        return Reading(State.DAMAGED, "image", "The page is nested too deeply to be read.")
    missing = tuple(
        f"The image “{name}” of the page is not there to be read."
        for name, octets in images
        if octets is None or detect(octets) != "image"
    )
    return _understand(replace(shown, meta=_named_by(around), notes=(*shown.notes, *missing)))


def _understand_files(files: Sequence[tuple[str, bytes]]) -> tuple[Reading, Document | None]:
    """Read a file of an archive, given as (path, octets), or several images as the pages of one document.
    Never raises for what they contain."""
    if len(files) == 1:
        return parse_with_document(files[0][1])
    try:
        document = read_in_order(files)
        return _understand(document), document
    except Unreadable as unreadable:
        return Reading(unreadable.state, "image", unreadable.reason), None


def _understand(document: Document) -> Reading:
    """From blocks to a report, or to the reason why there is none."""
    top = top_lines(document)
    named = find_title(document, top)
    filled = fill(document, year_told(named, top))
    spoken = tuple(prose_lines(document, filled.rows))
    lines = [line.text for line in spoken]
    title = find_title(document, lines)
    other = other_kind(document)
    verdict = judge(document, filled, title, lines, other)
    if verdict.reason:
        announces = title is not None and not title.bare and other is None
        return Reading(
            State.NOT_A_REPORT,
            document.format,
            verdict.reason,
            attachments=verdict.attachments,
            images=document.images if announces else (),
        )
    story = tell(document, title, lines)
    figures = {figure.key: figure for figure in filled.figures}
    claims = find_claims(spoken)
    doubts = [Doubt("reader", "document", note) for note in document.notes]
    doubts += [*filled.doubts, *story.doubts]
    form = filled.form or form_of_year(story.year)
    if filled.form is None:
        doubts += gaps_of_words(form, filled.evidence, story.year)
    if other is not None:
        doubts.append(Doubt("title", "document", f"The page is titled “{other}”, which is no annual report."))
    elif title is None:
        doubts.append(Doubt("title", "title", "No line of the document is the title of an annual report."))
    report = Report(
        form=form,
        title=title.text
        if title
        else tidy(document.meta.get("ArticleTitle") or document.meta.get("title", "")),
        agency=story.agency,
        year=story.year,
        period=story.period,
        published=story.published,
        contact=story.contact,
        preamble=story.narrative.preamble,
        sections=story.narrative.sections,
        fee=story.fee,
        claims=claims,
        signature=find_signature(lines),
        site_id=document.meta.get("SiteIDCode"),
        figures=filled.figures,
        findings=(*check(figures, filled.doubts), *soft_findings(figures, claims)),
        doubts=tuple(doubts),
        meta=dict(document.meta),
    )
    links = tuple(link.href for link in document.links)
    # Chapters without the tables that a report of its year has: those may be shown as images.
    images = document.images if not filled.figures and form != "pre2019" else ()
    return Reading(State.REPORT, document.format, report=report, attachments=links, images=images)
