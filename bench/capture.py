"""What it costs to keep every page of a crawl: `python -m bench.capture`.

The same pages are fetched from loopback by bare Scrapy, by ours, and by what others use, in turn and several
times over; what counts is the processor time of the fetching process and its children, in seconds. A peer is
held against bare Scrapy in its own environment, since its Scrapy is an older one, and each run against the
bare one of its round: on a busy machine rounds differ more than contenders. `start` is the walk over no page
at all: what a process costs before its first page. Our home exists before, as on every night but one.

The environments of the peers are made in a temporary folder, from the package registry; a peer that cannot be
installed is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import crawler.settings as ours
from bench.index import go_first
from bench.loopback import addresses, serving
from storage.database import Database

ROOT = Path(__file__).parents[1]
WALK = ROOT / "bench" / "walk.py"
ASKED = 1.15
OF_THE_ARCHIVE = {
    "ADDONS", "DOWNLOAD_HANDLERS", "DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES",
    "SPIDER_LOADER_CLASS",
}  # fmt: skip
"""Settings that bring the archive in; everything else is the same for all."""
# What the peers were released against: Scrapy, Twisted and w3lib have since dropped what they import.
_OF_THEIR_TIME = ("scrapy==2.11.2", "twisted==23.10.0", "w3lib==2.1.2")
PEERS = {
    "crau": ("crau==0.3.3", *_OF_THEIR_TIME),
    "webarchive": ("scrapy-webarchive==0.5.3", *_OF_THEIR_TIME),
}


@dataclass(frozen=True)
class Contender:
    """Something that fetches the pages: how it is called, and what it is held against."""

    name: str
    command: tuple[str, ...]
    against: str
    settings: dict[str, object]


class Course:
    """The pages, the folder, and everyone who runs."""

    def __init__(self, folder: Path, port: int, pages: int) -> None:
        self._folder = folder
        self._port = port
        self.pages = pages

    def run(self, one: Contender, pages: int) -> float:
        """Processor seconds of one run. Raises `RuntimeError` where it did not fetch every page."""
        place = self._folder / "run"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        urls = addresses(self._port, pages)
        (place / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
        (place / "by-host.txt").write_text("\n".join(sorted(urls)), encoding="utf-8")
        Database(f"sqlite:///{place / 'home' / 'nianbao.sqlite'}").close()
        settings = one.settings | {"LOG_FILE": str(place / "log.txt")}
        (place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        environment = os.environ | {
            "NIANBAO_HOME": str(place / "home"), "NIANBAO_DELAY": "0", "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        command = [part.format(folder=place) for part in one.command]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=place, text=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        came = process.stdout.read().strip()
        said = process.stderr.read()
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        process.stderr.close()
        if one.name != "wget" and came != str(pages):
            raise RuntimeError(f"{one.name} fetched {came or 'nothing'} of {pages} pages: {said[-800:]}")
        return spent.ru_utime + spent.ru_stime


def contenders(folder: Path) -> list[Contender]:
    """Everyone who can be had on this machine."""
    shared = {name: getattr(ours, name) for name in dir(ours) if name.isupper()}
    plain = {name: value for name, value in shared.items() if name not in OF_THE_ARCHIVE}
    plain |= {"DOWNLOAD_DELAY": 0, "USER_AGENT": "Nianbao/bench"}
    found = [
        Contender("bare", _walk(sys.executable, "bare"), "bare", plain | {"DOWNLOAD_HANDLERS": _POLITE}),
        Contender("ours", _walk(sys.executable, "ours"), "bare", shared),
    ]
    for name, packages in PEERS.items():
        python = _environment(folder / name, packages)
        if python is None:
            print(f"{name}: cannot be installed here, left out")
            continue
        found.append(Contender(f"bare of {name}", _walk(python, "bare"), f"bare of {name}", plain))
        found.append(Contender(name, _walk(python, name), f"bare of {name}", plain))
    wget = shutil.which("wget")
    if wget is None:
        print("wget: not installed, left out")
    else:
        options = ("-q", "--no-warc-keep-log", "--warc-file={folder}/wget", "-O", "/dev/null")
        found.append(Contender("wget", (wget, *options, "-i", "{folder}/by-host.txt"), "bare", {}))
    return found


_POLITE = dict.fromkeys(("http", "https"), "bench.polite.PoliteHandler")


def _walk(python: str, kind: str) -> tuple[str, ...]:
    return (python, str(WALK), kind, "{folder}/urls.txt", "{folder}", "{folder}/settings.json")


def _environment(folder: Path, packages: tuple[str, ...]) -> str | None:
    """A virtual environment with these packages: its Python, or `None` where it cannot be made."""
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    commands = [
        [*uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "--quiet", "--python", str(python), *packages],
    ]
    for command in commands:
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
    return str(python)


def main() -> None:
    """Print medians and how they stand to bare Scrapy."""
    wanted = argparse.ArgumentParser(description="Measure what keeping every page costs.")
    wanted.add_argument("--pages", type=int, default=2000)
    wanted.add_argument("--rounds", type=int, default=5)
    arguments = wanted.parse_args()
    alone = go_first()
    with TemporaryDirectory() as temporary, serving() as port:
        folder = Path(temporary)
        course = Course(folder, port, arguments.pages)
        running = contenders(folder)
        spent: dict[str, list[float]] = {one.name: [] for one in running}
        starts: dict[str, list[float]] = {one.name: [] for one in running}
        for _ in range(arguments.rounds):
            for one in running:
                spent[one.name].append(course.run(one, arguments.pages))
                if one.name != "wget":
                    starts[one.name].append(course.run(one, 0))
    print(
        f"{arguments.pages} pages, {arguments.rounds} rounds, processor seconds (median); "
        f"Python {platform.python_version()}, {os.cpu_count()} cores; other work on this machine "
        f"{'waits' if alone else 'takes its turn'}"
    )
    for one in running:
        whole, start = median(spent[one.name]), median(starts[one.name] or [0.0])
        times = _times(spent[one.name], spent[one.against])
        walks = [_without_start(spent[name], starts[name]) for name in (one.name, one.against)]
        line = f"{one.name:20} {whole:6.2f}  start {start:5.2f}  {times:5.2f} × bare"
        line += f"  {_times(*walks):5.2f} × without the starts"
        if one.name == "ours":
            line += f"  asked {ASKED}: {'met' if times <= ASKED else 'missed'}"
        print(line)


def _times(these: list[float], those: list[float]) -> float:
    """How many times as much, the median over the rounds."""
    return median(one / other for one, other in zip(these, those, strict=True))


def _without_start(whole: list[float], start: list[float]) -> list[float]:
    """What is left of each round without its start; all of it where that is not known."""
    return [spent - first for spent, first in zip(whole, start or [0.0] * len(whole), strict=True)]


if __name__ == "__main__":
    main()
