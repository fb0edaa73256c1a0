"""The front page: what there is to ask for, in plain text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from config import Language

_TEXT: dict[Language, str] = {
    "en": """Nianbao: what Chinese government sites said, and when (Memento, RFC 7089)

  {base}/timegate/URI                       leads to the memento of a time (Accept-Datetime)
  {base}/timemap/link/URI                   all mementos of an address, as application/link-format
  {base}/timemap/json/URI                   the same in JSON
  {base}/memento/YYYYMMDDhhmmss/URI         a memento, to be looked at
  {base}/memento/YYYYMMDDhhmmssid_/URI      its payload, octet for octet

URI is an address as it was captured, with http:// or https://. A memento is shown so that it can do nothing:
scripts do not run and nothing is fetched. What a server once sent is not our statement.
""",
    "zh": """年报：中国政府网站何时说过什么（Memento，RFC 7089）

  {base}/timegate/网址                       按时间（Accept-Datetime）转到当时的页面
  {base}/timemap/link/网址                   某网址的全部采集，application/link-format 格式
  {base}/timemap/json/网址                   同上，JSON 格式
  {base}/memento/YYYYMMDDhhmmss/网址         查看某次采集的页面
  {base}/memento/YYYYMMDDhhmmssid_/网址      该次采集的原始内容，逐字节不变

网址须与采集时一致，并写明 http:// 或 https://。展示归档页面时不运行脚本，也不请求任何外部内容。
归档内容由原网站发布，不代表本服务的陈述。
""",
}


async def front(request: Request) -> Response:
    """`/`."""
    language: Language = request.app.state.language
    base = request.app.state.base or str(request.base_url).rstrip("/")
    return PlainTextResponse(_TEXT[language].format(base=base))
