"""What the limits did in one study, read from its folder, as plain data for the report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nas.commands.binding import Binding, binding, distinct
from nas.commands.peak_op import PeakOp, peak_op, peak_shares
from nas.commands.studies import read_json
from nas.errors import ConfigError
from nas.search import Record
from nas.search.record import candidate_of
from nas.space import Candidate, ImpossibleCandidate, build_graph

__all__ = ["limits_of", "n_classes_of", "study_binding", "top_rung_of", "what_binds"]


def what_binds(study_dir: Path, records: Sequence[Record]) -> dict[str, Any]:
    """Return `Binding` as plain data, with `peaks`: the ops at the RAM peak.

    `records` are all of the study. `peaks` holds ``rejected`` (`PeakShare` of all candidates
    rejected for RAM, most first), ``n`` (how many those are) and ``winner`` (`PeakOp`, or None).
    """
    info = read_json(study_dir / "study.json")
    found = asdict(study_binding(records, info))
    return {**found, "peaks": _peaks(study_dir, records, info)}


def study_binding(records: Sequence[Record], info: Mapping[str, Any]) -> Binding:
    """Return what the limits in study.json, `info`, did to `records`."""
    return binding(records, limits_of(info), top_rung=top_rung_of(info, records))


def limits_of(info: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits in study.json that are set, by name; none where it holds none."""
    budget = info.get("budget")
    limits = budget.get("limits") if isinstance(budget, Mapping) else None
    return {key: value for key, value in (limits or {}).items() if value is not None}


def top_rung_of(info: Mapping[str, Any], records: Sequence[Record]) -> int:
    """Return the index of the last rung; the highest reached where study.json does not tell."""
    rungs = info.get("identity", {}).get("fidelities")
    if rungs:
        return len(rungs) - 1
    return max((record.rung for record in records if record.rung is not None), default=0)


def n_classes_of(info: Mapping[str, Any]) -> int:
    """Return how many classes the networks of a study tell apart."""
    return int(info.get("identity", {}).get("n_classes") or len(info.get("labels", [])))


def _peaks(study_dir: Path, records: Sequence[Record], info: Mapping[str, Any]) -> dict[str, Any]:
    limit = limits_of(info).get("ram_bytes")
    rejected = [
        (record.candidate, record.cost.ram_bytes)
        for record in distinct(records, top_rung_of(info, records))
        if limit is not None and record.cost and record.cost.ram_bytes > limit
    ]
    peaks = [p for candidate, ram in rejected if (p := _peak(candidate, ram, info))]
    return {
        "n": len(peaks),
        "rejected": [asdict(share) for share in peak_shares(peaks)],
        "winner": _winner(study_dir, info),
    }


def _peak(candidate: Candidate | None, ram_bytes: int, info: Mapping[str, Any]) -> PeakOp | None:
    """Return the op at the peak; None where this version makes no network of the choices."""
    assert candidate is not None
    runtime = str(info.get("budget", {}).get("runtime", "c"))
    try:
        return peak_op(build_graph(candidate, n_classes_of(info)), ram_bytes, runtime=runtime)
    except (ImpossibleCandidate, ConfigError):
        return None


def _winner(study_dir: Path, info: Mapping[str, Any]) -> dict[str, Any] | None:
    path = study_dir / "winner" / "result.json"
    if not path.is_file():
        return None
    result = read_json(path)
    peak = _peak(candidate_of(result["candidate"]), result["estimated"]["ram_bytes"], info)
    return asdict(peak) if peak else None
