"""Site profiles: what is wrong with one is said with its file and key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from errors import BadProfile, UnknownSite
from spiders.loader import SiteLoader, spider_class
from spiders.site import SITES_DIR, choose_profiles, expected_publishers, load_profile, load_profiles

GOOD = """
domain = "gaj.example.invalid"
name = "某某市公安局"
entry = ["http://gaj.example.invalid/"]

[[publishers]]
agency = "某某市公安局"
"""


def written(folder: Path, text: str, name: str = "gaj.example.invalid.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_profile_loads() -> None:
    profiles = load_profiles()
    assert [*profiles] == sorted(path.stem for path in SITES_DIR.glob("*.toml"))
    assert {"gaj.shizuishan.gov.cn", "www.wuzhong.gov.cn"} <= profiles.keys()
    assert profiles["gaj.shizuishan.gov.cn"].delay is None
    expected = {(item.site, item.agency) for item in expected_publishers(profiles)}
    assert ("www.wuzhong.gov.cn", "吴忠市公安局") in expected


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, GOOD))
    assert (profile.family, profile.depth, profile.max_pages, profile.columns) == ("generic", 5, 2000, ())
    assert profile.all_hosts == {"gaj.example.invalid"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("entry =", "entrys =", "`entrys`: unknown key"),
        ("entry =", "entrys =", "`entry`: Field required"),
        ("agency =", "agencey =", "`publishers.0.agencey`: unknown key"),
        ('entry = ["http', 'depth = "deep"\nentry = ["http', "`depth`"),
        ('entry = ["http', 'depth = 0\nentry = ["http', "`depth`"),
        ('entry = ["http', 'family = "jcms2"\nentry = ["http', "`family`"),
        ('entry = ["http', 'delay = -1\nentry = ["http', "`delay`"),
        ('entry = ["http', 'site_id_code = "12"\nentry = ["http', "`site_id_code`"),
        ('entry = ["http://gaj.example.invalid/"]', "entry = []", "`entry`"),
        ('["http://gaj.example.invalid/"]', '["gaj.example.invalid"]', "`entry.0`"),
        ('["http://gaj.example.invalid/"]', '["ftp://gaj.example.invalid/"]', "`entry.0`"),
        (
            '["http://gaj.example.invalid/"]',
            '["http://www.example.org/"]',
            "http://www.example.org/ is not on",
        ),
        (
            "[[publishers]]",
            'columns = ["http://x.example/a/"]\n[[publishers]]',
            "http://x.example/a/ is not on",
        ),
        ('domain = "gaj.', 'domain = "www.', "http://gaj.example.invalid/ is not on www.example.invalid"),
        ("[[publishers]]", "[[publishers", "line 6"),
        ('name = "某某市公安局"', "name = 某某", "line 3"),
        ("publishers", "publisher", "`publisher`: unknown key"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    with pytest.raises(BadProfile) as raised:
        load_profile(written(tmp_path, GOOD.replace(old, new, 1)))
    message = raised.value.message()
    assert message.startswith("site profile gaj.example.invalid.toml: ")
    assert complaint in message
    assert "\n" not in message


def test_the_file_is_named_after_the_domain(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match=r"wrong\.toml: `domain` is gaj\.example"):
        load_profile(written(tmp_path, GOOD, "wrong.toml"))


def test_octets_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "gaj.example.invalid.toml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(BadProfile, match=r"gaj\.example\.invalid\.toml"):
        load_profile(path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="there is no such folder"):
        load_profiles(tmp_path / "nowhere")


def test_sites_are_chosen_by_their_domain(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("gaj.", "mzj."), "mzj.example.invalid.toml")
    profiles = load_profiles(tmp_path)
    assert [profile.domain for profile in choose_profiles(profiles, [])] == [*profiles]
    assert [p.domain for p in choose_profiles(profiles, ["mzj.example.invalid"])] == ["mzj.example.invalid"]
    with pytest.raises(UnknownSite, match=r"mzj\.example\.org"):
        choose_profiles(profiles, ["mzj.example.org"])


def test_the_spider_of_a_profile_carries_its_limits(tmp_path: Path) -> None:
    text = GOOD.replace("entry =", "max_pages = 7\ndelay = 5.5\nhosts = ['www.example.invalid']\nentry =", 1)
    spider = spider_class(load_profile(written(tmp_path, text)))
    assert spider.name == "gaj.example.invalid"
    assert spider.custom_settings == {"CLOSESPIDER_PAGECOUNT": 7, "DOWNLOAD_DELAY": 5.5}
    assert vars(spider)["allowed_domains"] == ["gaj.example.invalid", "www.example.invalid"]


def test_the_loader_knows_whose_address_it_is() -> None:
    from scrapy import Request

    loader = SiteLoader(load_profiles())
    assert loader.find_by_request(Request("https://www.wuzhong.gov.cn/a")) == ["www.wuzhong.gov.cn"]
    assert loader.find_by_request(Request("https://www.example.org/")) == []
    with pytest.raises(KeyError, match="nobody"):
        loader.load("nobody")


def test_scrapy_lists_the_sites(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=root,
        env=environment | {"NIANBAO_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == [*load_profiles()]
    assert [*tmp_path.iterdir()] == []
