"""The site profile: what we know of a site, read from `sites/<domain>.toml` and checked at load."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from errors import BadProfile, UnknownSite
from storage.coverage import ExpectedPublisher

SITES_DIR = Path(__file__).parent / "sites"

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+/\S*$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Publisher(_Table):
    """An organ that is expected to publish a report here every year."""

    agency: str = Field(min_length=2, description="full name, as in its reports")
    level: Literal["agency", "government"] = Field(
        default="agency", description="sets the due day: 31 January for agencies, 31 March for governments"
    )
    since: int = Field(default=2008, ge=2008, le=2100, description="first year reported on")


class SiteProfile(_Table):
    """What an operator says of a site. `domain`, `name`, `entry` and `publishers` must be said."""

    domain: str = Field(pattern=r"^[a-z0-9.-]+$", description="host name; also the name of the spider")
    name: str = Field(min_length=1, description="name of the site, in Chinese")
    entry: tuple[WebAddress, ...] = Field(min_length=1, description="pages from which to look")
    publishers: tuple[Publisher, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = Field(default=(), description="further hosts that belong to the site")
    family: Literal["trs", "generic"] = Field(default="generic", description="the CMS that made the site")
    columns: tuple[WebAddress, ...] = Field(
        default=(), description="known addresses of the annual-report column; tried first"
    )
    site_id_code: str | None = Field(default=None, pattern=r"^(\d{10}|bm\d{8})$")
    follow: tuple[str, ...] = Field(default=(), description="further link texts that lead to the column")
    depth: int = Field(default=5, ge=1, le=12, description="links between an entry page and the column")
    max_pages: int = Field(default=2000, ge=1, description="exchanges with the site in one run")
    delay: float | None = Field(
        default=None, ge=0, description="seconds between requests, if not the default"
    )

    @model_validator(mode="after")
    def _addresses_are_ours(self) -> Self:
        for address in (*self.entry, *self.columns):
            host = urlsplit(address).hostname
            if host not in self.all_hosts:
                raise ValueError(f"{address} is not on {self.domain} nor on one of its hosts")
        return self

    @cached_property
    def all_hosts(self) -> frozenset[str]:
        """Hosts that a crawl of this site may ask."""
        return frozenset({self.domain, *self.hosts})


def load_profile(path: Path) -> SiteProfile:
    """One profile. Raises `BadProfile` naming the file and the key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        profile = SiteProfile.model_validate(table)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadProfile(file=path.name, problem=error) from error
    except ValidationError as error:
        raise BadProfile(file=path.name, problem="; ".join(_explain(error))) from error
    if path.stem != profile.domain:
        raise BadProfile(
            file=path.name, problem=f"`domain` is {profile.domain}, the file name says otherwise"
        )
    return profile


def load_profiles(folder: Path | None = None) -> dict[str, SiteProfile]:
    """All profiles of a folder (ours by default), by domain, in the order of the domains."""
    folder = folder or SITES_DIR
    if not folder.is_dir():
        raise BadProfile(file=folder, problem="there is no such folder of site profiles")
    profiles = (load_profile(path) for path in sorted(folder.glob("*.toml")))
    return {profile.domain: profile for profile in profiles}


def choose_profiles(profiles: dict[str, SiteProfile], domains: list[str]) -> list[SiteProfile]:
    """The named profiles, or all where none is named. Raises `UnknownSite`."""
    for domain in domains:
        if domain not in profiles:
            raise UnknownSite(site=domain)
    return [profiles[domain] for domain in domains] if domains else list(profiles.values())


def expected_publishers(profiles: dict[str, SiteProfile]) -> list[ExpectedPublisher]:
    """Who is expected to publish, over all profiles, as the coverage table wants it."""
    return [
        ExpectedPublisher(domain, publisher.agency, publisher.level, publisher.since)
        for domain, profile in profiles.items()
        for publisher in profile.publishers
    ]


def _explain(error: ValidationError) -> list[str]:
    problems = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "profile"
        message = "unknown key" if item["type"] == "extra_forbidden" else item["msg"]
        problems.append(f"`{key}`: {message}")
    return problems
