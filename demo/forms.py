"""The labels of two national forms, as the replica prints them.

Written down here a second time, apart from the parser's vocabulary, on purpose: a replica that took its
labels from the parser could never show the parser wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other", "total")
ORGANISATIONS = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One row of section 三: its key, the group it stands in (`None`: no group) and its own label."""

    key: str
    group: str | None
    label: str
    outcome: bool = True


REQUEST_ROWS = (
    RequestRow("new_received", None, "一、本年新收政府信息公开申请数量", outcome=False),
    RequestRow("carried_over", None, "二、上年结转政府信息公开申请数量", outcome=False),
    RequestRow("granted", None, "（一）予以公开"),
    RequestRow("partially_granted", None, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    RequestRow("refused_state_secret", "（三）不予公开", "1.属于国家秘密"),
    RequestRow("refused_law_prohibits", "（三）不予公开", "2.其他法律行政法规禁止公开"),
    RequestRow("refused_three_securities", "（三）不予公开", "3.危及“三安全一稳定”"),
    RequestRow("refused_third_party_rights", "（三）不予公开", "4.保护第三方合法权益"),
    RequestRow("refused_internal_affairs", "（三）不予公开", "5.属于三类内部事务信息"),
    RequestRow("refused_process_information", "（三）不予公开", "6.属于四类过程性信息"),
    RequestRow("refused_enforcement_file", "（三）不予公开", "7.属于行政执法案卷"),
    RequestRow("refused_administrative_query", "（三）不予公开", "8.属于行政查询事项"),
    RequestRow("unable_not_held", "（四）无法提供", "1.本机关不掌握相关政府信息"),
    RequestRow("unable_no_existing_info", "（四）无法提供", "2.没有现成信息需要另行制作"),
    RequestRow("unable_unclear_after_correction", "（四）无法提供", "3.补正后申请内容仍不明确"),
    RequestRow("not_processed_petition", "（五）不予处理", "1.信访举报投诉类申请"),
    RequestRow("not_processed_duplicate", "（五）不予处理", "2.重复申请"),
    RequestRow("not_processed_publication", "（五）不予处理", "3.要求提供公开出版物"),
    RequestRow("not_processed_excessive", "（五）不予处理", "4.无正当理由大量反复申请"),
    RequestRow("not_processed_confirm_reissue", "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息"),
    RequestRow(
        "other_overdue_correction",
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    RequestRow(
        "other_unpaid_fee",
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    RequestRow("other_misc", "（六）其他处理", "3.其他"),
    RequestRow("outcome_total", None, "（七）总计"),
    RequestRow("carried_forward", None, "四、结转下年度继续办理", outcome=False),
)


@dataclass(frozen=True, slots=True)
class ProactiveBlock:
    """One block of section 二: its article, its header cells, and `(key, label)` of its rows."""

    article: str
    header: tuple[str, ...]
    fields: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


PROACTIVE_BLOCKS = (
    ProactiveBlock(
        "第二十条第（一）项",
        ("本年制发件数", "本年废止件数", "现行有效件数"),
        ("issued", "repealed", "in_force"),
        (("regulations", "规章"), ("normative_documents", "行政规范性文件")),
    ),
    ProactiveBlock(
        "第二十条第（五）项",
        ("本年处理决定数量",),
        ("decisions",),
        (("administrative_licensing", "行政许可"),),
    ),
    ProactiveBlock(
        "第二十条第（六）项",
        ("本年处理决定数量",),
        ("decisions",),
        (("administrative_penalty", "行政处罚"), ("administrative_compulsion", "行政强制")),
    ),
    ProactiveBlock(
        "第二十条第（八）项",
        ("本年收费金额（单位：万元）",),
        ("amount_wanyuan",),
        (("administrative_fees", "行政事业性收费"),),
    ),
)

REVIEW_GROUPS = (
    ("review", "行政复议"),
    ("litigation_direct", "未经复议直接起诉"),
    ("litigation_after_review", "复议后起诉"),
)
REVIEW_RESULTS = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """One row of the statistics table of 2014–2018: code (path of numbering), label as printed, unit
    (`None`: a heading without a number) and how far it is indented."""

    code: str
    label: str
    unit: str | None
    indent: int


def _row(code: str, label: str, unit: str | None = None) -> StatisticsRow:
    depth = code.count("/")
    return StatisticsRow(code, label, unit, depth)


STATISTICS_ROWS = (
    _row("一", "一、主动公开情况"),
    _row("一/(一)", "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条"),
    _row("一/(一)/其中1", "其中：主动公开规范性文件数", "条"),
    _row("一/(一)/其中2", "制发规范性文件总数", "件"),
    _row("一/(二)", "（二）通过不同渠道和方式公开政府信息的情况"),
    _row("一/(二)/1", "1.政府公报公开政府信息数", "条"),
    _row("一/(二)/2", "2.政府网站公开政府信息数", "条"),
    _row("一/(二)/3", "3.政务微博公开政府信息数", "条"),
    _row("一/(二)/4", "4.政务微信公开政府信息数", "条"),
    _row("一/(二)/5", "5.其他方式公开政府信息数", "条"),
    _row("二", "二、回应解读情况"),
    _row("二/(一)", "（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）", "次"),
    _row("二/(二)", "（二）通过不同渠道和方式回应解读的情况"),
    _row("二/(二)/1", "1.参加或举办新闻发布会总次数", "次"),
    _row("二/(二)/1/其中1", "其中：主要负责同志参加新闻发布会次数", "次"),
    _row("二/(二)/2", "2.政府网站在线访谈次数", "次"),
    _row("二/(二)/2/其中1", "其中：主要负责同志参加政府网站在线访谈次数", "次"),
    _row("二/(二)/3", "3.政策解读稿件发布数", "篇"),
    _row("二/(二)/4", "4.微博微信回应事件数", "次"),
    _row("二/(二)/5", "5.其他方式回应事件数", "次"),
    _row("三", "三、依申请公开情况"),
    _row("三/(一)", "（一）收到申请数", "件"),
    _row("三/(一)/1", "1.当面申请数", "件"),
    _row("三/(一)/2", "2.传真申请数", "件"),
    _row("三/(一)/3", "3.网络申请数", "件"),
    _row("三/(一)/4", "4.信函申请数", "件"),
    _row("三/(二)", "（二）申请办结数", "件"),
    _row("三/(二)/1", "1.按时办结数", "件"),
    _row("三/(二)/2", "2.延期办结数", "件"),
    _row("三/(三)", "（三）申请答复数", "件"),
    _row("三/(三)/1", "1.属于已主动公开范围数", "件"),
    _row("三/(三)/2", "2.同意公开答复数", "件"),
    _row("三/(三)/3", "3.同意部分公开答复数", "件"),
    _row("三/(三)/4", "4.不同意公开答复数", "件"),
    _row("三/(三)/4/其中1", "其中：涉及国家秘密", "件"),
    _row("三/(三)/4/其中2", "涉及商业秘密", "件"),
    _row("三/(三)/4/其中3", "涉及个人隐私", "件"),
    _row("三/(三)/4/其中4", "危及国家安全、公共安全、经济安全和社会稳定", "件"),
    _row("三/(三)/4/其中5", "不是《条例》所指政府信息", "件"),
    _row("三/(三)/4/其中6", "法律法规规定的其他情形", "件"),
    _row("三/(三)/5", "5.不属于本行政机关公开数", "件"),
    _row("三/(三)/6", "6.申请信息不存在数", "件"),
    _row("三/(三)/7", "7.告知作出更改补充数", "件"),
    _row("三/(三)/8", "8.告知通过其他途径办理数", "件"),
    _row("四", "四、行政复议数量", "件"),
    _row("四/(一)", "（一）维持具体行政行为数", "件"),
    _row("四/(二)", "（二）被依法纠错数", "件"),
    _row("四/(三)", "（三）其他情形数", "件"),
    _row("五", "五、行政诉讼数量", "件"),
    _row("五/(一)", "（一）维持具体行政行为或者驳回原告诉讼请求数", "件"),
    _row("五/(二)", "（二）被依法纠错数", "件"),
    _row("五/(三)", "（三）其他情形数", "件"),
    _row("六", "六、举报投诉数量", "件"),
    _row("七", "七、依申请公开信息收取的费用", "万元"),
    _row("八", "八、机构建设和保障经费情况"),
    _row("八/(一)", "（一）政府信息公开工作专门机构数", "个"),
    _row("八/(二)", "（二）设置政府信息公开查阅点数", "个"),
    _row("八/(三)", "（三）从事政府信息公开工作人员数", "人"),
    _row("八/(三)/1", "1.专职人员数（不包括政府公报及政府网站工作人员数）", "人"),
    _row("八/(三)/2", "2.兼职人员数", "人"),
    _row(
        "八/(四)",
        "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面经费）",
        "万元",
    ),
    _row("九", "九、政府信息公开会议和培训情况"),
    _row("九/(一)", "（一）召开政府信息公开工作会议或专题会议数", "次"),
    _row("九/(二)", "（二）举办各类培训班数", "次"),
    _row("九/(三)", "（三）接受培训人员数", "人次"),
)
STATISTICS_HEADER = ("统计指标", "单位", "统计数")
