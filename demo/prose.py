"""What a report says around its tables: our own sentences, the report's facts.

Sentences rotate with the year, so that two years of one agency do not read the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from demo.report import Report


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a report: a section's heading, a paragraph, or the name of the table that stands here."""

    kind: Literal["heading", "text", "table"]
    text: str


AIMS = (
    "本机关把公开透明作为日常工作的基本要求，逐项对照年度任务清单抓好落实。",
    "本机关围绕群众和企业办事的实际需要安排公开工作，各项任务按期完成。",
    "本机关继续完善公开流程，由专人负责收集、审核和发布，工作总体平稳。",
)
PLATFORMS = (
    "对门户网站栏目作了梳理，合并内容重复的栏目，修复失效链接，并为手机浏览调整了版式。",
    "网站与政务新媒体实行同一份发布计划，重要信息同步发布，留言由值班人员当日转办。",
    "按月检查网站栏目的更新情况，发现问题后限期整改，办事指南与窗口保持一致。",
)
SUPERVISION = (
    "公开工作列入年度考核，全年举办相关培训{trainings}次，由办公室按季度通报进展。",
    "明确一名负责人分管公开工作，开展业务培训{trainings}次，并请窗口服务对象参与评议。",
)
PROBLEMS = (
    "一是部分栏目内容偏少，更新间隔较长；二是解读材料形式单一，图表运用不多。",
    "一是个别部门提供信息不够及时；二是经办人员变动较多，对规定掌握不够熟练。",
    "一是公开内容与群众关心的事项结合不紧；二是对申请办理过程的记录还不完整。",
)
REMEDIES = (
    "下一年将为每个栏目确定更新期限，安排经办人员轮训，并增加图文解读的比例。",
    "下一年将细化部门分工，建立申请办理台账，每半年回头检查一次整改结果。",
)
DISPUTES = {
    "none": "全年没有因政府信息公开引起的行政复议和行政诉讼。",
    "counted": "复议和诉讼的办理结果列于第四部分。",
    # The real report of 2022 says this beside a table of 25 reviews and 39 suits: its own contradiction.
    "denied": "没有申请人因公开事项申请行政复议或者提起行政诉讼。",
}


def _turn(choices: tuple[str, ...], report: Report) -> str:
    return choices[report.year % len(choices)]


def opening(report: Report, web_site: str) -> str:
    """The paragraph before the first section: basis, period, where to read it, whom to ask."""
    contact = report.contact
    ways = [
        f"地址：{contact.address}",
        f"邮编：{contact.postcode}",
        f"联系电话：{contact.telephone}",
        *([f"传真：{contact.fax}"] if contact.fax else []),
        f"电子邮箱：{contact.email}",
    ]
    return (
        f"本报告由{report.agency}依照《中华人民共和国政府信息公开条例》编写并发布，"
        f"所列数据的统计期限为{report.year}年1月1日至{report.year}年12月31日。"
        f"报告电子版可在{web_site}（{report.site}）查阅和下载。"
        f"对报告内容如有疑问，请与{contact.office}联系（{'，'.join(ways)}）。"
    )


def passages(report: Report, web_site: str) -> list[Passage]:
    """The whole report in order."""
    body = _since_2021(report) if report.form == "2021" else _before_2019(report)
    return [Passage("text", opening(report, web_site)), *body]


def _applications(report: Report) -> str:
    received, carried = (report.cell(f"requests.{name}.total") for name in ("new_received", "carried_over"))
    before = f"，另有上年结转{carried}件" if carried != "0" else ""
    answer = (
        "，经检索均属本机关不掌握的信息，已向申请人说明" if _only_not_held(report) else "，均按规定登记办理"
    )
    return f"全年新收政府信息公开申请{received}件{before}{answer}。"


def _only_not_held(report: Report) -> bool:
    figures = report.figures
    return figures["requests.unable_not_held.total"] == figures["requests.outcome_total.total"]


def _since_2021(report: Report) -> list[Passage]:
    facts = report.narrative
    trained = _turn(SUPERVISION, report).format(trainings=facts["trainings"])
    return [
        Passage("heading", "一、总体情况"),
        Passage("text", f"{report.year}年，{_turn(AIMS, report)}"),
        Passage(
            "text",
            f"（一）主动公开方面。通过门户网站公开各类信息{facts['website']}条，"
            f"通过政务新媒体推送图文和视频{facts['media']}余条，"
            f"公开人大代表建议和政协提案的办理结果{facts['proposals']}件。",
        ),
        Passage("text", f"（二）依申请公开方面。{_applications(report)}{DISPUTES[facts['disputes']]}"),
        Passage(
            "text",
            f"（三）政府信息管理方面。全年印制文件{facts['documents']}份，拟稿时同步标注公开属性，"
            "发布前由经办人、科室负责人和保密员依次审核。",
        ),
        Passage("text", f"（四）平台建设方面。{_turn(PLATFORMS, report)}"),
        Passage("text", f"（五）监督保障方面。{trained}"),
        Passage("heading", "二、主动公开政府信息情况"),
        Passage("table", "proactive"),
        Passage("heading", "三、收到和处理政府信息公开申请情况"),
        Passage("table", "requests"),
        Passage("heading", "四、政府信息公开行政复议、行政诉讼情况"),
        Passage("table", "review_litigation"),
        Passage("heading", "五、存在的主要问题及改进情况"),
        Passage("text", f"{_turn(PROBLEMS, report)}{_turn(REMEDIES, report)}"),
        Passage("heading", "六、其他需要报告的事项"),
        Passage("text", f"信息处理费收取情况：{report.year}年，本机关没有收取信息处理费。"),
    ]


def _before_2019(report: Report) -> list[Passage]:
    def said(code: str) -> str:
        return report.cell(f"statistics.{code}")

    received = said("三/(一)")
    answered = f"收到申请{received}件，答复{said('三/(三)')}件" if received != "0" else "没有收到公开申请"
    disputes = (
        f"行政复议{said('四')}件，行政诉讼{said('五')}件"
        if {said("四"), said("五")} != {"0"}
        else "没有发生行政复议和行政诉讼"
    )
    return [
        Passage("heading", "一、总体工作概述"),
        Passage(
            "text",
            f"{report.year}年，{_turn(AIMS, report)}全年召开相关会议{said('九/(一)')}次，"
            f"举办培训{said('九/(二)')}期，参加人员{said('九/(三)')}人次；"
            f"办理人大代表建议和政协提案{report.narrative['proposals']}件，可以公开的结果均已公开。",
        ),
        Passage("heading", "二、政府信息主动公开情况"),
        Passage(
            "text",
            f"全年主动公开政府信息{said('一/(一)')}条，其中经政府网站发布{said('一/(二)/2')}条，"
            f"经政务微博发布{said('一/(二)/3')}条，经政务微信发布{said('一/(二)/4')}条。",
        ),
        Passage("heading", "三、回应解读情况"),
        Passage(
            "text",
            f"发布政策解读稿件{said('二/(二)/3')}篇，通过微博、微信回应咨询和留言{said('二/(二)/4')}次。",
        ),
        Passage("heading", "四、依申请公开和复议、诉讼情况"),
        Passage("text", f"本年度{answered}；因政府信息公开，{disputes}。"),
        Passage("heading", "五、存在的问题和下一步安排"),
        Passage("text", f"{_turn(PROBLEMS, report)}{_turn(REMEDIES, report)}"),
        Passage("text", f"附件：{report.agency}{report.year}年度政府信息公开情况统计表"),
        Passage("heading", f"{report.year}年度政府信息公开情况统计表"),
        Passage("text", f"填报单位（盖章）：{report.agency}"),
        Passage("table", "statistics"),
        *_signature(report),
    ]


def _signature(report: Report) -> list[Passage]:
    signed = report.signature
    if signed is None:
        return []
    year, month, day = (int(part) for part in signed.filled_on.split("-"))
    lines = (
        f"单位负责人：{signed.head}",
        f"审核人：{signed.reviewer}",
        f"填报人：{signed.filled_by}",
        f"联系电话：{signed.phone}",
        f"填报日期：{year}年{month}月{day}日",
    )
    return [Passage("text", line) for line in lines]
