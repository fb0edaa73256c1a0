"""The descriptor of the exported dataset: a Data Package, version 2 (datapackage.org).

Every table is there three times, one resource a format; foreign keys stay within a format. Titles and
descriptions say everything in English and Chinese, because the standard has one language a field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.columns import Column, Reference, Table

NAME = "datapackage.json"
_PROFILES = "https://datapackage.org/profiles/2.0"

_MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}

_ABOUT = (
    "Numbers read from annual reports on open government information, each with the place in the archived "
    "page that it was read from: figures → reports (version) → captures (address, time, digest, WARC file, "
    "offset). "
    "Findings are inconsistencies of a report, doubts are uncertainties of the reading. A blank is never 0. "
    "In the CSV files a text that a spreadsheet would take for a formula has an apostrophe before it (table "
    "columns, `guarded`); numbers, negative ones too, are as they are."
)
_ABOUT_ZH = (
    "取自政府信息公开工作年度报告的数值，每个数值均附其在存档网页中的位置：figures → reports（版本）→ "
    "captures（网址、时间、摘要、WARC 文件与偏移）。findings 为报告自身的矛盾，doubts 为解读的存疑。"
    "空白不等于 0。"
    "CSV 中会被电子表格当作公式的文本前加撇号（见 columns 表 guarded 字段），数值（含负数）保持原样。"
)


def describe(tables: Mapping[str, Table], folder: Path, created: datetime | None) -> dict[str, Any]:
    """The descriptor of the tables' files in a folder, JSON-ready. Reads the files for size and digest."""
    descriptor: dict[str, Any] = {
        "$schema": f"{_PROFILES}/datapackage.json",
        # The following, and `profile` of each resource, is what readers of version 1 look for.
        "profile": "data-package",
        "name": "nianbao",
        "title": "Annual reports on open government information / 政府信息公开工作年度报告",
        "description": f"{_ABOUT}\n\n{_ABOUT_ZH}",
    }
    if created is not None:
        descriptor["created"] = created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    descriptor["resources"] = [
        _resource(table, suffix, folder / f"{table.name}.{suffix}")
        for suffix in _MEDIA_TYPES
        for table in tables.values()
    ]
    return descriptor


def _resource(table: Table, suffix: str, path: Path) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "$schema": f"{_PROFILES}/dataresource.json",
        "profile": "tabular-data-resource",
        "name": _resource_name(table.name, suffix),
        "type": "table",
        "title": f"{table.title} / {table.title_zh}",
        "description": f"{table.says} {table.says_zh}",
        "path": path.name,
        "format": suffix,
        "mediatype": _MEDIA_TYPES[suffix],
    }
    if suffix != "parquet":
        resource["encoding"] = "utf-8"
    if suffix == "csv":
        resource["dialect"] = {"lineTerminator": "\r\n"}
    with path.open("rb") as file:
        resource["bytes"] = path.stat().st_size
        resource["hash"] = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    resource["schema"] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [_foreign_key(reference, suffix) for reference in table.refers],
    }
    return resource


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": f"{column.title} / {column.title_zh}",
        "description": f"{column.says} {column.says_zh}",
    }
    if column.required:
        field["constraints"] = {"required": True}
    return field


def _foreign_key(reference: Reference, suffix: str) -> dict[str, Any]:
    return {
        "fields": list(reference.columns),
        "reference": {
            "resource": _resource_name(reference.table, suffix),
            "fields": list(reference.refers_to),
        },
    }


def _resource_name(table: str, suffix: str) -> str:
    """CSV is what most readers open, so its resources have the plain names."""
    return table if suffix == "csv" else f"{table}-{suffix}"
