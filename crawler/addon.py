"""Wires Nianbao into Scrapy: one add-on that carries the operator's settings over."""

from __future__ import annotations

from importlib.metadata import version

from scrapy.settings import BaseSettings

from config import Settings, settings

BYTES_PER_MB = 1024 * 1024


def user_agent(operator: Settings) -> str:
    """An honest name, with the operator's contact when there is one."""
    contact = f" (+{operator.contact})" if operator.contact else ""
    return f"Nianbao/{version('nianbao')}{contact}"


class NianbaoAddon:
    """Sets what `config` says, at the add-on's priority, so that `scrapy crawl -s …` still wins."""

    def update_settings(self, target: BaseSettings) -> None:
        operator = settings()
        for name, value in {
            "USER_AGENT": user_agent(operator),
            "DOWNLOAD_DELAY": operator.delay,
            "DOWNLOAD_TIMEOUT": operator.timeout,
            "DOWNLOAD_MAXSIZE": int(operator.max_payload_mb * BYTES_PER_MB),
            "DOWNLOAD_WARNSIZE": 0,
            "RETRY_TIMES": operator.retries,
        }.items():
            target.set(name, value, priority="addon")
