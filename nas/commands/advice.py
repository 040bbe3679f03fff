"""What to say when a search chose nothing."""

from pathlib import Path

from nas.search import SearchResult, Stop

__all__ = ["nothing_complete", "nothing_fits", "too_short"]


def too_short(minutes: float, left_seconds: float, least_minutes: float) -> str:
    """Return why `minutes` are refused, and how many would do."""
    return (
        f"--minutes {minutes:g} leaves the search {left_seconds:.0f} s beside finalists and "
        "export, and no trial is complete by then; give it at least "
        f"--minutes {least_minutes:g}"
    )


def nothing_fits(reason: str, study_dir: Path) -> str:
    """Return `reason`, what the search left, and that the study can go on with another budget."""
    return (
        f"{reason}; what was tried is in {study_dir / 'report.html'}, and "
        f"--study {study_dir.name} takes other limits, and another board, space or data set as "
        "long as nothing is trained in it"
    )


def nothing_complete(result: SearchResult, *, minutes: float, trials: int | None) -> str:
    """Return what a search without a complete trial did, and what to give it.

    `minutes` are those to try next, `trials` those it had.
    """
    done = result.progress
    more = {
        Stop.SECONDS: f"give it --minutes {minutes:g}",
        Stop.TRIALS: f"give it more than --trials {trials}",
        Stop.EXHAUSTED: "the space has nothing more that fits; widen it or the limits",
    }
    return (
        f"{result.study_dir}: no trial was complete: {done.trained} trained ({done.stopped} "
        f"stopped early, {done.failed} failed), {done.cut} cut short; all of it is kept, and the "
        f"same command resumes: {more[result.stop]}"
    )
