"""The running text of a made report. All sentences are written for this set; counts in them are at random."""

from __future__ import annotations

from random import Random

from bench.truthset.naming import Name

OPENINGS = (
    "根据《中华人民共和国政府信息公开条例》的规定，{agency}编制了本报告。",
    "本报告由{agency}按照《中华人民共和国政府信息公开条例》和年度报告格式的要求编制。",
    "现将{agency}的政府信息公开工作情况向社会公布。本报告依照《中华人民共和国政府信息公开条例》编写。",
)
CITED = {
    "2021": "本报告依照国办公开办函〔2021〕30号文件规定的格式编制。",
    "2019": "根据《国务院办公厅政府信息与政务公开办公室关于政府信息公开工作年度报告有关事项的通知》"
    "（国办公开办函〔2019〕60号）编写。",
}
PERIODS = (
    "本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。",
    "报告中的数据统计时段为{year}年1月1日至12月31日。",
    "统计期限从{year}年1月1日至{year}年12月31日。",
)
CONTACTS = (
    "如对本报告有疑问，请与{agency}联系（地址：{place}临河路{n}号；邮编：0{five}；电话：0{area}-{phone}；"
    "电子邮箱：xxgk{n}@example.com）。",
    "本报告电子版可在门户网站（www.example.gov.cn）下载。联系地址：{place}长街{n}号，邮政编码：0{five}，"
    "联系电话：0{area}-{phone}，传真：0{area}-{phone}。",
)
OVERVIEW = (
    "（一）主动公开。全年通过门户网站发布各类信息{n}条，其中工作动态{m}条，政策文件及解读{k}篇，"
    "政务新媒体推送图文{n}余条。",
    "（二）依申请公开。进一步理顺受理、登记、审核、答复的流程，答复文书统一编号、统一留存，"
    "办理时限比法定期限平均缩短{k}个工作日。",
    "（三）政府信息管理。对历年文件逐件核对公开属性，调整{k}件，清理失效链接{m}处。",
    "（四）平台建设。公开专栏改版后设栏目{k}个，全年访问量{n}余人次，搜索结果按时间和类别排序。",
    "（五）监督保障。组织业务培训{k}次，{m}人次参加；每季度抽查一次，发现问题当月整改。",
    "年内召开新闻发布会{k}场，回应群众关切{m}次，在政务大厅设查阅点{k}处。",
    "围绕营商环境、就业、义务教育等领域编制事项目录，共{m}项，全部在网上公布。",
)
DETAILS = (
    "一是坚持集中研究，由办公室牵头，每月汇总进展，逐项列出责任科室和完成时限，确保每一项工作有人抓、有人管。",
    "二是注重实效，把群众问得最多的{k}类事项做成问答，放在首页显著位置，点击{n}余次。",
    "三是强化审核，严格执行先审查后公开的程序，涉及个人信息的内容一律作去标识处理，全年未发生泄密事件。",
    "同时，对照上级部署的{m}项任务，建立清单，销号管理；对进展缓慢的科室及时提醒，并纳入年终考核。",
    "利用政务服务大厅、乡镇便民中心和村（社区）公示栏，方便老年人等不常上网的群众就近查阅。",
    "全年组织专题学习{k}次，邀请法律顾问讲解典型案例，编印口袋书{n}册，干部依法公开的意识明显增强。",
)
PROBLEMS = (
    "一是部分科室对公开范围的把握还不够准确，二是解读形式单一，图表和视频偏少，三是基层人员变动较大。",
    "下一步将细化目录，完善会商机制，加强对新任人员的培训，使公开内容更便于查找、更便于理解。",
    "少数信息发布不够及时。今后将建立发布台账，按月核对，逐条销号。",
)
FEES = (
    "本年度未收取信息处理费。",
    "{year}年，本机关没有收取任何信息处理费。",
    "依据有关规定收取信息处理费{k}00元，涉及申请{k}件。",
)
FOOTNOTES = (
    "注：上年结转数量以年初台账为准。",
    "注：表中数据含所属单位，个别申请跨年度办理。",
    "说明：其他处理中含申请人撤回的情形。",
)
OLD_SECTIONS = (
    (
        "一、概述",
        "{year}年，{agency}把公开透明作为日常工作的基本要求，明确一名负责人分管，指定专人办理，"
        "各项工作平稳有序。",
    ),
    (
        "二、主动公开政府信息的情况",
        "全年主动公开信息{n}条，其中机构职能类{k}条，政策法规类{m}条，业务工作类{m}条。公开的主要渠道是"
        "门户网站和公告栏。",
    ),
    (
        "三、依申请公开和不予公开政府信息的情况",
        "共收到申请{k}件，均在规定期限内答复，没有不予公开的情形。",
    ),
    ("四、收费及减免情况", "本年度没有向申请人收取费用，也没有减免事项。"),
    ("五、因政府信息公开申请行政复议、提起行政诉讼的情况", "本年度没有发生针对信息公开的复议和诉讼案件。"),
    ("六、存在的主要问题及改进情况", "公开内容与群众期待还有差距。今后将扩大公开范围，规范办理程序。"),
    ("七、其他需要报告的事项", "没有其他需要报告的事项。"),
)


def fill(text: str, name: Name, year: int, rng: Random) -> str:
    """A sentence with names and counts put in."""
    return text.format(
        agency=name.agency,
        place=name.place,
        year=year,
        n=rng.randint(110, 4800),
        m=rng.randint(11, 109),
        k=rng.randint(2, 9),
        five=rng.randint(10000, 79999),
        area=rng.randint(311, 998),
        phone=rng.randint(2000000, 8999999),
    )


def preamble(form: str, name: Name, year: int, rng: Random) -> list[str]:
    """The paragraphs above the first section: who reports, by which rules, on which days, and how to reach
    them."""
    parts = [rng.choice(OPENINGS), rng.choice(PERIODS)]
    if form in CITED and rng.random() < 0.4:
        parts.insert(1, CITED[form])
    if rng.random() < 0.8:
        parts.append(rng.choice(CONTACTS))
    parts = [fill(part, name, year, rng) for part in parts]
    return ["".join(parts)] if rng.random() < 0.6 else parts


def overview(name: Name, year: int, rng: Random, length: int) -> list[str]:
    """Some paragraphs of section 一, each of `length` passages."""
    chosen = rng.sample(range(len(OVERVIEW)), rng.randint(2, len(OVERVIEW)))
    paragraphs = []
    for number in sorted(chosen):
        more = [fill(rng.choice(DETAILS), name, year, rng) for _ in range(length - 1)]
        paragraphs.append("".join([fill(OVERVIEW[number], name, year, rng), *more]))
    return paragraphs


def problems(name: Name, year: int, rng: Random) -> list[str]:
    return [fill(text, name, year, rng) for text in rng.sample(PROBLEMS, rng.randint(1, 3))]


def fee(name: Name, year: int, rng: Random) -> str:
    return fill(rng.choice(FEES), name, year, rng)


def footnote(rng: Random) -> str:
    return rng.choice(FOOTNOTES)
