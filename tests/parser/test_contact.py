"""Contact blocks with every habit of punctuation."""

from __future__ import annotations

import pytest

from parser.contact import find_contact


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        (
            "（地址：云溪市黄河路 23 号，邮编：753000，联系电话：0952-2216049，传真：0952-2216046，"
            "电子邮箱：a_b@126.com）。",
            {"address": "云溪市黄河路23号", "postcode": "753000", "telephone": "0952-2216049",
             "fax": "0952-2216046", "email": "a_b@126.com"},
        ),
        (
            "通讯地址：云溪市营运中心7号楼14层；邮政编码：350400；电话：0591－23165385；"
            "E-mail：x.y@z.gov.cn。",
            {"address": "云溪市营运中心7号楼14层", "postcode": "350400", "telephone": "0591-23165385",
             "email": "x.y@z.gov.cn"},
        ),
        ("联系地址为云溪路1号（市政府大院内），电话：（0950）1234567",
         {"address": "云溪路1号（市政府大院内）", "telephone": "（0950）1234567"}),
        ("地 址：云溪路1号\n邮 编：７５３０００\n电 话/传真：09501234567",
         {"address": "云溪路1号", "postcode": "753000", "telephone": "09501234567",
          "fax": "09501234567"}),
        ("公开办公地址、联系方式等信息。", {}),
    ],
)  # fmt: skip
def test_the_block_is_taken_apart(text: str, contact: dict[str, str]) -> None:
    assert find_contact(text) == contact
