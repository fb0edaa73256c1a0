"""The national forms as they are printed: rows, labels and keys, in the order of the form.

Written from the forms alone, so that the set can judge a parser that was written by someone else.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICANTS = (
    ("natural_person", "自然人"),
    ("business", "商业企业"),
    ("research", "科研机构"),
    ("public_interest", "社会公益组织"),
    ("legal_service", "法律服务机构"),
    ("other", "其他"),
    ("total", "总计"),
)
COLUMNS = tuple(key for key, _ in APPLICANTS)
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
OUTCOMES = "三、本年度办理结果"


@dataclass(frozen=True)
class Line:
    """One row of the table of requests. `group` is the label above it, `leaf` its own; where there is no
    group, `leaf` is all. `outcome` rows stand under 三、本年度办理结果."""

    key: str
    leaf: str
    group: str | None = None
    outcome: bool = True


def _group(label: str, *leaves: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(key, f"{number}.{leaf}", label) for number, (key, leaf) in enumerate(leaves, 1))


_FIRST = (
    Line("new_received", "一、本年新收政府信息公开申请数量", outcome=False),
    Line("carried_over", "二、上年结转政府信息公开申请数量", outcome=False),
    Line("granted", "（一）予以公开"),
    Line("partially_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    *_group(
        "（三）不予公开",
        ("refused_state_secret", "属于国家秘密"),
        ("refused_law_prohibits", "其他法律行政法规禁止公开"),
        ("refused_three_securities", "危及“三安全一稳定”"),
        ("refused_third_party_rights", "保护第三方合法权益"),
        ("refused_internal_affairs", "属于三类内部事务信息"),
        ("refused_process_information", "属于四类过程性信息"),
        ("refused_enforcement_file", "属于行政执法案卷"),
        ("refused_administrative_query", "属于行政查询事项"),
    ),
    *_group(
        "（四）无法提供",
        ("unable_not_held", "本机关不掌握相关政府信息"),
        ("unable_no_existing_info", "没有现成信息需要另行制作"),
        ("unable_unclear_after_correction", "补正后申请内容仍不明确"),
    ),
    *_group(
        "（五）不予处理",
        ("not_processed_petition", "信访举报投诉类申请"),
        ("not_processed_duplicate", "重复申请"),
        ("not_processed_publication", "要求提供公开出版物"),
        ("not_processed_excessive", "无正当理由大量反复申请"),
        ("not_processed_confirm_reissue", "要求行政机关确认或重新出具已获取信息"),
    ),
)
_OTHER_ROW = (Line("other_processing", "（六）其他处理"),)
_OTHER_GROUP = _group(
    "（六）其他处理",
    ("other_overdue_correction", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("other_unpaid_fee", "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other_misc", "其他"),
)
_LAST = (
    Line("outcome_total", "（七）总计"),
    Line("carried_forward", "四、结转下年度继续办理", outcome=False),
)
REQUESTS_2021 = (*_FIRST, *_OTHER_GROUP, *_LAST)
REQUESTS_2019 = (*_FIRST, *_OTHER_ROW, *_LAST)

SHORT_LABELS = {
    "other_overdue_correction": "1.逾期不补正",
    "other_unpaid_fee": "2.逾期不缴费",
    "partially_granted": "（二）部分公开",
}
"""Shortened by those who typeset the table anew."""

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


@dataclass(frozen=True)
class Block:
    """One 第二十条 block of section 二: its heads after 信息内容, and its rows (key, label); the fields are
    the keys that belong to the heads, in their order."""

    item: str
    heads: tuple[str, ...]
    fields: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> list[str]:
        return [f"{row}.{field}" for row, _ in self.rows for field in self.fields]


_ISSUED = ("issued", "repealed", "in_force")
_MADE = ("newly_made", "newly_disclosed", "total_disclosed")
_ITEMS = ("上一年项目数量", "本年增/减", "处理决定数量")
_ITEM_FIELDS = ("previous_items", "change", "decisions")

PROACTIVE_2021 = (
    Block(
        "第二十条第（一）项",
        ("本年制发件数", "本年废止件数", "现行有效件数"),
        _ISSUED,
        (("regulations", "规章"), ("normative_documents", "行政规范性文件")),
    ),
    Block(
        "第二十条第（五）项",
        ("本年处理决定数量",),
        ("decisions",),
        (("administrative_licensing", "行政许可"),),
    ),
    Block(
        "第二十条第（六）项",
        ("本年处理决定数量",),
        ("decisions",),
        (("administrative_penalty", "行政处罚"), ("administrative_compulsion", "行政强制")),
    ),
    Block(
        "第二十条第（八）项",
        ("本年收费金额（单位：万元）",),
        ("amount_wanyuan",),
        (("administrative_fees", "行政事业性收费"),),
    ),
)
PROACTIVE_2019 = (
    Block(
        "第二十条第（一）项",
        ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
        _MADE,
        (("regulations", "规章"), ("normative_documents", "规范性文件")),
    ),
    Block(
        "第二十条第（五）项",
        _ITEMS,
        _ITEM_FIELDS,
        (("administrative_licensing", "行政许可"), ("other_public_services", "其他对外管理服务事项")),
    ),
    Block(
        "第二十条第（六）项",
        _ITEMS,
        _ITEM_FIELDS,
        (("administrative_penalty", "行政处罚"), ("administrative_compulsion", "行政强制")),
    ),
    Block(
        "第二十条第（八）项",
        _ITEMS[:2],
        _ITEM_FIELDS[:2],
        (("administrative_fees", "行政事业性收费"),),
    ),
    Block(
        "第二十条第（九）项",
        ("采购项目数量", "采购总金额"),
        ("projects", "amount"),
        (("central_procurement", "政府集中采购"),),
    ),
)


@dataclass(frozen=True)
class Statistic:
    """One row of a statistics table: `code` the path of its numbering, `note` what the form explains in
    brackets behind the label, `unit` `None` on headings."""

    code: str
    label: str
    unit: str | None
    note: str = ""

    @property
    def lead(self) -> str:
        """The numbering as the form prints it before the label, in full-width brackets."""
        last = self.code.rsplit("/", 1)[-1]
        if last.startswith("其中"):
            return "其中：" if last == "其中1" else ""
        if last.startswith("("):
            return f"（{last[1:-1]}）"
        return f"{last}、" if "/" not in self.code else f"{last}."


def _statistics() -> tuple[Statistic, ...]:
    once = "不同渠道和方式公开相同信息计1条"
    answered = "不同方式回应同一热点或舆情计1次"
    reasons = (
        "涉及国家秘密",
        "涉及商业秘密",
        "涉及个人隐私",
        "危及国家安全、公共安全、经济安全和社会稳定",
        "不是《条例》所指政府信息",
        "法律法规规定的其他情形",
    )
    rows: list[tuple[str, str, str | None] | tuple[str, str, str | None, str]] = [
        ("一", "主动公开情况", None),
        ("一/(一)", "主动公开政府信息数", "条", once),
        ("一/(一)/其中1", "主动公开规范性文件数", "条"),
        ("一/(一)/其中2", "制发规范性文件总数", "件"),
        ("一/(二)", "通过不同渠道和方式公开政府信息的情况", None),
        *(
            (f"一/(二)/{number}", f"{channel}公开政府信息数", "条")
            for number, channel in enumerate(("政府公报", "政府网站", "政务微博", "政务微信", "其他方式"), 1)
        ),
        ("二", "回应解读情况", None),
        ("二/(一)", "回应公众关注热点或重大舆情数", "次", answered),
        ("二/(二)", "通过不同渠道和方式回应解读的情况", None),
        ("二/(二)/1", "参加或举办新闻发布会总次数", "次"),
        ("二/(二)/1/其中1", "主要负责同志参加新闻发布会次数", "次"),
        ("二/(二)/2", "政府网站在线访谈次数", "次"),
        ("二/(二)/2/其中1", "主要负责同志参加政府网站在线访谈次数", "次"),
        ("二/(二)/3", "政策解读稿件发布数", "篇"),
        ("二/(二)/4", "微博微信回应事件数", "次"),
        ("二/(二)/5", "其他方式回应事件数", "次"),
        ("三", "依申请公开情况", None),
        ("三/(一)", "收到申请数", "件"),
        *(
            (f"三/(一)/{number}", f"{way}申请数", "件")
            for number, way in enumerate(("当面", "传真", "网络", "信函"), 1)
        ),
        ("三/(二)", "申请办结数", "件"),
        ("三/(二)/1", "按时办结数", "件"),
        ("三/(二)/2", "延期办结数", "件"),
        ("三/(三)", "申请答复数", "件"),
        ("三/(三)/1", "属于已主动公开范围数", "件"),
        ("三/(三)/2", "同意公开答复数", "件"),
        ("三/(三)/3", "同意部分公开答复数", "件"),
        ("三/(三)/4", "不同意公开答复数", "件"),
        *((f"三/(三)/4/其中{number}", reason, "件") for number, reason in enumerate(reasons, 1)),
        ("三/(三)/5", "不属于本行政机关公开数", "件"),
        ("三/(三)/6", "申请信息不存在数", "件"),
        ("三/(三)/7", "告知作出更改补充数", "件"),
        ("三/(三)/8", "告知通过其他途径办理数", "件"),
        ("四", "行政复议数量", "件"),
        ("四/(一)", "维持具体行政行为数", "件"),
        ("四/(二)", "被依法纠错数", "件"),
        ("四/(三)", "其他情形数", "件"),
        ("五", "行政诉讼数量", "件"),
        ("五/(一)", "维持具体行政行为或者驳回原告诉讼请求数", "件"),
        ("五/(二)", "被依法纠错数", "件"),
        ("五/(三)", "其他情形数", "件"),
        ("六", "举报投诉数量", "件"),
        ("七", "依申请公开信息收取的费用", "万元"),
        ("八", "机构建设和保障经费情况", None),
        ("八/(一)", "政府信息公开工作专门机构数", "个"),
        ("八/(二)", "设置政府信息公开查阅点数", "个"),
        ("八/(三)", "从事政府信息公开工作人员数", "人"),
        ("八/(三)/1", "专职人员数", "人", "不包括政府公报及政府网站工作人员数"),
        ("八/(三)/2", "兼职人员数", "人"),
        (
            "八/(四)",
            "政府信息公开专项经费",
            "万元",
            "不包括用于政府公报编辑管理及政府网站建设维护等方面经费",
        ),
        ("九", "政府信息公开会议和培训情况", None),
        ("九/(一)", "召开政府信息公开工作会议或专题会议数", "次"),
        ("九/(二)", "举办各类培训班数", "次"),
        ("九/(三)", "接受培训人员数", "人次"),
    ]
    return tuple(Statistic(*row) for row in rows)


STATISTICS = _statistics()

FUJIAN = (
    Statistic("1", "主动公开文件数", "条"),
    Statistic("1/1", "政府网站公开数", "条"),
    Statistic("1/2", "政府公报公开数", "条"),
    Statistic("2", "受理依申请公开信息总数", "条"),
    Statistic("2/1", "当面申请数", "条"),
    Statistic("2/2", "网上申请数", "条"),
    Statistic("2/3", "信函、传真申请数", "条"),
    Statistic("3", "对申请的答复总数", "条"),
    Statistic("3/1", "同意公开答复数", "条"),
    Statistic("3/2", "同意部分公开答复数", "条"),
    Statistic("3/3", "不予公开答复数", "条"),
    Statistic("3/4", "其他类型答复数", "条"),
    Statistic("4", "收费减免", "元"),
    Statistic("5", "接受行政诉讼、举报数", "件"),
    Statistic("6", "行政复议数", "件"),
    Statistic("7", "行政诉讼数", "件"),
)

STAT_SUMS: dict[str, tuple[str, ...]] = {
    "三/(一)": tuple(f"三/(一)/{n}" for n in range(1, 5)),
    "三/(二)": ("三/(二)/1", "三/(二)/2"),
    "三/(三)": tuple(f"三/(三)/{n}" for n in range(1, 9)),
    "三/(三)/4": tuple(f"三/(三)/4/其中{n}" for n in range(1, 7)),
    "四": ("四/(一)", "四/(二)", "四/(三)"),
    "五": ("五/(一)", "五/(二)", "五/(三)"),
    "八/(三)": ("八/(三)/1", "八/(三)/2"),
}
FUJIAN_SUMS: dict[str, tuple[str, ...]] = {
    "1": ("1/1", "1/2"),
    "2": ("2/1", "2/2", "2/3"),
    "3": ("3/1", "3/2", "3/3", "3/4"),
}
