"""How names of agencies and of areas end."""

from __future__ import annotations

import re

ORGAN = re.compile(
    r"(?:局|厅|委|委员会|办公室|办公厅|办|政府|部|处|中心|院|会|队|所|署|站|团|公司|学校|大学|医院|银行|社|馆|行|组织|"
    r"组|事务所|办事处|分局|支队|总队|海关|税务|气象台|党校|法院|集团)$"
)
"""An organ under its full name."""

ZONE = re.compile(
    r"(?:新区|开发区|高新区|实验区|试验区|示范区|园区|保税区|度假区|管理区|名胜区|经开区|港区|合作区|工业区|景区)$"
)
"""A zone that a committee administers."""

AREA = re.compile(r"(?:省|市|区|县|州|盟|旗|镇|乡|苏木)$")
"""An area with a government of its own."""

STREET = re.compile(r"街道$")
"""A street district, which has an office."""


def is_name(folded: str) -> bool:
    """Whether a line can be the name of an agency or an area by itself."""
    return 2 < len(folded) <= 30 and any(one.search(folded) for one in (ORGAN, ZONE, AREA, STREET))
