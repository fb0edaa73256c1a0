"""The one settings module: what an operator can set, with its default, read from the environment.

Every field is the environment variable `NIANBAO_<FIELD>`; no other module reads the environment. A proxy is
set the way every program takes it (`http_proxy`, `https_proxy`), which Scrapy reads itself.
"""

from __future__ import annotations

import locale
import os
import re
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from errors import BadSetting, Phrase

Language = Literal["en", "zh"]
PREFIX = "NIANBAO_"
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5]?[0-9]")
_WEB = re.compile(r"https?://[^/\s?#@]+(/[^\s?#]*)?")
_LOGIN = re.compile(r"//.*@", re.DOTALL)
_OBJECT_STORE = re.compile(r"s3://[^/\s?#@]+(/[^\s?#]*)?")

_PROBLEMS = {
    "greater_than": Phrase("must be greater than {gt:g}", "必须大于 {gt:g}"),
    "less_than_equal": Phrase("must be at most {le:g}", "不得大于 {le:g}"),
    "greater_than_equal": Phrase("must be at least {ge:g}", "不得小于 {ge:g}"),
    "float_parsing": Phrase("must be a number", "必须是数字"),
    "int_parsing": Phrase("must be a whole number", "必须是整数"),
    "int_parsing_size": Phrase("has too many digits", "位数过多"),
    "finite_number": Phrase("must be a finite number", "必须是有限的数字"),
    "bool_parsing": Phrase("must be true or false", "必须是 true 或 false"),
    "literal_error": Phrase("must be {expected}", "只能是 {expected} 之一"),
}
"""Kinds of error by the names that pydantic gives them."""


class Settings(BaseSettings):
    """Settings of one installation. Immutable; make a new one to see a changed environment."""

    # An empty variable is one that is not set: an empty home would be the folder one happens to be in.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", allow_inf_nan=False, env_ignore_empty=True
    )

    home: Path = Field(default=Path("data"), description="folder of the database and the segments")
    database_url: str = Field(default="", description="SQLAlchemy URL; SQLite in the home when empty")
    lang: Language | None = Field(
        default=None, description="language of help and messages: zh or en; the locale's when not set"
    )
    debug: bool = Field(default=False, description="show the traceback of an internal error")
    sites_dir: Path | None = Field(default=None, description="folder of site profiles instead of our own")
    contact: str = Field(
        default="", description="operator's e-mail or web address, told to every site in the User-Agent"
    )
    delay: float = Field(default=2.0, ge=0, description="seconds between two requests to one host")
    timeout: float = Field(default=60.0, gt=0, description="seconds until a request is given up")
    retries: int = Field(default=2, ge=0, description="further attempts after a failed exchange")
    whole_every_nights: int = Field(
        default=30, ge=1, description="a page is fetched whole at least every so many nights; 1: always"
    )
    max_payload_mb: float = Field(default=512.0, gt=0, description="largest payload taken, in MiB")
    segment_mb: float = Field(default=1024.0, gt=0, description="a segment is sealed at this size, in MiB")
    archive_url: str = Field(
        default="", description="object store for sealed segments, s3://bucket/prefix; none when empty"
    )
    archive_endpoint: str = Field(default="", description="address of the store where it is not Amazon's")
    archive_local_days: int = Field(
        default=0, ge=0, description="days that a segment in the object store is kept here too; 0: always"
    )
    fixity_days: int = Field(
        default=30,
        ge=0,
        description="each night reads so much of the archive that all is read in so many days; 0: none",
    )
    workers: int = Field(
        default=0, ge=0, description="processes that parse documents, or verify the archive; 0: one a core"
    )
    parse_seconds: float = Field(
        default=120.0, gt=0, description="time limit of one document; each scanned page gives 20 more"
    )
    parse_memory_mb: int = Field(default=1500, ge=256, description="memory limit of a parser process, in MiB")
    night_at: str = Field(default="02:00", description="when the night starts, HH:MM")
    timezone: str = Field(default="Asia/Shanghai", description="time zone of night_at")
    misfire_hours: float = Field(default=6.0, gt=0, description="a night may start this much late")
    stop_seconds: float = Field(default=60.0, gt=0, description="how long a stop waits for the night")
    serve_host: str = Field(default="127.0.0.1", description="address on which `nianbao serve` listens")
    serve_port: int = Field(default=8000, ge=0, le=65535, description="and its port; 0: any that is free")
    serve_url: str = Field(
        default="", description="address by which readers reach it; the one that each asks by when empty"
    )
    pywb: Path | None = Field(
        default=None, description="the program `wayback` of pywb, where it is not on the PATH"
    )

    @field_validator("home")
    @classmethod
    def _folder(cls, path: Path) -> Path:
        for part in (path, *path.parents):
            try:
                is_other = part.exists() and not part.is_dir()
            except OSError:
                break  # whoever opens it tells what hinders
            if is_other:
                raise ValueError(Phrase(f"{part} is no folder", f"{part} 不是文件夹"))
        return path

    @field_validator("night_at")
    @classmethod
    def _clock(cls, text: str) -> str:
        if not _CLOCK.fullmatch(text):
            raise ValueError(Phrase("must be a time of day such as 02:00", "必须是一天中的时刻，如 02:00"))
        return text

    @field_validator("archive_url")
    @classmethod
    def _object_store(cls, text: str) -> str:
        if text and not _OBJECT_STORE.fullmatch(text):
            raise ValueError(
                Phrase("must be s3://bucket or s3://bucket/prefix", "必须是 s3://桶 或 s3://桶/前缀")
            )
        return text

    @field_validator("serve_url")
    @classmethod
    def _public(cls, text: str) -> str:
        if text and not _WEB.fullmatch(text):
            raise ValueError(Phrase("must be http://… or https://…", "必须是 http://… 或 https://…"))
        return text

    @field_validator("timezone")
    @classmethod
    def _zone(cls, text: str) -> str:
        try:
            ZoneInfo(text)
        except (OSError, LookupError, ValueError) as error:
            problem = Phrase("must be a time zone such as Asia/Shanghai", "必须是时区，如 Asia/Shanghai")
            raise ValueError(problem) from error
        return text

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{(self.home / 'nianbao.sqlite').absolute()}"

    @property
    def archive_dir(self) -> Path:
        """Folder of the WARC segments."""
        return self.home / "archive"

    @property
    def overrides_dir(self) -> Path:
        """Folder of the values that a person set."""
        return self.home / "overrides"

    @property
    def language(self) -> Language:
        """`lang`, or the language of the process's locale: zh for a Chinese one, else en."""
        if self.lang:
            return self.lang
        name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
        return "zh" if (name or locale.getlocale()[0] or "").lower().startswith("zh") else "en"


def to_complain_by() -> Settings:
    """The defaults in the language that is asked for: what says that the settings themselves are wrong."""
    asked = {name.upper(): value for name, value in os.environ.items()}.get(f"{PREFIX}LANG")
    return Settings.model_construct(lang=asked if asked in get_args(Language) else None)


def settings() -> Settings:
    """The settings of this process's environment. Raises `BadSetting` naming the variable."""
    _refuse_unknown()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise BadSetting(name=name, value=_shown(first.get("input")), problem=problem_of(first)) from error


def problem_of(error: ErrorDetails) -> Phrase | str:
    """What is wrong with a value, in both languages where it is a kind of error that our fields can have."""
    known = error.get("ctx", {})
    if error["type"] == "value_error":
        return cast("Phrase", known["error"].args[0])
    phrase = _PROBLEMS.get(error["type"])
    return phrase.format(**known) if phrase is not None else error["msg"]


def _refuse_unknown() -> None:
    """A misspelt name would leave a default in force without a word, a delay between requests for one."""
    known = [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            close = get_close_matches(name.upper(), known, 1)
            problem = (
                Phrase(f"there is no such setting; {close[0]} is one", f"没有这一设置；有 {close[0]}")
                if close
                else Phrase("there is no such setting", "没有这一设置")
            )
            raise BadSetting(name=name, value=_shown(value), problem=problem)


def _shown(value: object) -> object:
    """A value without the login that a URL may have in it."""
    return _LOGIN.sub("//***@", value) if isinstance(value, str) else value
