"""Ask, price, train on rungs, tell: a search that any `Evaluate` can drive.

Names are imported when first used: a worker process imports this package and must not pay for
Optuna.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nas.search.engine import DataInfo, run
    from nas.search.frame import front_frame, trials_frame
    from nas.search.jobs import Outcome, map_jobs
    from nas.search.journal import read_records
    from nas.search.progress import Event, Kind, Progress, SearchResult, Stop, progress_of
    from nas.search.record import Record, front_of
    from nas.search.rungs import ladder
    from nas.search.verdict import judged_records

__all__ = [
    "DataInfo",
    "Event",
    "Kind",
    "Outcome",
    "Progress",
    "Record",
    "SearchResult",
    "Stop",
    "front_frame",
    "front_of",
    "judged_records",
    "ladder",
    "map_jobs",
    "progress_of",
    "read_records",
    "run",
    "trials_frame",
]

_HOMES = {
    "engine": ("DataInfo", "run"),
    "frame": ("front_frame", "trials_frame"),
    "jobs": ("Outcome", "map_jobs"),
    "journal": ("read_records",),
    "progress": ("Event", "Kind", "Progress", "SearchResult", "Stop", "progress_of"),
    "record": ("Record", "front_of"),
    "rungs": ("ladder",),
    "verdict": ("judged_records",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"nas.search.{_HOME_OF[name]}"), name)
