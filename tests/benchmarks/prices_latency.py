"""Latency of the published models on silicon: as fitted, and with each held out of the fit."""

from collections.abc import Iterator
from dataclasses import dataclass

from nas.budget import load_budget
from nas.cost.latency import latency_ms
from nas.cost.latency_held_out import cross_validate
from nas.cost.latency_measured import TARGETS, Measured, read_measured
from tests.shared import shared_dir

__all__ = ["PUBLISHED_MS", "Latency", "latencies"]

BOARDS = {"esp32": "esp32", "nano33ble": "nrf52840"}
"""Name in the measurements -> board of `constraints/`."""
PUBLISHED_MS = {
    "esp32": {"kws": 162.3, "ad": 49.3, "ic_resnet": 724.5, "person_detect": 474.2},
    "nano33ble": {"kws": 224.6, "ad": 22.0, "ic_resnet": 1_241.8, "person_detect": 657.0},
}
"""mcufit-bench 88f8d23f: ESP32 at 240 MHz with ESP-NN, nRF52840 at 64 MHz with CMSIS-NN."""


@dataclass(frozen=True)
class Latency:
    """One model on one board, in ms of one inference.

    Attributes:
        held_out_ms: from a fit of the other models.
        not_covered: ops that no other model has: the error is that of the rest.
        fitted_ms: what the board is priced with.
    """

    board: str
    model: str
    measured_ms: float
    held_out_ms: float
    fitted_ms: float
    not_covered: tuple[str, ...]


def latencies() -> list[Latency]:
    """Return the eight of them."""
    folder = shared_dir() / "reference"
    measured = read_measured(folder / "measured.json", folder)
    return [found for target in TARGETS for found in _on(target, measured)]


def _on(target: str, measured: Measured) -> Iterator[Latency]:
    seen, structure = measured.observations[target], TARGETS[target].structure
    held_out = cross_validate(seen, structure, measured.totals[target])
    budget = load_budget(BOARDS[target], runtime="tflm")
    for model, published in PUBLISHED_MS[target].items():
        yield Latency(
            board=budget.board,
            model=model,
            measured_ms=published,
            held_out_ms=published * (1.0 + held_out[model]["total"]),
            fitted_ms=latency_ms(measured.graphs[model], None, budget),
            not_covered=tuple(held_out[model]["not_covered"]),
        )
