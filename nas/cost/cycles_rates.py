"""Cycles by op and amount of work, for a core and a kernel library, from ``cycles/*.json``.

Tables that are fitted are written by ``python -m nas.cost.fit_latency``; `scaled.json` carries
them over to cores that nobody measured, each with its factor, its reason and its error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nas.cost.cycles_work import KINDS
from nas.cost.latency_structure import DERIVED
from nas.errors import ConfigError
from nas.graph.ops import Op

__all__ = ["FOLDER", "Basis", "CyclesPerInstruction", "Rates", "cpi", "load_rates", "plain_core"]

FOLDER = Path(__file__).parent / "cycles"

ALIASES = {"cortex-m4f": "cortex-m4", "rv32imac": "rv32imc"}
"""Same pipeline under another name."""

UNMEASURED = (
    "extrapolated whatever the core: Mean, priced as Add, and MaxPool2D, as AveragePool2D "
    "(measured on xtensa-lx7); Pad as Reshape; Logistic as Softmax; stand-alone activations, "
    "Quantize and Dequantize as Add"
)

MEASURED_HERE = {"xtensa-lx7": {"MaxPool2D"}}
"""Ops of `DERIVED` that were measured on a core after all."""

NEAREST = {
    "Pad": "Reshape",
    "Logistic": "Softmax",
    "Relu": "Add",
    "Requantize": "Add",
    "Quantize": "Add",
    "Dequantize": "Add",
}
"""Op that nobody measured -> the nearest that has a rate: a copy; an exponential an element; one
to three multiplications by a scale an element, which is at most what Add does."""


@dataclass(frozen=True)
class Basis:
    """Where an estimate of latency comes from and how far to believe it.

    Attributes:
        source: what was measured, by whom.
        expected_error: relative, one standard deviation (0.1 is 10 %).
        extrapolated: no measurement of this core with this code is behind it.
        note: what else to know, one line.
    """

    source: str
    expected_error: float
    extrapolated: bool
    note: str


@dataclass(frozen=True, eq=False)
class Rates:
    """Cycles of each amount of work of an op, in the order of `KINDS`.

    Attributes:
        by_op: the cycles.
        basis: where they come from.
        borrowed: ops that nobody measured anywhere, priced as another.
        missed: by op, the largest relative error of its time in a network held out of the fit;
            empty where the rates were scaled.
    """

    by_op: Mapping[type[Op], tuple[float, ...]]
    basis: Basis
    borrowed: frozenset[type[Op]]
    missed: Mapping[type[Op], float]


@dataclass(frozen=True)
class CyclesPerInstruction:
    """How a core's cycles follow from counted instructions of our C.

    Attributes:
        counted_on: the emulated core whose instructions are meant.
    """

    value: float
    counted_on: str
    basis: Basis


def plain_core(core: str) -> str:
    """Return the name under which the tables know `core`."""
    return ALIASES.get(core, core)


@cache
def load_rates(core: str, kernels: str) -> Rates:
    """Return the rates of TFLM with `kernels` on `core`; files are read once.

    Raises:
        ConfigError: the library does not run on the core, or nothing is known of the pair.
    """
    own = FOLDER / f"{plain_core(core)}.{kernels}.json"
    if own.is_file():
        table = _read(own)
        return Rates(
            _by_op(table["rates"], 1.0),
            _fitted(table),
            _borrowed(plain_core(core)),
            _missed(table),
        )
    row = _scaled(plain_core(core), kernels)
    table = _read(FOLDER / f"{row['from']}.json")
    basis = Basis(
        f"{row['why']}; scaled by {row['factor']:g} from {row['from']} ({table['source']})",
        row["expected_error"],
        True,
        f"never measured on this core; {UNMEASURED}",
    )
    by_op = _by_op(table["rates"], row["factor"])
    for op, source in row.get("unscaled", {}).items():
        same = _by_op(_read(FOLDER / f"{source}.json")["rates"], 1.0)
        by_op |= {kind: rate for kind, rate in same.items() if kind.__name__ == op}
    return Rates(by_op, basis, _borrowed(plain_core(core)), {})


@cache
def cpi(core: str) -> CyclesPerInstruction:
    """Return the cycles per instruction of `core`.

    Raises:
        ConfigError: a core that the table does not hold.
    """
    table = _read(FOLDER / "cpi.json")["cores"]
    if plain_core(core) not in table:
        raise ConfigError(
            f"device.core: no cycles per instruction for `{core}`; known: {', '.join(table)}"
        )
    row = table[plain_core(core)]
    basis = Basis(
        row["source"],
        row["expected_error"],
        row["extrapolated"],
        f"instructions of our C counted on an emulated {row['counted_on']}, "
        f"times {row['value']:g} cycles; no silicon ran it",
    )
    return CyclesPerInstruction(row["value"], row["counted_on"], basis)


def _fitted(table: Any) -> Basis:
    missed = ", ".join(
        f"{name} {row['total']:+.1%}" for name, row in sorted(table["held_out"].items())
    )
    alone = ", ".join(table["alone"])
    note = f"held out of the fit: {missed}; {UNMEASURED}"
    if alone:
        note += f"; not validated: the kinds of work that only {alone} have"
    return Basis(table["source"], table["expected_error"], table["extrapolated"], note)


def _borrowed(core: str) -> frozenset[type[Op]]:
    names = {*NEAREST, *DERIVED} - MEASURED_HERE.get(core, set())
    return frozenset(op for op in KINDS if op.__name__ in names)


def _missed(table: Any) -> dict[type[Op], float]:
    by_name: dict[str, float] = {}
    for row in table["held_out"].values():
        for name, error in row.get("by_op", {}).items():
            by_name[name] = max(by_name.get(name, 0.0), abs(error))
    return {op: by_name[op.__name__] for op in KINDS if op.__name__ in by_name}


def _scaled(core: str, kernels: str) -> Any:
    rows = _read(FOLDER / "scaled.json")
    if kernels not in rows:
        known = ", ".join(rows)
        raise ConfigError(f"kernels: no cycles for `{kernels}` with runtime tflm; known: {known}")
    if core not in rows[kernels]:
        measured = [path.name.removesuffix(f".{kernels}.json") for path in _tables(kernels)]
        known = ", ".join(sorted([*rows[kernels], *measured]))
        raise ConfigError(f"kernels: no cycles for {kernels} on `{core}`; known cores: {known}")
    return rows[kernels][core]


def _tables(kernels: str) -> list[Path]:
    return sorted(FOLDER.glob(f"*.{kernels}.json"))


def _by_op(rates: Mapping[str, Mapping[str, float]], factor: float) -> dict[type[Op], Any]:
    near = {op: rates[other] for op, other in NEAREST.items() if other in rates}
    known = {**near, **rates}
    return {
        op: tuple(factor * known[op.__name__].get(name, 0.0) for name in names)
        for op, (names, _) in KINDS.items()
        if op.__name__ in known
    }


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read ({error}); write it with python -m nas.cost.fit_latency"
        ) from None
