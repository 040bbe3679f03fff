"""The candidates in training: each climbs the rungs on its worker until it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nas.errors import NasError
from nas.search.pool import Workers
from nas.search.protocol import Arrived, Done, GoOn, Message, SetupFailed, Train
from nas.search.record import Record
from nas.search.rungs import Arrival, goes_on
from nas.trial import Fidelity, Metrics, has_diverged

__all__ = ["Ladder", "training_seed"]

FAILURES_AT_MOST = 5  # of one kind, with no training that ever worked


@dataclass
class Ladder:
    """Starts candidates, hears from workers and decides at each rung.

    Attributes:
        pool: where trainings run.
        fidelities: rungs, lowest first.
        eta: one in `eta` goes on.
        seed: of the search.
        running: the record in training in each slot.
    """

    pool: Workers
    fidelities: Sequence[Fidelity]
    eta: int
    seed: int
    running: dict[int, Record] = field(default_factory=dict)
    _arrivals: dict[int, list[Arrival]] = field(default_factory=dict)
    _failures: int = 0
    _diverged: int = 0
    _worked: bool = False

    def idle(self) -> list[int]:
        """Return the slots that could take a candidate."""
        return self.pool.idle()

    def start(self, record: Record) -> int:
        """Send `record`'s candidate to an idle slot and return the slot."""
        assert record.candidate is not None
        slot = self.pool.idle()[0]
        seed = training_seed(self.seed, record.candidate.fingerprint)
        self.pool.send(slot, Train(record.candidate, seed, self.fidelities[0]))
        self.running[slot] = record
        return slot

    def step(self, seconds: float) -> list[tuple[int, Record, bool]]:
        """Hear what came within `seconds`: slot, record so far, and whether it is finished.

        Raises:
            NasError: no training can start, or each of the first ones failed.
        """
        return [self._heard(slot, message) for slot, message in self.pool.wait(seconds)]

    def cut(self, reason: str) -> list[tuple[int, Record]]:
        """Give up all that is in training; return what each has so far."""
        found = [(slot, replace(it, pruned_by=reason)) for slot, it in self.running.items()]
        self.running.clear()
        return found

    def recall(self, record: Record) -> None:
        """Take the rungs of an earlier session's record into account."""
        for rung, loss in enumerate(record.rung_losses):
            if has_diverged(loss):
                return
            assert record.cost is not None
            self._arrivals.setdefault(rung, []).append(Arrival(loss, record.cost.macs))
            self._worked = True

    def close(self) -> None:
        """End the workers."""
        self.pool.close()

    def _heard(self, slot: int, message: Message) -> tuple[int, Record, bool]:
        record = self.running[slot]
        if isinstance(message, SetupFailed):
            raise message.error
        if isinstance(message, Arrived):
            return self._arrived(slot, record, message.metrics)
        assert not isinstance(message, Done)
        self._failures += 1
        return self._failed(slot, record, message.reason)

    def _arrived(self, slot: int, record: Record, metrics: Metrics) -> tuple[int, Record, bool]:
        if has_diverged(metrics.val_loss):
            self._diverged += 1
            return self._failed(slot, record, "diverged")
        self._worked = True
        record = self._at_next_rung(record, metrics)
        assert record.rung is not None
        if record.rung == len(self.fidelities) - 1:
            return self._finished(slot, record)
        if not self._goes_on(record):
            return self._finished(slot, replace(record, pruned_by="rung"))
        self.running[slot] = record
        self.pool.send(slot, GoOn(self.fidelities[record.rung + 1]))
        return slot, record, False

    def _at_next_rung(self, record: Record, metrics: Metrics) -> Record:
        rung = 0 if record.rung is None else record.rung + 1
        return replace(
            record,
            rung=rung,
            epochs=self.fidelities[rung].epochs,
            metrics=metrics,
            rung_losses=(*record.rung_losses, metrics.val_loss),
        )

    def _goes_on(self, record: Record) -> bool:
        assert record.rung is not None
        assert record.metrics is not None
        assert record.cost is not None
        earlier = self._arrivals.setdefault(record.rung, [])
        arrival = Arrival(record.metrics.val_loss, record.cost.macs)
        decision = goes_on(arrival, earlier, eta=self.eta)
        earlier.append(arrival)
        return decision

    def _failed(self, slot: int, record: Record, reason: str) -> tuple[int, Record, bool]:
        self._give_up_if_none_works(reason)
        return self._finished(slot, replace(record, pruned_by="failed", message=reason))

    def _give_up_if_none_works(self, reason: str) -> None:
        """Raise NasError when nothing works; crashes and divergence are counted apart."""
        if self._worked or max(self._failures, self._diverged) < FAILURES_AT_MOST:
            return
        count = self._failures + self._diverged
        cure = "the tracebacks are in worker-N.log of the study"
        if self._diverged > self._failures:
            cure = "lower the learning rates of the search space"
        raise NasError(
            f"training: each of the first {count} candidates failed, the last with "
            f"{reason}; {cure}"
        )

    def _finished(self, slot: int, record: Record) -> tuple[int, Record, bool]:
        del self.running[slot]
        self.pool.release(slot)
        return slot, record, True


def training_seed(seed: int, fingerprint: str) -> int:
    """Return the seed of a candidate's training in a search: the same in any order of trials."""
    return (seed * 1_000_003 + int(fingerprint[:8], 16)) % 2**31
