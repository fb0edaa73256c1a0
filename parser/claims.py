"""Counts in the prose that speak of something the tables count, or that the prose counts twice.

A claim is a number with its unit in a clause that says what is counted. What it is about is a figure key, a
sum of rows (`requests.granted+partially_granted`, `requests.unable_*`) or a channel (`channels.website`).
Clauses that count a part only, another year or another organ's share are claims too, marked `partial`: they
are shown and never held against the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parser.document import Locator
from parser.folding import fold
from parser.numbers import MOST_DIGITS
from parser.report import Claim
from parser.sections import Spoken

RECEIVED = "requests.new_received"
ANSWERED = "requests.outcome_total"
REVIEWS = "review_litigation.review_total"
SUITS = "review_litigation.litigation_*"
REMEDIES = "review_litigation"
CHANNELS = "channels."

_SENTENCE = re.compile(r"[^。;；!！?？\n]+")
_CLAUSE = re.compile(r"(?:[^,:：，]|(?<=\d),(?=\d{3}(?!\d)))+")
_ASIDE = re.compile(r"\([^()]*\)")
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(
    r"(?<![\d.])(?P<value>\d{1,3}(?:,\d{3})+|\d+)(?P<about>余|多|几)?(?P<unit>万)?(?P<rest>余|多)?(?:件次|件|条|宗|份|起|篇)"
)
_APPROXIMATE = re.compile(r"约|近|超过|逾|不少于|以上")
_OTHER_SCOPE = re.compile(
    r"代表|本级|其中|占|同比|环比|上年|去年|上一年|较|累计|历年|\d+月|季度|以来(?!共)|科室|县区|各县|乡镇"
)
_OUTCOMES = (
    (re.compile(r"予以公开(?:及|和|与|或|、|/)(?:予以)?部分公开"), "requests.granted+partially_granted"),
    (re.compile(r"(?<!不)予以公开|同意公开|全部公开"), "requests.granted"),
    (re.compile(r"部分公开"), "requests.partially_granted"),
    (re.compile(r"不予公开|不同意公开"), "requests.refused_*"),
    (re.compile(r"无法提供"), "requests.unable_*"),
    (re.compile(r"不予处理"), "requests.not_processed_*"),
    (re.compile(r"其他处理"), "requests.other_*"),
    (re.compile(r"结转(?:至|到|下)|转下年|转至下"), "requests.carried_forward"),
)
_REQUEST = re.compile(
    r"(?:收到|受理|接收|接到|收办|新收|登记)[^\d]{0,30}申请|申请[^\d]{0,6}(?:共计|总计|总数)"
)
_OPENNESS = re.compile(r"公开|依申请")
_OTHER_REQUESTS = re.compile(r"许可|审批|登记|证照|证件|补贴|补助|救助|户籍|贷款|热线")
_ANSWER = re.compile(r"(?:答复|办结)[^\d]{0,16}申请|申请[^\d]{0,8}(?:办结|答复)|办结依申请公开")
_DOCUMENTS = (
    (re.compile(r"现行有效[^\d]{0,12}规范性文件"), "proactive.normative_documents.in_force"),
    (re.compile(r"(?:废止|失效)[^\d]{0,12}规范性文件"), "proactive.normative_documents.repealed"),
    (re.compile(r"(?:制发|制定|印发|出台)[^\d]{0,8}规范性文件"), "proactive.normative_documents.issued"),
)
_CHANNELS = (
    (re.compile(r"网站"), "website"),
    (re.compile(r"微博"), "microblog"),
    (re.compile(r"微信"), "wechat"),
    (re.compile(r"公报"), "gazette"),
)
_PUBLISHED = re.compile(
    r"(?:公开|发布|推送)[^\d]{0,12}信息[^\d]{0,4}$|(?:微信|微博)[^\d]{0,4}信息[^\d]{0,2}$"
)
_COLUMN = re.compile(r"栏目|专栏|专题|板块|频道")
_NONE = re.compile(r"(?:没有|未曾|未有|未|无|均无)(?:发生|收到|产生|出现|引起|引发|接到|受理|因|涉及|有)?")
_ALL_DISCLOSED = re.compile(r"主动公开[^\d]{0,4}(?:政府|各类)?[^\d]{0,4}信息[^\d]{0,4}$")


def find_claims(spoken: Sequence[Spoken]) -> tuple[Claim, ...]:
    """Every claim in the running text, in its order."""
    found: dict[tuple[str, Decimal, str], Claim] = {}
    for line in spoken:
        if not _OPENNESS.search(fold(line.text)):
            continue
        for raw in _SENTENCE.findall(line.text):
            for claim in _claims(fold(raw), raw.strip(), line.locator):
                found.setdefault((claim.about, claim.value, claim.sentence), claim)
    return tuple(found.values())


def _claims(sentence: str, raw: str, locator: Locator) -> Iterator[Claim]:
    whole = _ASIDE.sub("", sentence)
    for clause in _CLAUSE.findall(whole):
        if not _DIGIT.search(clause):
            yield from _denied(clause, raw, locator)
            continue
        pieces = clause.split("、")
        if not all(_COUNT.search(piece) for piece in pieces):
            pieces = [clause]
        for piece in pieces:
            yield from _counted(piece, raw, locator)


def _counted(piece: str, raw: str, locator: Locator) -> Iterator[Claim]:
    """The claim of a clause with exactly one count; with more, which number counts what is a guess."""
    counts = list(_COUNT.finditer(piece))
    if len(counts) != 1:
        return
    (count,) = counts
    before = piece[: count.start()]
    about = _about(before)
    if about is None:
        return
    digits = count["value"].replace(",", "")
    if len(digits) > MOST_DIGITS:
        return
    value = Decimal(digits) * (10000 if count["unit"] else 1)
    loose = bool(count["about"] or count["rest"] or _APPROXIMATE.search(before))
    yield Claim(
        about=about,
        value=value,
        printed=count.group(),
        sentence=raw,
        approximate=loose,
        partial=_OTHER_SCOPE.search(before) is not None,
        locator=locator,
    )


def _about(before: str) -> str | None:
    """What the words in front of a count say that it counts."""
    for pattern, about in _OUTCOMES:
        if pattern.search(before):
            return about
    review, suit = "复议" in before, "诉讼" in before
    if review and suit:
        return None
    if review:
        return REVIEWS
    if suit:
        return SUITS
    if not _OTHER_REQUESTS.search(before):
        if _REQUEST.search(before):
            return RECEIVED
        if _ANSWER.search(before):
            return ANSWERED
    for pattern, about in _DOCUMENTS:
        if pattern.search(before):
            return about
    return _channel(before)


def _channel(before: str) -> str | None:
    named = [name for pattern, name in _CHANNELS if pattern.search(before)]
    if _COLUMN.search(before):
        return None
    if len(named) == 1 and _PUBLISHED.search(before):
        return CHANNELS + named[0]
    return CHANNELS + "all" if not named and _ALL_DISCLOSED.search(before) else None


def _denied(clause: str, raw: str, locator: Locator) -> Iterator[Claim]:
    """Clauses without a number that say that there was none:
    `没有发生因政务公开申请行政复议、提起行政诉讼情况`."""
    found = _NONE.search(clause)
    if found is None:
        return
    rest = clause[found.end() :]
    review, suit = "复议" in rest, "诉讼" in rest
    request = re.search(r"公开申请|申请公开|依申请", rest) is not None
    about = (
        REMEDIES
        if review and suit
        else REVIEWS
        if review
        else SUITS
        if suit
        else RECEIVED
        if request
        else None
    )
    if about is not None and len(rest) < 40:
        yield Claim(
            about=about,
            value=Decimal(0),
            printed=clause,
            sentence=raw,
            partial=_OTHER_SCOPE.search(clause) is not None,
            locator=locator,
        )
