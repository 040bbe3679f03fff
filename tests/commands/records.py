"""Records of trials with costs and losses chosen by hand."""

from typing import Any

from nas.budget import Cost
from nas.frontend import LogMelSettings
from nas.search import Record
from nas.search.record import Asked
from nas.space import Candidate
from nas.trial import Metrics

TOP = 2
ASKED = Asked({}, {})


def candidate(name: int) -> Candidate:
    return Candidate("ds_cnn", LogMelSettings(), {"name": name}, {})


def cost(rom: int, ram: int, macs: int, **more: Any) -> Cost:
    return Cost(
        rom_bytes=rom,
        ram_bytes=ram,
        macs=macs,
        constant_bytes=1,
        arena_bytes=1,
        peak_activation_bytes=1,
        parts={},
        **more,
    )


def rejected(number: int, price: Cost, *, name: int | None = None, why: str = "budget") -> Record:
    known = number if name is None else name
    return Record(
        asked=ASKED, candidate=candidate(known), cost=price, pruned_by=why, number=number
    )


def trained(
    number: int, price: Cost, loss: float, *, rung: int = TOP, pruned_by: str | None = None
) -> Record:
    metrics = Metrics(val_loss=loss, val_accuracy=1.0 - loss, train_loss=loss, seconds=1.0)
    return Record(
        asked=ASKED,
        candidate=candidate(number),
        cost=price,
        metrics=metrics,
        rung=rung,
        pruned_by=pruned_by,
        number=number,
    )
