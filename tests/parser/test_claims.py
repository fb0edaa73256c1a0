"""Counts in the prose, and what they say against the tables and each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parser import parse
from parser.claims import find_claims
from parser.document import Locator
from parser.report import Claim, Figure, Finding
from parser.sections import Spoken
from parser.soft_checks import soft_findings
from tests.parser import samples


def _claims(text: str) -> tuple[Claim, ...]:
    return find_claims([Spoken(text, Locator(line=3))])


def _short(text: str) -> list[tuple[str, int]]:
    return [(claim.about, int(claim.value)) for claim in _claims(text)]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("全年共收到政府信息公开申请81件，办结依申请公开80件。",
         [("requests.new_received", 81), ("requests.outcome_total", 80)]),
        ("其他：予以公开及部分公开42件，占51%；不予公开5件，无法提供31件，不予处理1件，其他处理2件，信息公开如上。",
         [("requests.granted+partially_granted", 42), ("requests.refused_*", 5), ("requests.unable_*", 31),
          ("requests.not_processed_*", 1), ("requests.other_*", 2)]),
        ("因政府信息公开引起的行政复议案件2件、行政诉讼案件7件。",
         [("review_litigation.review_total", 2), ("review_litigation.litigation_*", 7)]),
        ("没有发生因政务公开申请行政复议、提起行政诉讼情况。", [("review_litigation", 0)]),
        ("未收到政府信息公开申请。", [("requests.new_received", 0)]),
        ("公开现行有效行政规范性文件393件。", [("proactive.normative_documents.in_force", 393)]),
        ("通过门户网站公开政府信息1,234条。", [("channels.website", 1234)]),
        ("信息公开方面，受理行政许可申请200件，热线受理诉求811件。", []),
        ("通过微信、微博公开各类信息2193条。", []),
        ("在网站“政策解读”专栏公开信息12条。", []),
        ("政府信息公开申请的行政复议、行政诉讼共9件。", []),
    ],
)  # fmt: skip
def test_what_a_clause_counts(text: str, claims: list[tuple[str, int]]) -> None:
    assert _short(text) == claims


def test_rounded_counts_and_shares_are_marked() -> None:
    (rounded,) = _claims("门户网站公开信息2400余条。")
    assert rounded.approximate
    (share,) = _claims("区政府办代表区政府受理政府信息公开申请17件。")
    assert share.partial
    assert share.locator.line == 3


def _figures(**values: int) -> dict[str, Figure]:
    return {
        name.replace("__", "."): Figure(name.replace("__", "."), Decimal(value), "件", str(value))
        for name, value in values.items()
    }


def _soft(text: str, **values: int) -> list[Finding]:
    return list(soft_findings(_figures(**values), _claims(text)))


def test_received_may_mean_several_numbers_of_the_table() -> None:
    table = {"requests__new_received__total": 80, "requests__carried_over__total": 5}
    assert _soft("收到政府信息公开申请80件。", **table) == []
    assert _soft("收到政府信息公开申请85件。", **table) == []
    (finding,) = _soft("收到政府信息公开申请84件。", **table)
    assert (finding.rule, finding.where, finding.severity) == (
        "narrative_vs_table",
        "requests.new_received",
        "soft",
    )
    assert (finding.expected, finding.found) == (Decimal(84), Decimal(80))


def test_a_share_or_a_rounded_count_is_no_contradiction() -> None:
    assert _soft("办公室代表政府受理政府信息公开申请17件。", requests__new_received__total=95) == []
    assert _soft("收到政府信息公开申请约90件。", requests__new_received__total=95) == []


def test_one_channel_counted_twice() -> None:
    (finding,) = _soft("门户网站共公开各类政府信息96条。今年共在门户网站公开发布信息86条。")
    assert (finding.rule, finding.where) == ("narrative_vs_narrative", "channels.website")
    assert {finding.expected, finding.found} == {Decimal(96), Decimal(86)}


def test_statistics_that_exceed_each_other() -> None:
    keys = {f"statistics.一/(二)/{number}": 1 for number in range(1, 6)}
    figures = _figures(**keys, **{"statistics.一/(一)": 9, "statistics.一/(一)/其中1": 10})
    rules = [(one.rule, one.where) for one in soft_findings(figures, ())]
    assert rules == [("stat_soft", "statistics.一/(一)"), ("stat_soft", "statistics.一/(一)/其中1")]


@pytest.mark.parametrize("name", samples.NAMES)
def test_contradictions_that_a_person_found_in_real_reports(name: str) -> None:
    report = parse(samples.payload(name)).report
    assert report is not None
    told = {one["where"] for one in samples.truth(name)["violations"] if one["rule"] == "narrative_vs_table"}
    found = {one.where for one in report.findings if one.rule == "narrative_vs_table"}
    assert found == told
