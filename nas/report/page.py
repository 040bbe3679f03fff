"""The page of a study: report.html, one file, nothing fetched."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.io import to_html
from plotly.offline import get_plotlyjs

from nas.files import write_text
from nas.report import boards as on_boards
from nas.report import figures, wording
from nas.report import limits as of_limits
from nas.report.study import StudyFiles, read_study
from nas.report.tables import built_for, built_rows, is_winner

__all__ = ["write_report"]

COSTS = ("rom_bytes", "ram_bytes", "macs")
CONFIG = {"displayModeBar": False, "responsive": True}


def write_report(
    study_dir: Path,
    *,
    limits: Mapping[str, Any] | None = None,
    boards: Mapping[str, Any] | None = None,
) -> Path:
    """Write report.html from the files in `study_dir` and return its path.

    Works while a search is running and after one was cut short: what is not there yet is left out
    and said to be missing.

    Args:
        study_dir: the study's folder.
        limits: what each limit did; see `nas.report.limits`. Without it that section is left out.
        boards: the trials on other boards; see `nas.report.boards`. The same.

    Raises:
        DataError: no study there, or a file of it is damaged.
    """
    path = study_dir / "report.html"
    write_text(path, render(read_study(study_dir), limits=limits, boards=boards))
    return path


def render(
    study: StudyFiles,
    *,
    limits: Mapping[str, Any] | None = None,
    boards: Mapping[str, Any] | None = None,
) -> str:
    """Return the page as HTML; every text from the study is escaped."""
    template = _environment().get_template("report.html.j2")
    return template.render(
        study=study,
        winner=study.winner,
        test=(study.winner or {}).get("test"),
        test_reads=wording.test_reads(study.winner or {}),
        ties=wording.ties(study),
        too_large=wording.too_large(study),
        data_labels=wording.data_labels(study),
        built=built_rows(study.winner) if study.winner else [],
        built_for=built_for(study.winner) if study.winner else "",
        per_class=_per_class(study),
        figures={name: _html(name, drawn) for name, drawn in _figures(study).items()},
        plotly=get_plotlyjs(),
        **_of_limits(limits),
        **_on_boards(boards),
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _of_limits(limits: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the section on limits shows."""
    if limits is None:
        return {"limits": None}
    return {
        "limits": limits,
        "limits_headline": of_limits.headline(limits),
        "limits_headings": of_limits.HEADINGS_OF_PAGE,
        "limits_rows": of_limits.rows(limits),
        "limits_sentences": of_limits.sentences(limits),
        "limits_caveat": of_limits.CAVEAT,
    }


def _on_boards(boards: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the section on other boards shows."""
    if boards is None:
        return {"boards": None}
    return {
        "boards": boards,
        "boards_verdict": on_boards.verdict(boards),
        "boards_notes": on_boards.notes(boards),
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("nas.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (wording.count, wording.loss, wording.percent):
        environment.filters[function.__name__] = function
    of_boards = (on_boards.dollars, on_boards.milliseconds, on_boards.why_none)
    more = (wording.amount, wording.quantity, *of_boards)
    environment.filters |= {function.__name__: function for function in more}
    environment.globals.update(
        accuracy=wording.accuracy, candidate=wording.candidate, names=wording.COST_NAMES
    )
    environment.globals["is_winner"] = is_winner
    return environment


def _figures(study: StudyFiles) -> dict[str, go.Figure]:
    """Return the figures that this study has the numbers for, by the name used in the page."""
    drawn: dict[str, go.Figure] = {}
    if len(study.trials):
        drawn = {cost: figures.front(study, cost) for cost in COSTS}
        drawn["rejected"] = figures.rejected(study)
    if study.winner is None:
        return drawn
    drawn["curves"] = figures.curves(study.winner)
    test = study.winner.get("test")
    if test:
        drawn["confusion"] = figures.confusion(test["confusion"], study.labels)
    if study.memory:
        drawn["memory"] = figures.memory(study.memory, _arena(study.winner))
    return drawn


def _arena(result: dict[str, Any]) -> int | None:
    found: int | None = (result.get("built") or result["estimated"]).get("arena_bytes")
    return found


def _per_class(study: StudyFiles) -> list[dict[str, Any]]:
    """Return one mapping a class: label, precision, recall, f1, clips."""
    test = (study.winner or {}).get("test")
    if not test:
        return []
    scores = test["per_class"]
    columns = (study.labels, scores["precision"], scores["recall"], scores["f1"])
    clips = [sum(row) for row in test["confusion"]]
    keys = ("label", "precision", "recall", "f1", "clips")
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, clips, strict=True)]


def _html(name: str, drawn: go.Figure) -> str:
    """Return the figure as a div and its script; Plotly escapes `<` in the script's JSON."""
    return str(
        to_html(
            drawn,
            config=CONFIG,
            full_html=False,
            include_plotlyjs=False,
            include_mathjax=False,
            div_id=f"figure-{name}",
        )
    )
