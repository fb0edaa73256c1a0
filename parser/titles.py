"""The title of a report, and what it says: agency and year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parser.dates import arabic
from parser.document import Block, Document, Grid, Heading, Paragraph
from parser.folding import fold, label
from parser.names import is_name

_SUBJECT = (
    r"(?:政府信息公开和政务公开|政务公开和政府信息公开|政府信息公开暨政务公开|政府信息与政务公开|政府信息主动公开"
    r"|政府信息公开|政务信息公开|政务公开|警务公开|信息公开)"
)
_CORE = re.compile(
    rf"{_SUBJECT}(?:工作)?(?:情况)?的?(?:20\d\d年?)?(?:年度|度)?(?:工作|总结|情况)*的?(?:年度报告|年报|报告|年度总结|总结)(?:\(.{{1,12}}\))?$"
)
_ENDINGS = ("报告", "年报", "总结", ")")
"""How whatever `_CORE` finds ends."""
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年度|年|-)?")
_NOT_A_TITLE = re.compile(
    r"[。；！？]|根据|现发布|现予|现将|编制|如下|[:：].|关于印发|解读|图解|图读懂|(?<!关于)(?:发布|公布|晒出)|>"
)
_SUBJECT_ALONE = re.compile(rf"(?:{_SUBJECT}|首页|目录|指南|制度|专栏|栏目|年度报告|年报)+$")
_KINDS = (
    "通知|公告|通告|公示|通报|要点|方案|计划|任务|分解表|指南|解读|图解|规定|办法|制度|条例|细则|规范|标准|目录|清单|申请表"
    "|评分表|汇总表|统计年报|统计年鉴|预算|决算|考核结果|报表"
)
_OTHER_KIND = re.compile(
    rf"(?:{_KINDS})(?:\([^()]*\))?$|^(?:政策)?(?:图解|解读|一图读懂)|预算公开|决算公开|法治政府|依法行政|行政执法"
    r"|^关于(?:做好|开展|报送|印发|编制)"
)
_WRAPPER = re.compile(r"关于(?:公布|发布|公开).*(?:年度报告|年报)的(?:公告|通告|通知)$")
"""The title over a report that is published with a word in front of it."""
_NAMED = re.compile(r"(?:19|20)\d\d|^关于|(?:[省市县区乡镇局厅委院]|人民政府)(?!.{0,2}$)")
"""What the title of a document names, and that of a column of the site (政策解读, 部门预算公开) does not."""
_SITE_PART = re.compile(r"[_|｜]|\s[-–—]+\s|--+|-(?=[^-]*(?:网|政府|局|频道|年报)$)")
_AROUND = re.compile(r"^附件\d{0,2}[:、]|\.(?:pdf|docx?|wps|html?)$", re.IGNORECASE)
_IN_FRONT = re.compile(r"^\(([^()]{1,10})\)")
_SHORTEST_TWICE = 8
_YEARS = re.compile(r"((?:19|20)\d\d)(?:年度|年)?(?:-+|—+|~|至|到)((?:19|20)\d\d)(?:年度|年)?")
"""A report on two years: which of them its figures are on, its title does not say."""
_PART_OF_A_YEAR = re.compile(r"季度|半年|\d月份?(?:政府信息|政务|信息)公开")
_MENU = re.compile(
    r"^(?:(?:网站)?首页|(?:当前|您的|所在)位置[:]?|政府信息公开(?:指南|制度|目录|专栏|年报)?|政务公开(?:专栏)?|信息公开(?:指南|目录)?"
    r"|法定主动公开内容|依申请公开|机构(?:职能|设置|概况|信息|简介)|领导(?:信息|之窗|介绍)|通知公告|公示公告|政策(?:文件|法规|解读)"
    r"|规划计划|统计信息|财政信息|人事信息|新闻中心|工作动态|互动交流|政民互动|办事服务|政务服务|专题专栏|公开年报|年度报告|打印|关闭)+"
)
"""What the navigation of a page says in front of a name that a print of the page glued to it."""
_LONGEST = 70
_LOOK_AT = 60
_PIECES = 4


@dataclass(frozen=True, slots=True)
class Title:
    """A title: as printed (blanks between characters of different lines taken out), who, which year. `agency`
    and `year` are `None` where the title does not say."""

    text: str
    agency: str | None
    year: int | None

    @property
    def bare(self) -> bool:
        """Whether it names neither agency nor year: often the name of a column, seldom a report's title."""
        return self.agency is None and self.year is None


def is_title(folded: str) -> bool:
    """Whether a folded line can be the title of a report."""
    if len(folded) > _LONGEST or _CORE.search(folded) is None or _NOT_A_TITLE.search(folded):
        return False
    return not _PART_OF_A_YEAR.search(folded) or "年度报告" in folded or "年报" in folded


def find_title(document: Document, lines: Sequence[str]) -> Title | None:
    """The report's own title: the one printed above the text, else the page tag, else the window title."""
    best: tuple[int, Title] | None = None
    for text in _candidates(lines):
        title = take_apart(text)
        if title is None:
            continue
        rank = 2 * (title.agency is not None) + (title.year is not None)
        if best is None or rank > best[0]:
            best = rank, title
    tagged = [title for text in _tagged(document) if (title := take_apart(text)) is not None]
    if best is not None:
        if best[0] < 2 and tagged and tagged[0].agency and tagged[0].year in (best[1].year, None):
            return tagged[0]
        return best[1]
    return tagged[0] if tagged else None


def take_apart(text: str) -> Title | None:
    """Agency and year of a title, or `None` when it is not the title of an annual report."""
    folded = arabic(fold(text))
    folded = _AROUND.sub("", folded.strip("《》<>·,"))
    while (aside := _IN_FRONT.match(folded)) and not is_name(aside[1]):
        folded = folded[aside.end() :]
    folded = _once(folded)
    if not is_title(folded):
        return None
    core = _CORE.search(folded)
    assert core is not None
    head = folded[: core.start()]
    several = _YEARS.search(folded)
    year = several or _YEAR.search(head) or _YEAR.search(folded)
    if year and year.start() < core.start():
        agency = _name(head[: year.start()]) or _name(head[year.end() :])
    else:
        agency = _name(head)
    told = int(year[1]) if year and (several is None or several[1] == several[2]) else None
    return Title(tidy(text), agency, told)


def other_kind(document: Document) -> str | None:
    """The title of the page when it is that of something else (a notice, a guide, a budget), else `None`.

    The page tag tells. Without one, a heading does, unless the title of a report that goes on below stands
    above it; and where no such report follows, any line of text that is such a title.
    """
    tag = document.meta.get("ArticleTitle", "")
    if tag and (told := _tells_kind(fold(tag))) is not None:
        return tidy(tag) if told else None
    own = _place_of_report(document)
    above = document.blocks[:own] if own is not None else document.blocks
    for block in [one for one in above if not isinstance(one, Grid)][:_LOOK_AT]:
        heading = isinstance(block, Heading) and not label(block.text).level
        if (heading or own is None) and _tells_kind(fold(block.text)):
            return tidy(block.text)
    return None


def _place_of_report(document: Document) -> int | None:
    """The block with the title of a report that goes on: below it stands a table or a first chapter."""
    last = max(
        (place for place, block in enumerate(document.blocks) if _goes_on(block)),
        default=-1,
    )
    for place, block in enumerate(document.blocks[:last]):
        if not isinstance(block, Grid) and _tells_kind(fold(block.text)) is False:
            return place
    return None


def _goes_on(block: Block) -> bool:
    return isinstance(block, Grid) or label(block.text).level == 1


def _tells_kind(folded: str) -> bool | None:
    """Whether a folded line is the title of another kind of document (true), or of a report (false)."""
    title = take_apart(folded)
    if title is not None and not title.bare:
        return False
    if len(folded) > _LONGEST or not _NAMED.search(folded) or _WRAPPER.search(folded):
        return None
    return True if _OTHER_KIND.search(folded) and not folded.endswith(("。", ":", ";")) else None


def tidy(text: str) -> str:
    """A title on one line: line breaks gone, other blanks as they are."""
    line = re.sub(r"[ \t\u3000\xa0]+", " ", re.sub(r"\s*\n\s*", "", text)).strip(" 《》")
    return _once(line)


def _once(line: str) -> str:
    """A title that stands twice in a row, with or without blanks between; any other line as it is."""
    middle = len(line) // 2
    first, second = line[:middle].rstrip(), line[middle:].lstrip()
    return first if first == second and len(first) >= _SHORTEST_TWICE else line


def _name(text: str) -> str | None:
    """The name in a piece of a title; none where the piece is a year, the subject, or a title itself."""
    text = re.sub(r"\((?:本级|公章|盖章|机关|汇总)\)$", "", text.strip("《》<>[]|·,:"))
    text = re.sub(r"(?<=.)\([^()]*\)$", "", text).strip("()")
    text = re.sub(r"^(?:关于|附件\d?[:、]?|\d+[、.]|年度|年)+|(?:关于|年度|年|第|的|,|、)+$", "", text)
    menu = _MENU.match(text)
    if menu and is_name(text[menu.end() :]):
        text = text[menu.end() :]
    if not _HAN.search(text) or _TITLE_WORDS.search(text) or _SUBJECT_ALONE.match(text):
        return None
    return text if 2 <= len(text) <= 40 else None


_HAN = re.compile("[\u4e00-\u9fff]{2}")
_TITLE_WORDS = re.compile(rf"{_SUBJECT}.*(?:报告|年报|总结)")


def _candidates(lines: Sequence[str]) -> Iterator[str]:
    """Lines, and runs of short lines, that end like a title: `淮安市洪泽区人民政府` / `2024年…年度报告`."""
    near = lines[:_LOOK_AT]
    for end, line in enumerate(near):
        text = line
        folded = fold(text)
        if not folded.endswith(_ENDINGS) and is_title(fold(_SITE_PART.split(line)[0])):
            text = _SITE_PART.split(line)[0]
            folded = fold(text)
        if not folded.endswith(_ENDINGS) or not (folded.endswith(("报告", "年报")) or _CORE.search(folded)):
            continue
        yield text
        whole = text
        for start in range(end - 1, max(end - _PIECES, -1), -1):
            above = fold(near[start])
            if not (is_name(above) or _PIECE.search(above)) or _NOT_A_TITLE.search(above):
                break
            if is_title(arabic(above)) and is_title(arabic(fold(whole))):
                break  # the title again, as the running head of its page
            if _SUBJECT_ALONE.match(above) and is_title(fold(whole)):
                break
            whole = near[start].strip() + whole
            yield whole


_PIECE = re.compile(
    rf"^.{{0,30}}(?:(?:19|20)\d\d|[〇○零一二]{{2,4}})年度?.{{0,20}}$|^(?:年度)?{_SUBJECT}(?:工作)?$|^关于$"
)
"""A line above that can be the beginning of the title: a year with or without name, the subject."""


def _tagged(document: Document) -> Iterator[str]:
    tag = document.meta.get("ArticleTitle")
    if tag:
        yield tag
        yield from _SITE_PART.split(tag)
    window = document.meta.get("title")
    if window:
        yield window
        yield from _SITE_PART.split(window)


def top_lines(document: Document) -> list[str]:
    """Headings and paragraphs of the document in order, for finding the title among them."""
    return [
        line
        for block in document.blocks
        if isinstance(block, Heading | Paragraph)
        for line in (block.text,)
        if line
    ]
