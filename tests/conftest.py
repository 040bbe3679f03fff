"""Says at the end what was not tested, and which packages would let it be."""

import re
from collections import Counter
from collections.abc import Iterable

import pytest

TOOL = re.compile(r"missing tool (\S+): install the Debian package (\S+)")
DATA = re.compile(r"missing data (\S+):.*")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [_reason(report) for report in terminalreporter.stats.get("skipped", [])]
    lines = summary(reasons)
    if lines:
        terminalreporter.section("not tested here")
        terminalreporter.write("\n".join(lines) + "\n")


def summary(reasons: Iterable[str]) -> list[str]:
    """Return one line a missing tool or folder, and one command that installs the tools."""
    counts = Counter(match[0] for reason in reasons for match in [_missing(reason)] if match)
    packages = sorted({match[2] for text in counts for match in [TOOL.search(text)] if match})
    lines = [f"{text} ({count} tests skipped)" for text, count in sorted(counts.items())]
    return lines + ([f"all of them: apt-get install {' '.join(packages)}"] if packages else [])


def _missing(reason: str) -> re.Match[str] | None:
    return TOOL.search(reason) or DATA.search(reason)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
