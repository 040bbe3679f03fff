"""Fits cycles by op: ``python -m nas.cost.fit_latency --measured FILE --models DIR``.

FILE holds whole-network and by-op times of published models on silicon (`measured.json` of the
reference material); DIR holds the models. Written are the tables in ``cycles/`` whose
rates are fitted, each with its source, what it was fitted on, and by how much it missed each
network when that network was held out.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas import files
from nas.cost.cycles_rates import FOLDER
from nas.cost.instructions import load_instructions
from nas.cost.latency_fit import Observation, Parameters, fit, rates, work
from nas.cost.latency_held_out import alone, cross_validate, expected_error
from nas.cost.latency_measured import TARGETS, Measured, read_measured
from nas.cost.latency_structure import ESP_NN_VECTOR, REFERENCE
from nas.cost.work import WORK
from nas.errors import NasError
from nas.graph.graph import Graph
from nas.graph.ops import Softmax

__all__ = ["main", "tables"]

Row = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Fit and write every table; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        for name, table in tables(options.measured, options.models).items():
            files.write_json(options.out / f"{name}.json", table)
            sys.stdout.write(f"{name}: expected error {table['expected_error']:.0%}\n")
    except NasError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    return 0


def tables(measured: Path, models: Path) -> dict[str, Row]:
    """Return the fitted tables by name.

    Raises:
        ConfigError: a file is missing or holds something else.
    """
    silicon = read_measured(measured, models)
    published = json.loads((FOLDER / "published.json").read_text(encoding="utf-8"))
    found = {f"{t.core}.{t.kernels}": _silicon(silicon, target) for target, t in TARGETS.items()}
    found["cortex-m4.reference"] = _reference(silicon.graphs, published["tflm_instructions"])
    vector = published["esp_nn_kernels"]
    found["xtensa-lx7.esp-nn"] = _vector(vector, found["xtensa-lx6.esp-nn"], silicon.graphs)
    return found


def _silicon(measured: Measured, target: str) -> Row:
    kind = TARGETS[target]
    seen = measured.observations[target]
    parameters = _floored(fit(seen, kind.structure), kind.core)
    held_out = cross_validate(seen, kind.structure, measured.totals[target])
    return {
        "unit": "cycles",
        "core": kind.core,
        "kernels": kind.kernels,
        "source": measured.source,
        "measured_as": kind.measured_as,
        "date": measured.date,
        "fitted_on": sorted({row.network for row in seen}),
        "parameters": parameters,
        "rates": rates(kind.structure, parameters),
        "held_out": held_out,
        "alone": sorted(alone(seen, kind.structure)),
        "extrapolated": False,
        "expected_error": expected_error(held_out),
    }


def _floored(parameters: Parameters, core: str) -> Parameters:
    """Return the parameters with a price for every class of a softmax.

    The measured softmaxes have 2 to 12 classes: too few to tell a class from the call, and the fit
    gives it nothing. It counts a cycle for each instruction that our own kernel takes.
    """
    counted = load_instructions(core).kernels["Softmax"]
    least = dict(zip(WORK[Softmax].names, counted, strict=True))["element"]
    return parameters | {"softmax_element": max(parameters["softmax_element"], least)}


def _reference(graphs: Mapping[str, Graph], published: Row) -> Row:
    seen = [_counted(graphs[row["network"]], row) for row in published["counts"]]
    parameters = fit(seen, REFERENCE)
    totals = {row.network: row.measured for row in seen if row.name == "network"}
    held_out = cross_validate(seen, REFERENCE, totals)
    return {
        "unit": "instructions",
        "core": "cortex-m4",
        "kernels": "portable",
        "source": published["source"],
        "date": published["date"],
        "fitted_on": sorted(totals),
        "parameters": parameters,
        "rates": rates(REFERENCE, parameters),
        "held_out": held_out,
        "alone": sorted(alone(seen, REFERENCE)),
        "extrapolated": True,
        "expected_error": expected_error(held_out),
    }


def _counted(graph: Graph, row: Row) -> Observation:
    return Observation(row["network"], row["what"], work(graph, row["nodes"]), row["n"])


def _vector(published: Row, generic: Row, graphs: Mapping[str, Graph]) -> Row:
    seen = [
        Observation(row["op"], row["what"], {row["op"]: row["work"]}, row["cycles"])
        for row in published["kernels"]
    ]
    parameters = fit(seen, ESP_NN_VECTOR)
    own = rates(ESP_NN_VECTOR, parameters)
    del own["Mean"]  # ESP-NN has none: TFLM's loop, as on an ESP32
    table = {op: terms | own.get(op, {}) for op, terms in _calls(generic["rates"], own).items()}
    check = published["network"]
    total = Observation("person_detect", "network", work(graphs["person_detect"]), check["cycles"])
    error = _priced(table, total) / total.measured - 1.0
    return {
        "unit": "cycles",
        "core": "xtensa-lx7",
        "kernels": "esp-nn",
        "source": published["source"],
        "date": published["date"],
        "fitted_on": [row.name for row in seen],
        "parameters": parameters,
        "rates": table,
        "held_out": {"person_detect": {"total": error}},
        "alone": [],
        "extrapolated": True,
        "expected_error": published["expected_error"],
    }


def _calls(generic: Row, own: Row) -> dict[str, dict[str, float]]:
    """What the kernel times leave out: the call of each op, and ops without a vector kernel."""
    return {
        op: {"calls": terms["calls"]} if op in own else dict(terms)
        for op, terms in generic.items()
    }


def _priced(table: Row, seen: Observation) -> float:
    terms = ((op, amount, rate) for op in seen.work for amount, rate in table[op].items())
    return sum(float(rate) * seen.work[op][amount] for op, amount, rate in terms)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nas.cost.fit_latency", description=__doc__)
    parser.add_argument("--measured", required=True, type=Path, help="measured.json")
    parser.add_argument("--models", required=True, type=Path, help="folder with the .tflite files")
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: the committed tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
