"""The one error module.

    NianbaoError                    a line for people: what happened, to what, what to do
    ├── UsageError          exit 2  the call or a setting is wrong
    │   ├── BadCall
    │   ├── BadSetting
    │   ├── BadProfile
    │   ├── BadOverride
    │   ├── UnknownSite
    │   ├── BadTime
    │   ├── Ambiguous
    │   │   └── AmbiguousAmongMany
    │   ├── NothingToCompare
    │   ├── DatabaseNotEmpty
    │   ├── FileThere
    │   ├── BadKey
    │   ├── PortTrouble
    │   ├── BadAddress
    │   ├── BadDatetime
    │   ├── BadStamp
    │   └── NotAsPart
    ├── NotFound            exit 3  what was asked for is not there
    │   ├── UnknownUrl
    │   ├── NoMemento
    │   ├── NoPage
    │   ├── UnknownReport
    │   ├── NotCaptured
    │   ├── NotYetKnown
    │   ├── NoCapture
    │   ├── NoReply
    │   ├── NoVersion
    │   ├── NoFigure
    │   ├── NoPicture
    │   ├── NoFile
    │   ├── NothingChosen
    │   ├── NoPywb
    │   ├── NoHome
    │   └── EmptyDatabase
    ├── StorageError        exit 4  the archive or the database cannot do its work
    │   ├── CannotWrite
    │   ├── CannotRead
    │   ├── DatabaseError
    │   ├── SchemaTooNew
    │   ├── SchemaTooOld
    │   ├── CopyDiffers
    │   ├── HomeBusy
    │   │   └── DatabaseBusy
    │   ├── Damaged
    │   ├── StoreTrouble
    │   ├── PywbEnded
    │   ├── ReaderEnded
    │   └── DamageFound
    ├── NoReport            exit 5  a document that holds no report we can read
    ├── BadImport           exit 5  a file that cannot be taken into the archive
    ├── NightFailed         exit 6  the night ended without doing its work
    └── Shortfall           exit 6  a site of the night that showed no report
        ├── SiteSilent
        ├── SiteBlocked
        └── NoReportFound

Each class holds its sentence in English and Chinese; `raise UnknownUrl(url=…)` fills it. The command line
prints `message(language)` and ends with `exit_code`; no traceback reaches a user.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal


class NianbaoError(Exception):
    """Base of all errors that people are meant to read. Keyword arguments fill the sentence's fields."""

    en: ClassVar[str] = "{problem}"
    zh: ClassVar[str] = "{problem}"
    exit_code: ClassVar[int] = 1

    def __init__(self, **details: object) -> None:
        super().__init__(details)
        self.details = details

    def __reduce__(self) -> tuple[Callable[..., NianbaoError], tuple[type[NianbaoError], dict[str, object]]]:
        """Errors travel from worker processes, which Python cannot do by itself for keyword arguments."""
        return _again, (type(self), self.details)

    def message(self, language: Literal["en", "zh"] = "en") -> str:
        """The sentence in that language, on one line."""
        details = {name: _told(detail, language) for name, detail in self.details.items()}
        sentence = (self.zh if language == "zh" else self.en).format(**details)
        return " ".join(sentence.split())

    def __str__(self) -> str:
        return self.message()


LONGEST = 300
"""Characters of a detail in a sentence: an address may have thousands, and hide what happened to it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A detail that is words of ours, in both languages."""

    en: str
    zh: str

    def format(self, **details: object) -> Phrase:
        """The same with its gaps filled, as `str.format` does."""
        return Phrase(self.en.format(**details), self.zh.format(**details))


def _told(detail: object, language: Literal["en", "zh"]) -> object:
    """A detail as a sentence has it: a time as in every table, to the second in UTC; long text cut."""
    if isinstance(detail, Phrase):
        return detail.zh if language == "zh" else detail.en
    if isinstance(detail, datetime):
        return detail.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(detail, str) and len(detail) > LONGEST:
        return f"{detail[:200]}...{detail[-60:]}"
    return detail


def _again(kind: type[NianbaoError], details: dict[str, object]) -> NianbaoError:
    return kind(**details)


class UsageError(NianbaoError):
    exit_code = 2


class BadCall(UsageError):
    en = "{problem}; `{command} --help` tells how it is called"
    zh = "{problem}；用法见 `{command} --help`"


class BadSetting(UsageError):
    en = "the setting {name} is wrong ({value!r}): {problem}"
    zh = "设置 {name} 有误（{value!r}）：{problem}"


class BadProfile(UsageError):
    en = "site profile {file}: {problem}"
    zh = "站点配置 {file}：{problem}"


class BadOverride(UsageError):
    en = "overrides {file}: {problem}"
    zh = "人工更正 {file}：{problem}"


class UnknownSite(UsageError):
    en = "there is no site {site!r}; `nianbao sites` lists them"
    zh = "没有站点 {site!r}；用 `nianbao sites` 查看全部站点"


class BadTime(UsageError):
    en = "{text!r} is not a time; write 2024-01-31 or 2024-01-31T02:00:00Z"
    zh = "{text!r} 不是时间；请写成 2024-01-31 或 2024-01-31T02:00:00Z"


class Ambiguous(UsageError):
    en = "{what!r} fits several: {found}; write more of it"
    zh = "{what!r} 对应多个：{found}；请写得更完整"


class AmbiguousAmongMany(Ambiguous):
    en = "{what!r} fits several: {found} and {more} more; write more of it"
    zh = "{what!r} 对应多个：{found}，另有 {more} 个；请写得更完整"


class NothingToCompare(UsageError):
    en = "{old} and {new} are one and the same; name two versions or captures"
    zh = "{old} 与 {new} 是同一内容；请指定两个版本或采集"


class BadKey(UsageError):
    en = (
        "{path} cannot sign: {problem}; "
        "`openssl ecparam -name secp384r1 -genkey -noout -out NEW.pem` makes a key"
    )
    zh = (
        "{path} 不能用于签名：{problem}；"
        "可用 `openssl ecparam -name secp384r1 -genkey -noout -out NEW.pem` 生成密钥"
    )


class PortTrouble(UsageError):
    en = "cannot serve on {host}, port {port}: {problem}; `--port` takes another, `--port 0` any that is free"
    zh = "无法在 {host} 的端口 {port} 上提供服务：{problem}；可用 `--port` 另选端口，`--port 0` 任选空闲端口"


class BadAddress(UsageError):
    en = "{text!r} is not the address of a web page; write all of it, with http:// or https://"
    zh = "{text!r} 不是网页地址；请写完整，以 http:// 或 https:// 开头"


class BadDatetime(UsageError):
    en = "Accept-Datetime {text!r} is not a time; write it as HTTP does: Sat, 31 Jan 2026 02:00:00 GMT"
    zh = "Accept-Datetime {text!r} 不是时间；请按 HTTP 的写法：Sat, 31 Jan 2026 02:00:00 GMT"


class BadStamp(UsageError):
    en = "{text!r} is not a time; write 14 digits, 20260131020000, and id_ behind them for the octets"
    zh = "{text!r} 不是时间；请写 14 位数字，如 20260131020000，后加 id_ 则取原始字节"


class NotAsPart(UsageError):
    en = "{url} is archived, and given out by itself only, never as a part of another page"
    zh = "{url} 属于归档内容，只能单独查看，不能作为其他网页的组成部分"


class DatabaseNotEmpty(UsageError):
    en = "the database {url} is not empty ({table}: {rows} rows); copy into one that has nothing in it"
    zh = "数据库 {url} 不是空的（{table}：{rows} 行）；请复制到空的数据库"


class FileThere(UsageError):
    en = "{path} is there already; `--force` replaces it"
    zh = "{path} 已存在；可用 `--force` 替换"


class NotFound(NianbaoError):
    exit_code = 3


class UnknownUrl(NotFound):
    en = "{url} was never captured; `nianbao reports` lists the report addresses"
    zh = "从未采集过 {url}；用 `nianbao reports` 查看报告地址"


class NoMemento(NotFound):
    en = "there is no memento of {url}; an address is looked up as it was captured, http or https, www or not"
    zh = "没有 {url} 的存档；网址须与采集时一致（http 或 https、有无 www 均有区别）"


class NoPage(NotFound):
    en = "the time map of {url} has no page {page}"
    zh = "{url} 的时间表没有第 {page} 页"


class UnknownReport(NotFound):
    en = "there is no report {report!r}; `nianbao reports` lists them"
    zh = "没有报告 {report!r}；用 `nianbao reports` 查看全部报告"


class NotCaptured(NotFound):
    en = "{url} was not yet captured at {time}; the first capture is of {first}"
    zh = "{time} 时尚未采集 {url}；首次采集于 {first}"


class NotYetKnown(NotFound):
    en = "report {report} was not known yet at {time}; its first version was recorded at {first}"
    zh = "{time} 时尚不知道报告 {report}；其首个版本入库于 {first}"


class NoCapture(NotFound):
    en = "there is no capture {number}; `nianbao versions URL` lists those of an address"
    zh = "没有采集号 {number}；用 `nianbao versions URL` 查看某网址的采集"


class NoReply(NotFound):
    en = "capture {number} of {url} brought nothing that could be compared: {problem}"
    zh = "{url} 的采集 {number} 没有可比较的内容：{problem}"


class NoVersion(NotFound):
    en = "report {report} has no version {number}; `nianbao versions {report}` lists its versions"
    zh = "报告 {report} 没有版本 {number}；用 `nianbao versions {report}` 查看全部版本"


class NoFigure(NotFound):
    en = "report {report} has no figure {key!r}; `nianbao report {report} --json` lists them"
    zh = "报告 {report} 没有数据 {key!r}；用 `nianbao report {report} --json` 查看全部数据"


class NoPicture(NotFound):
    en = "the place of {key} cannot be shown: {problem}"
    zh = "无法展示 {key} 的出处：{problem}"


class NoFile(NotFound):
    en = "cannot open {path}: {problem}"
    zh = "无法打开 {path}：{problem}"


class NothingChosen(NotFound):
    en = "the archive has nothing of that; `nianbao sites` lists the sites, `nianbao status` the runs"
    zh = "归档中没有符合条件的内容；用 `nianbao sites` 查看站点，用 `nianbao status` 查看运行"


class NoPywb(NotFound):
    en = (
        "replay needs pywb, a program of its own (GPL): `pipx install pywb` installs it; "
        "NIANBAO_PYWB names its `wayback` where that is not on the PATH"
    )
    zh = (
        "回放需要另外安装 pywb（独立程序，GPL）：可用 `pipx install pywb` 安装；"
        "若其程序 `wayback` 不在 PATH 中，用 NIANBAO_PYWB 指定"
    )


class NoHome(NotFound):
    en = "there is nothing in {home} yet; `nianbao crawl` fills it, NIANBAO_HOME names another folder"
    zh = "{home} 中还没有数据；用 `nianbao crawl` 采集，或用 NIANBAO_HOME 指定其他目录"


class EmptyDatabase(NotFound):
    en = "there is nothing in the database {url} yet; `nianbao crawl` fills it, or `nianbao db copy`"
    zh = "数据库 {url} 中还没有数据；可用 `nianbao crawl` 采集，或用 `nianbao db copy` 迁入"


class StorageError(NianbaoError):
    exit_code = 4


class CannotWrite(StorageError):
    en = "cannot write {path}: {problem}; what was archived before is untouched"
    zh = "无法写入 {path}：{problem}；此前归档的内容未受影响"


class CannotRead(StorageError):
    en = "cannot read {path}: {problem}"
    zh = "无法读取 {path}：{problem}"


class DatabaseError(StorageError):
    en = "the database {url} cannot be used: {problem}"
    zh = "数据库 {url} 无法使用：{problem}"


class SchemaTooNew(StorageError):
    en = "the database {url} was made by a newer Nianbao (schema {revision}); update Nianbao"
    zh = "数据库 {url} 由更新版本的年报创建（结构版本 {revision}）；请升级"


class SchemaTooOld(StorageError):
    en = "the database {url} was made by an older Nianbao (schema {revision}); `nianbao status` updates it"
    zh = "数据库 {url} 由旧版本的年报创建（结构版本 {revision}）；对它运行一次 `nianbao status` 即可更新"


class CopyDiffers(StorageError):
    en = (
        "table {table} came out otherwise in {url} (rows: {rows}, there {found}); nothing was copied; "
        "please report this"
    )
    zh = "表 {table} 在 {url} 中与原表不同（行数：{rows}，那里 {found}）；没有复制任何内容；请报告此问题"


class HomeBusy(StorageError):
    en = "another Nianbao is writing to {home} (process {pid}); wait for it or stop it"
    zh = "另一个年报进程正在写入 {home}（进程 {pid}）；请等待或停止它"


class DatabaseBusy(HomeBusy):
    en = "another Nianbao is writing to the database {url} ({pid}); wait for it or stop it"
    zh = "另一个年报进程正在写入数据库 {url}（{pid}）；请等待或停止它"


class Damaged(StorageError):
    en = "segment {segment} is damaged at byte {offset}: {problem}; {url} cannot be given out"
    zh = "归档文件 {segment} 在第 {offset} 字节处损坏：{problem}；无法提供 {url}"


class StoreTrouble(StorageError):
    en = "the object store {url} cannot be used: {problem}; what it does not have yet stays here"
    zh = "无法使用对象存储 {url}：{problem}；尚未上传的内容仍保留在本机"


class PywbEnded(StorageError):
    en = "pywb does not serve: {problem}"
    zh = "pywb 无法提供服务：{problem}"


class ReaderEnded(StorageError):
    en = (
        "the process that read segment {segment} again was ended ({problem}; SIGKILL: memory may be short); "
        "the others are read and noted, run verify again"
    )
    zh = (
        "重新读取档案段 {segment} 的进程被终止（{problem}；若为 SIGKILL，可能内存不足）；"
        "其余各段已读取并记录，请再次执行 verify"
    )


class DamageFound(StorageError):
    en = (
        "damaged segments: {segments}, captures concerned: {captures}; "
        "`--repair-from DIR` restores files from copies, and a backup of the database rows of the index"
    )
    zh = (
        "损坏的归档文件：{segments}，涉及的采集：{captures}；"
        "文件可用 `--repair-from DIR` 从副本恢复，索引记录须从数据库备份恢复"
    )


class NoReport(NianbaoError):
    exit_code = 5
    en = "{path}: {state}: {reason}"
    zh = "{path}：{state}：{reason}"


class BadImport(NianbaoError):
    exit_code = 5
    en = "{path} cannot be imported: {problem}; nothing of it was taken in"
    zh = "无法导入 {path}：{problem}；其中内容均未入库"


class NightFailed(NianbaoError):
    exit_code = 6
    en = "the night did not do its work: {problem}"
    zh = "本次夜间任务未完成：{problem}"


class Shortfall(NianbaoError):
    exit_code = 6


class SiteSilent(Shortfall):
    en = "{site} did not answer ({problem}); nothing is known to have changed there"
    zh = "{site} 没有应答（{problem}）；无法判断该站是否有变化"


class SiteBlocked(Shortfall):
    en = "{site} answers with a block page ({status}, {kind}); it is archived as such and not worked around"
    zh = "{site} 返回拦截页面（{status}，{kind}）；已如实归档，不作绕过"


class NoReportFound(Shortfall):
    en = "no report was found on {site}; give its column's address as `columns` in the site profile"
    zh = "在 {site} 没有找到年报；请在站点配置的 `columns` 中给出年报栏目的地址"
