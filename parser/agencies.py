"""The agency that gives the report, under its full name.

Titles shorten it: an area (宿迁市) stands for its government, a town for its government, a development zone
for its administrative committee, 市公安局 for the bureau of the city whose page it is. What the report or
its page tags call the agency in full decides; nothing is completed without such a witness but the
government of an area.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from parser.folding import fold
from parser.names import AREA, ORGAN, STREET, ZONE, is_name
from parser.titles import Title, take_apart

_RELATIVE = re.compile(r"^(?:本|我|全)?(?P<level>自治区|省|市|区|县|州|旗|盟)(?=[^区市县]{2})(?P<rest>.+)$")
_QUOTED = re.compile(r"《([^《》]{6,60})》")
_REPORTER = re.compile(
    r"(?:填报单位|填表单位|单位名称|报告单位|编制单位)(?:\(盖章\)|\(公章\))?[:：]([^:：\n|]{2,30})"
)
_ENDINGS = "局厅委办府部处心院会队所署站团司校学社馆行组关省市区县州盟旗镇乡道室"
_NAME = rf"([\u4e00-\u9fff()]{{2,28}}?[{_ENDINGS}])"
_AUTHORS = (
    re.compile(rf"本(?:年度)?报告(?:是)?由{_NAME}(?:根据|依据|按照|编制|依照|负责|汇总)"),
    re.compile(rf"现将{_NAME}(?:的|(?:19|20)\d\d年|政府信息公开|政务公开)"),
    re.compile(rf"[,。]{_NAME}(?:编制了?|制作|特编制|组织编制)"),
)
_CONTACT = re.compile(rf"[与向同]{_NAME}联系")
_OFFICE = re.compile(
    r"(?<=[局厅委府会院])(?:办公室|综合科|政务公开.{1,8}|信息公开.{1,8}|指挥部.*|法制.{1,6}|秘书.{1,4})$"
)
_SITE_TAIL = re.compile(r"(?:门户网站|官方网站|政府网站|信息公开网|网站|官网|网)$")
_SITE_HEAD = re.compile(r"^(?:中国[·.]?|欢迎访问)")


def find_agency(title: Title | None, meta: Mapping[str, str], prose: str) -> str | None:
    """The full name of the agency, or `None` when nothing names it. `prose` is folded running text."""
    witnesses = " ".join(fold(meta.get(name, "")) for name in ("ContentSource", "SiteName")) + " " + prose
    if title is not None and title.agency:
        return complete(_without_menu(title.agency, meta, prose), witnesses)
    for name in _others(meta, prose):
        return complete(name, witnesses)
    return None


def _without_menu(name: str, meta: Mapping[str, str], prose: str) -> str:
    """A name without words that a print of the page glued to its front: what the text or the tags name is the
    end of it, and what stands before that is neither an area nor an organ over it."""
    for other in _others(meta, prose):
        front = name.removesuffix(other)
        if len(other) > len("公安局") and front not in (name, "") and front[-1] not in _ENDINGS:
            return other
    return name


def complete(name: str, witnesses: str) -> str:
    """A name from a title in full."""
    relative = _RELATIVE.match(name)
    if relative:
        name = _absolute(relative["level"] + relative["rest"], witnesses) or name
    if ORGAN.search(name):
        return name
    if STREET.search(name):
        return f"{name}办事处"
    if ZONE.search(name):
        return _zone(name, witnesses)
    if AREA.search(name):
        return f"{name}人民政府"
    return name


def _zone(name: str, witnesses: str) -> str:
    """A zone has a committee, or, where it is a district of the state as well, a government."""
    endings = ("管委会", "管理委员会", "人民政府")
    counts = {ending: witnesses.count(name + ending) for ending in endings}
    best = max(endings, key=lambda ending: counts[ending])
    return name + best


def _absolute(relative: str, witnesses: str) -> str | None:
    """`市公安局` in full, when the witnesses agree on one city."""
    names = Counter(
        found.group() for found in re.finditer(rf"[\u4e00-\u9fff]{{2,9}}?{re.escape(relative)}", witnesses)
    )
    trimmed: Counter[str] = Counter()
    for name, count in names.items():
        trimmed[
            re.sub(r"^.*(?:由|与|和|在|向|的|对|是|请|及|到|经|至|为|将|年|报告|公开|信息)", "", name)
        ] += count
    known = [name for name, _ in trimmed.most_common() if len(name) > len(relative) + 1]
    return known[0] if known else None


def _others(meta: Mapping[str, str], prose: str) -> Iterator[str]:
    """Names outside the title, the surest first."""
    for quoted in _QUOTED.findall(prose):
        title = take_apart(quoted)
        if title is not None and title.agency:
            yield title.agency
    for pattern in (_REPORTER, *_AUTHORS):
        yield from (name for name in pattern.findall(prose) if is_name(name))
    yield from _tagged(meta, "ContentSource")
    yield from (office for name in _CONTACT.findall(prose) if is_name(office := _OFFICE.sub("", name)))
    yield from _tagged(meta, "SiteName")


def _tagged(meta: Mapping[str, str], tag: str) -> Iterator[str]:
    name = _SITE_HEAD.sub("", _SITE_TAIL.sub("", fold(meta.get(tag, ""))))
    if len(name) > 3 and ORGAN.search(name):
        yield name
