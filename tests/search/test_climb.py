"""The ladder against a scripted pool: what is taken as a failure of the whole."""

import numpy as np
import pytest

from nas.errors import NasError
from nas.search.climb import Ladder
from nas.search.pool import InlinePool
from nas.search.pricing import Appraiser
from nas.search.protocol import Arrived, Failed, Message
from nas.search.record import Record
from nas.space import RandomChoices
from nas.trial import Metrics
from tests.search.formula import DATA, LOOSE, RUNGS, price
from tests.spaces import log_mel_space

CRASH = Failed("ValueError: x")


class Scripted(InlinePool):
    """Answers with one message after the other."""

    def __init__(self, messages: list[Message]) -> None:
        super().__init__(None)
        self._messages = iter(messages)

    def wait(self, seconds: float) -> list[tuple[int, Message]]:
        return [(0, next(self._messages))]


def arrived(loss: float) -> Arrived:
    return Arrived(Metrics(val_loss=loss, val_accuracy=0.5, train_loss=loss, seconds=1.0))


def priced() -> Record:
    space, rng = log_mel_space("conv1d"), np.random.default_rng(0)
    appraiser = Appraiser(space, DATA.sample_rate_hz, DATA.clip_ms, 7, price, LOOSE)
    proposals = (appraiser.appraise(RandomChoices(rng)) for _ in range(100))
    return next(record for record in proposals if not record.rejected)


def verdicts(messages: list[Message]) -> list[tuple[str | None, bool]]:
    """Start a candidate a message; return what each was told, and whether it is finished."""
    ladder, found = Ladder(Scripted(messages), RUNGS, eta=3, seed=1), []
    for _ in messages:
        ladder.start(priced())
        ((_, record, finished),) = ladder.step(0.0)
        found.append((record.message, finished))
    return found


def test_divergence_among_crashes_is_no_failure_of_the_whole() -> None:
    found = verdicts([*[CRASH, arrived(1e3)] * 4, arrived(0.5)])
    assert found == [*[(CRASH.reason, True), ("diverged", True)] * 4, (None, False)]


@pytest.mark.parametrize("message", [CRASH, arrived(1e3), arrived(float("nan"))])
def test_five_of_a_kind_and_nothing_else_are(message: Message) -> None:
    assert len(verdicts([message] * 4)) == 4
    with pytest.raises(NasError, match="first 5 candidates failed"):
        verdicts([message] * 5)


def test_nothing_is_a_failure_of_the_whole_once_a_training_worked() -> None:
    assert len(verdicts([arrived(0.5)])) == 1
    ladder = Ladder(Scripted([arrived(0.5), *[arrived(1e3)] * 9]), RUNGS, eta=3, seed=1)
    ladder.start(priced())
    for _ in range(2):
        ladder.step(0.0)  # works at the first rung, diverges at the second
    for _ in range(8):
        ladder.start(priced())
        ((_, record, _),) = ladder.step(0.0)
        assert (record.pruned_by, record.message) == ("failed", "diverged")
