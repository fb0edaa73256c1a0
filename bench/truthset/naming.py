"""Invented agencies, and the many ways in which a title names the agency and the year."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

CITIES = ("青泽市", "岚川市", "朔林市", "云泊市", "澄江口市", "北麓市", "望湖市", "石陂市", "宁渡市")
DISTRICTS = ("松岭县", "柳汀区", "大渡口岸区", "清坪县", "东麓区", "白浦县", "雁栖滩区", "河曲湾县")
TOWNS = ("竹溪镇", "石桥镇", "凤鸣街道", "长堤乡")
BUREAUS = (
    "公安局",
    "司法局",
    "财政局",
    "教育局",
    "发展和改革委员会",
    "人力资源和社会保障局",
    "市场监督管理局",
    "自然资源和规划局",
    "卫生健康委员会",
    "人民政府办公室",
    "生态环境局",
    "住房和城乡建设局",
    "文化广电和旅游局",
    "应急管理局",
    "行政审批服务局",
    "水务局",
)
FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
CHINESE_ZERO_CIRCLE = str.maketrans("0123456789", "○一二三四五六七八九")


@dataclass(frozen=True)
class Name:
    """The agency of a report: its full name, the name as this report prints it, other right forms, the
    place it stands in and whether it is a government (its title then names only the place)."""

    agency: str
    printed: str
    also: tuple[str, ...]
    place: str
    government: bool


def some_name(rng: Random) -> Name:
    """An agency: a bureau of a city or county, a government, or a town."""
    city, district = rng.choice(CITIES), rng.choice(DISTRICTS)
    kind = rng.random()
    if kind < 0.55:
        place = rng.choice((city, city, district, city + district))
        agency = place + rng.choice(BUREAUS)
        short = agency.removeprefix(city) if place == city + district else agency
        return Name(agency, rng.choice((agency, short)), (short,), place, False)
    if kind < 0.9:
        place = rng.choice((city, city + district))
        agency = f"{place}人民政府"
        short = agency.removeprefix(city) if place == city + district else agency
        return Name(agency, rng.choice((agency, short)), (short,), place, True)
    place = district
    agency = place + rng.choice(TOWNS)
    agency = agency + ("办事处" if agency.endswith("街道") else "人民政府")
    return Name(agency, agency, (), place, False)


@dataclass(frozen=True)
class Title:
    """A title as printed (lines), whether it prints the year, and whether it prints the agency."""

    lines: tuple[str, ...]
    has_year: bool = True
    has_agency: bool = True

    @property
    def text(self) -> str:
        return "".join(self.lines)


def year_text(year: int, rng: Random) -> str:
    """The year as a title may write it, with 年 or 年度."""
    digits = str(year)
    shapes = [digits] * 8 + [digits.translate(FULL_DIGITS), digits.translate(CHINESE_DIGITS)]
    shapes.append(digits.translate(CHINESE_ZERO_CIRCLE))
    text = rng.choice(shapes)
    text = rng.choice((text, text, text, f" {text} ", f" {text}"))
    return text + rng.choice(("年", "年", "年度"))


def some_title(name: Name, year: int, form: str, rng: Random) -> Title:
    """The title of a report, drawn from those in use."""
    when = year_text(year, rng)
    who = name.printed
    if name.government and rng.random() < 0.4:
        who = name.printed.removesuffix("人民政府")
    what = "政府信息公开工作年度报告"
    if form == "pre2019":
        what = rng.choice((what, what, "政府信息公开年度报告", "政务公开年度报告", "政务公开工作年度报告"))
    shape = rng.random()
    if shape < 0.55:
        return Title((f"{who}{when}{what}",))
    if shape < 0.7:
        return Title((f"{when.strip()}{who}{what}",))
    if shape < 0.8:
        return Title((who, f"{when.strip()}{what}"))
    if shape < 0.86:
        return Title((f"{who}{what}", f"（{when.strip()}）"))
    if shape < 0.89:
        return Title((f"{who}关于{when.strip()}政府信息公开工作的年度报告",))
    if shape < 0.94:
        return Title((f"{who}{what}",), has_year=False)
    return Title((f"{when.strip()}{what}",), has_agency=False)
