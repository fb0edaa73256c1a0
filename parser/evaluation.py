"""How well the parser reads: documents beside their truth, scored figure by figure.

A truth file `<id>.truth.json` stands beside `<id>.<ending>` and tells every printed number of the tables
(`tables`), what the report itself gets wrong (`violations`; `null`: not to be compared), `format`, `agency`,
`year`. Optional: `state` (`not_a_report`), `agency_also` (other right names), `doubt_expected`, `may_miss`
(figures may be left out, never made up), `alternatives` (`{table: [content, ...]}`, any one of them is
right), `attachments` (addresses that must be told), `layout` (scored apart from others of its file format).

Right, missed, wrong and invented are told apart figure by figure. A *silent error* is a wrong or invented
figure that no doubt touches: the one thing that must not happen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from parser.reading import parse
from parser.report import Reading, Report

TRUTH = ".truth.json"
HARD = {"row_total", "outcome_sum", "balance_1_2_eq_3_4", "review_litigation_total", "stat_sum"}
COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other", "total")
SHORTEST_NAME = 4
"""Characters that the shorter form of an agency's name must have."""

Expected = dict[str, Decimal | None]


@dataclass
class Score:
    """Counts over some documents. `printed` figures are right, missed or wrong; `invented` ones have no
    number in the truth. `unnoticed` are missed figures without a doubt, `silent` wrong or invented ones;
    `doubted` are right ones with a doubt."""

    documents: int = 0
    perfect: int = 0
    printed: int = 0
    right: int = 0
    missed: int = 0
    wrong: int = 0
    invented: int = 0
    silent: int = 0
    unnoticed: int = 0
    doubted: int = 0
    state_right: int = 0
    form_right: int = 0
    year_right: int = 0
    agency_right: int = 0
    findings_right: int = 0
    doubts_right: int = 0
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        """The share of figures given out that are right; 1 where none was given out."""
        given = self.right + self.wrong + self.invented
        return self.right / given if given else 1.0

    @property
    def recall(self) -> float:
        """The share of printed figures that were read right; 1 where none is printed."""
        return self.right / self.printed if self.printed else 1.0

    @property
    def per_second(self) -> float:
        return self.documents / self.seconds if self.seconds else 0.0

    def add(self, other: Score) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def as_dict(self) -> dict[str, Any]:
        shares = {"precision": self.precision, "recall": self.recall, "per_second": round(self.per_second, 1)}
        return asdict(self) | {"seconds": round(self.seconds, 3)} | shares


@dataclass(frozen=True)
class Verdict:
    """One document: its group, its score, and what went wrong, one line each."""

    name: str
    form: str
    format: str
    score: Score
    problems: tuple[str, ...]


@dataclass
class Evaluation:
    """All documents of a folder, in the order of their names."""

    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def total(self) -> Score:
        return _sum(verdict.score for verdict in self.verdicts)

    def groups(self) -> Iterator[tuple[str, str, Score]]:
        """Form, file format and score, in alphabetical order."""
        for form, format_ in sorted({(one.form, one.format) for one in self.verdicts}):
            alike = (one.score for one in self.verdicts if (one.form, one.format) == (form, format_))
            yield form, format_, _sum(alike)

    def worst(self, count: int) -> list[Verdict]:
        """The documents with the most silent errors, then with the most figures that are not right."""

        def badness(verdict: Verdict) -> tuple[int, int, int]:
            score = verdict.score
            return score.silent, score.wrong + score.invented + score.missed, len(verdict.problems)

        failed = [verdict for verdict in self.verdicts if verdict.problems]
        return sorted(failed, key=badness, reverse=True)[:count]

    def as_dict(self, count: int = 20) -> dict[str, Any]:
        """JSON-ready: the total, every group, the worst documents."""
        return {
            "total": self.total.as_dict(),
            "groups": [
                {"form": form, "format": format_} | score.as_dict() for form, format_, score in self.groups()
            ],
            "worst": [
                {"document": one.name, "form": one.form, "format": one.format, "problems": list(one.problems)}
                for one in self.worst(count)
            ],
        }


def evaluate(folder: Path, watch: Callable[[], object] = lambda: None) -> Evaluation:
    """Read every document of the folder that has a truth file; `watch` is called after each. `OSError` where
    the folder or a file cannot be read, `ValueError` where a truth file is no truth."""
    evaluation = Evaluation()
    for document, truth_file in pairs(folder):
        payload = document.read_bytes()
        try:
            truth = json.loads(truth_file.read_text(encoding="utf-8"), parse_float=Decimal)
            expected_figures(truth["tables"])
        except (ValueError, LookupError, TypeError) as error:
            raise ValueError(f"{truth_file.name}: {error}") from error
        started = time.perf_counter()
        reading = parse(payload)
        seconds = time.perf_counter() - started
        evaluation.verdicts.append(judge(document.name, reading, truth, seconds))
        watch()
    return evaluation


def pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Documents with their truth files, by name."""
    found = []
    for truth_file in sorted(folder.glob(f"*{TRUTH}")):
        stem = truth_file.name.removesuffix(TRUTH)
        documents = sorted(path for path in folder.glob(f"{stem}.*") if path != truth_file)
        found += [(document, truth_file) for document in documents if document.stem == stem]
    return found


def judge(name: str, reading: Reading, truth: dict[str, Any], seconds: float = 0.0) -> Verdict:
    """Compare one reading with its truth."""
    score = Score(documents=1, seconds=seconds)
    problems = list(_judge_report(reading, truth, score))
    wanted = truth.get("state", "report")
    state = str(reading.state)
    score.state_right = int(state == wanted)
    if state != wanted:
        problems.insert(0, f"state: {wanted} expected, {state} found ({reading.reason})")
        if wanted != "report" and reading.report and not reading.report.doubts:
            score.silent += 1
    problems += [
        f"attachment: {address} not told"
        for address in truth.get("attachments", ())
        if not any(address in told for told in reading.attachments)
    ]
    score.perfect = int(not problems)
    ending = name.rsplit(".", 1)[-1]
    layout = f"{ending} ({truth['layout']})" if truth.get("layout") else ending
    return Verdict(name, _group(truth, wanted), layout, score, tuple(problems))


def _group(truth: dict[str, Any], wanted: str) -> str:
    if wanted != "report":
        return wanted
    return "doubtful" if truth.get("doubt_expected") else str(truth["format"])


def _judge_report(reading: Reading, truth: dict[str, Any], score: Score) -> Iterator[str]:
    report = reading.report
    yield from _judge_figures(report, truth, score)
    if truth.get("state", "report") != "report":
        score.form_right = score.year_right = score.agency_right = 1
        score.findings_right = score.doubts_right = 1
        return
    if report is None:
        return
    score.form_right = int(report.form == truth["format"])
    score.year_right = int(report.year == truth["year"])
    score.agency_right = int(_same_agency(report.agency, truth))
    if not score.form_right:
        yield f"form: {truth['format']} expected, {report.form} found"
    if not score.year_right:
        yield f"year: {truth['year']} expected, {report.year} found"
    if not score.agency_right:
        yield f"agency: {truth['agency']} expected, {report.agency} found"
    differing = list(_judge_findings(report, truth))
    score.findings_right = int(not differing)
    yield from differing
    score.doubts_right = int(bool(report.doubts) or not truth.get("doubt_expected"))
    if not score.doubts_right:
        yield "doubts: none, although the document asks for one"


def _judge_figures(report: Report | None, truth: dict[str, Any], score: Score) -> Iterator[str]:
    expected = _fitting(report, truth)
    found: dict[str, Decimal | None] = {}
    units: dict[str, str | None] = {}
    for figure in report.figures if report else ():
        if figure.key in found and figure.value is not None:
            score.invented += 1
            score.silent += int(not _doubted(report, figure.key))
            yield f"{figure.key}: given twice"
            continue
        found[figure.key] = figure.value
        units[figure.key] = figure.unit
    wanted_units = _units(truth)
    for key, value in expected.items():
        given = found.get(key)
        if value is None:
            continue
        if given is None:
            if not truth.get("may_miss"):
                score.printed += 1
                score.missed += 1
                score.unnoticed += int(not _doubted(report, key))
                yield f"{key}: {value} expected, nothing found"
            continue
        score.printed += 1
        if given == value and wanted_units.get(key, units[key]) == units[key]:
            score.right += 1
            score.doubted += int(_doubted(report, key))
            continue
        score.wrong += 1
        silent = not _doubted(report, key)
        score.silent += int(silent)
        unit = f" ({wanted_units[key]}, not {units[key]})" if key in wanted_units else ""
        yield f"{key}: {value} expected, {given} found{unit}{' (silent)' if silent else ''}"
    for key, given in found.items():
        if given is not None and expected.get(key) is None:
            score.invented += 1
            silent = not _doubted(report, key)
            score.silent += int(silent)
            yield f"{key}: nothing expected, {given} found{' (silent)' if silent else ''}"


def _judge_findings(report: Report, truth: dict[str, Any]) -> Iterator[str]:
    """Hard findings that are missing, and those that nobody expects: rule, place, and both numbers."""
    if truth.get("violations") is None:
        return
    expected = {
        (one["rule"], one["where"], _number(one["expected"]), _number(one["found"]))
        for one in truth["violations"]
        if one["rule"] in HARD
    }
    found = {
        (one.rule, one.where, _number(one.expected), _number(one.found))
        for one in report.findings
        if one.rule in HARD
    }
    for rule, where, should, is_ in sorted(expected - found, key=str):
        yield f"finding: {rule} at {where} missing ({should} expected, {is_} printed)"
    for rule, where, should, is_ in sorted(found - expected, key=str):
        yield f"finding: {rule} at {where} not in the truth ({should} expected, {is_} printed)"


def expected_figures(tables: dict[str, Any]) -> Expected:
    """Every figure of a truth by its key; `None` where the cell holds no number."""
    expected: Expected = {}
    for row, values in tables["proactive"].items():
        for name, value in values.items():
            if name != "amount_unit":
                expected[f"proactive.{row}.{name}"] = _number(value)
    for row, counts in tables["requests"].items():
        for column, count in zip(COLUMNS, counts, strict=True):
            expected[f"requests.{row}.{column}"] = _number(count)
    for key, count in tables["review_litigation"].items():
        expected[f"review_litigation.{key}"] = _number(count)
    for line in tables["statistics"]:
        expected[f"statistics.{line['code']}"] = _number(line["value"])
        if "value_cumulative" in line:
            expected[f"statistics.{line['code']}.cumulative"] = _number(line["value_cumulative"])
    return expected


def _fitting(report: Report | None, truth: dict[str, Any]) -> Expected:
    """The expected figures; where tables have alternatives, those that the report agrees with most."""
    figures = report.figures if report else ()
    found = {figure.key: figure.value for figure in figures if figure.value is not None}
    tables = truth["tables"]
    for name, contents in truth.get("alternatives", {}).items():
        choices = [expected_figures(tables | {name: content}) for content in contents]
        hits = [sum(choice.get(key) == value for key, value in found.items()) for choice in choices]
        tables = tables | {name: contents[hits.index(max(hits))]}
    return expected_figures(tables)


def _units(truth: dict[str, Any]) -> dict[str, str | None]:
    """Units that must be right, by figure key: an amount in the wrong one is wrong by ten thousand times."""
    procurement = truth["tables"]["proactive"].get("central_procurement", {})
    if "amount_unit" not in procurement:
        return {}
    return {"proactive.central_procurement.amount": procurement["amount_unit"]}


def _doubted(report: Report | None, key: str) -> bool:
    """Whether a doubt touches the figure: its place is the figure, its row, its column (`*` for any part),
    its table, or the document."""
    parts = key.split(".")
    for doubt in report.doubts if report else ():
        where = doubt.where.split(".")
        if doubt.where in {"document", ""}:
            return True
        if len(where) <= len(parts) and all(
            one in {"*", other} for one, other in zip(where, parts, strict=False)
        ):
            return True
    return False


def _same_agency(given: str | None, truth: dict[str, Any]) -> bool:
    """The full name, another right one, or its end (洪泽区人民政府 for 淮安市洪泽区人民政府)."""
    if given is None:
        return False
    if given == truth["agency"] or given in truth.get("agency_also", ()):
        return True
    return len(given) >= SHORTEST_NAME and str(truth["agency"]).endswith(given)


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total.add(score)
    return total


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
