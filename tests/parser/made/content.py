"""What a made report says: numbers of the tables, agency, year, words. Independent of how it is drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other", "total")
COLUMN_LABELS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
GRANTED = (
    ("granted", "（一）予以公开"),
    ("partially_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
)
REFUSED = (
    ("refused_state_secret", "1.属于国家秘密"),
    ("refused_law_prohibits", "2.其他法律行政法规禁止公开"),
    ("refused_three_securities", "3.危及“三安全一稳定”"),
    ("refused_third_party_rights", "4.保护第三方合法权益"),
    ("refused_internal_affairs", "5.属于三类内部事务信息"),
    ("refused_process_information", "6.属于四类过程性信息"),
    ("refused_enforcement_file", "7.属于行政执法案卷"),
    ("refused_administrative_query", "8.属于行政查询事项"),
)
UNABLE = (
    ("unable_not_held", "1.本机关不掌握相关政府信息"),
    ("unable_no_existing_info", "2.没有现成信息需要另行制作"),
    ("unable_unclear_after_correction", "3.补正后申请内容仍不明确"),
)
NOT_PROCESSED = (
    ("not_processed_petition", "1.信访举报投诉类申请"),
    ("not_processed_duplicate", "2.重复申请"),
    ("not_processed_publication", "3.要求提供公开出版物"),
    ("not_processed_excessive", "4.无正当理由大量反复申请"),
    ("not_processed_confirm_reissue", "5.要求行政机关确认或重新出具已获取信息"),
)
OTHER = (
    ("other_overdue_correction", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("other_unpaid_fee", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other_misc", "3.其他"),
)
REVIEW_GROUPS = (
    ("review", "行政复议"),
    ("litigation_direct", "未经复议直接起诉"),
    ("litigation_after_review", "复议后起诉"),
)
RESULTS = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)
FIRST = ("new_received", "一、本年新收政府信息公开申请数量")
SECOND = ("carried_over", "二、上年结转政府信息公开申请数量")
TOTAL = ("outcome_total", "（七）总计")
LAST = ("carried_forward", "四、结转下年度继续办理")

Value = Decimal | None


@dataclass
class Content:
    """A report's truth. `requests` holds seven values a row; a value of `None` is printed as nothing."""

    form: str
    agency: str
    year: int
    title: str
    one_row: bool
    requests: dict[str, list[Value]]
    review: dict[str, Value]
    proactive: dict[str, Value]
    remarks: dict[str, str] = field(default_factory=dict)

    def figures(self) -> dict[str, Value]:
        """Every figure by its key."""
        found: dict[str, Value] = {f"proactive.{key}": value for key, value in self.proactive.items()}
        for row, values in self.requests.items():
            found.update(
                {f"requests.{row}.{column}": value for column, value in zip(COLUMNS, values, strict=True)}
            )
        found.update({f"review_litigation.{key}": value for key, value in self.review.items()})
        return found

    def outcome_rows(self) -> list[str]:
        """Row keys of 三 without the total, in order."""
        return [
            key
            for key in self.requests
            if key not in {"new_received", "carried_over", "outcome_total", "carried_forward"}
        ]

    def violations(self) -> set[tuple[str, str]]:
        """Rule and place of every hard relation that the numbers break."""
        found = set()
        for row, values in self.requests.items():
            if values[6] is not None and _misses(values[:6], values[6]):
                found.add(("row_total", f"requests.{row}"))
        for place, column in enumerate(COLUMNS):
            total = self.requests["outcome_total"][place] or Decimal(0)
            if _misses([self.requests[row][place] for row in self.outcome_rows()], total):
                found.add(("outcome_sum", f"requests.outcome_total.{column}"))
            coming = [self.requests[row][place] for row in ("new_received", "carried_over")]
            if _sum(coming) != total + (self.requests["carried_forward"][place] or 0):
                found.add(("balance_1_2_eq_3_4", f"requests.*.{column}"))
        for group, _ in REVIEW_GROUPS:
            results = [self.review[f"{group}_{result}"] for result, _ in RESULTS]
            if _misses(results[:4], results[4] or Decimal(0)):
                found.add(("review_litigation_total", f"review_litigation.{group}_total"))
        return found


def _misses(parts: list[Value], total: Decimal) -> bool:
    return any(part is not None for part in parts) and _sum(parts) != total


def _sum(values: list[Value]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


AGENCIES = (
    "云溪市公安局",
    "青禾县人民政府",
    "临河区财政局",
    "澄江市人民政府办公室",
    "白石镇人民政府",
    "南岭区教育局",
)


def make(seed: int, form: str = "2021") -> Content:
    """A report whose numbers mostly add up, as real ones do; one in four breaks a relation or two."""
    dice = random.Random(seed)
    year = dice.randint(2021, 2025) if form == "2021" else dice.randint(2019, 2020)
    agency = dice.choice(AGENCIES)
    one_row = form == "2019" or dice.random() < 0.1
    rows = [*GRANTED, *REFUSED, *UNABLE, *NOT_PROCESSED, *([("other_processing", "")] if one_row else OTHER)]
    blanks = dice.random() < 0.15
    requests: dict[str, list[Value]] = {"new_received": [], "carried_over": []}
    for key, _ in rows:
        requests[key] = _row(dice, 0.35, blanks)
    requests["outcome_total"] = [_sum([requests[key][place] for key, _ in rows]) for place in range(7)]
    requests["carried_forward"] = _row(dice, 0.2, False)
    requests["carried_over"] = _row(dice, 0.2, False)
    requests["new_received"] = [
        total + (ahead or 0) - (before or 0)
        for total, ahead, before in zip(
            _known(requests["outcome_total"]),
            requests["carried_forward"],
            requests["carried_over"],
            strict=True,
        )
    ]
    if any(value < 0 for value in _known(requests["new_received"])):
        requests["carried_over"] = [Decimal(0)] * 7
        requests["new_received"] = [
            total + (ahead or 0)
            for total, ahead in zip(
                _known(requests["outcome_total"]), requests["carried_forward"], strict=True
            )
        ]
    review: dict[str, Value] = {}
    for group, _ in REVIEW_GROUPS:
        values = [_number(dice, 0.5) for _ in range(4)]
        review |= {
            f"{group}_{key}": value
            for (key, _), value in zip(RESULTS, [*values, sum(values, Decimal(0))], strict=True)
        }
    content = Content(
        form=form,
        agency=agency,
        year=year,
        title=f"{agency}{year}年政府信息公开工作年度报告",
        one_row=one_row,
        requests=requests,
        review=review,
        proactive=_proactive(dice, form),
    )
    if dice.random() < 0.25:
        _break(dice, content)
    return content


def _known(values: list[Value]) -> list[Decimal]:
    return [value or Decimal(0) for value in values]


def _number(dice: random.Random, share: float) -> Decimal:
    return Decimal(dice.choice((1, 2, 3, 5, 8, 13, 27, 140, 1205))) if dice.random() < share else Decimal(0)


def _row(dice: random.Random, share: float, blanks: bool) -> list[Value]:
    values: list[Value] = [_number(dice, share) for _ in range(6)]
    whole = _sum(values)
    if blanks:
        values = [None if value == 0 else value for value in values]
        return [*values, whole if whole else None]
    return [*values, whole]


def _proactive(dice: random.Random, form: str) -> dict[str, Value]:
    def some() -> Decimal:
        return Decimal(dice.choice((0, 0, 3, 12, 410, 98231, 1234567)))

    if form == "2021":
        return {
            **{f"regulations.{name}": some() for name in ("issued", "repealed", "in_force")},
            **{f"normative_documents.{name}": some() for name in ("issued", "repealed", "in_force")},
            "administrative_licensing.decisions": some(),
            "administrative_penalty.decisions": some(),
            "administrative_compulsion.decisions": some(),
            "administrative_fees.amount_wanyuan": Decimal(dice.randint(0, 9_999_999))
            / 10 ** dice.randint(0, 6),
        }
    change = Decimal(dice.choice((0, 4, -18, 120)))
    rows = (
        "administrative_licensing",
        "other_public_services",
        "administrative_penalty",
        "administrative_compulsion",
    )
    return {
        **{f"regulations.{name}": some() for name in ("newly_made", "newly_disclosed", "total_disclosed")},
        **{
            f"normative_documents.{name}": some()
            for name in ("newly_made", "newly_disclosed", "total_disclosed")
        },
        **{f"{row}.{name}": some() for row in rows for name in ("previous_items", "decisions")},
        **{f"{row}.change": change for row in rows},
        "administrative_fees.previous_items": some(),
        "administrative_fees.change": change,
        "central_procurement.projects": some(),
        "central_procurement.amount": Decimal(dice.randint(0, 9_999_999)) / 100,
    }


def _break(dice: random.Random, content: Content) -> None:
    """One number changed, as a slip of the pen does."""
    for _ in range(dice.randint(1, 2)):
        row = dice.choice(list(content.requests))
        place = dice.randrange(7)
        value = content.requests[row][place]
        content.requests[row][place] = (value or Decimal(0)) + dice.randint(1, 30)
    if dice.random() < 0.4:
        group = dice.choice(REVIEW_GROUPS)[0]
        value = content.review[f"{group}_total"]
        content.review[f"{group}_total"] = (value or Decimal(0)) + 1
