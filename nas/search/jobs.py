"""Picklable jobs on worker processes: the retraining of finalists and the like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.search.pool import make_pool
from nas.search.protocol import Done, Job, Message

__all__ = ["Outcome", "map_jobs"]

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """What came of one item: a result, or the reason why there is none."""

    result: Any = None
    failed: str | None = None


def map_jobs(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    n_workers: int,
    log_dir: Path,
    on_done: Callable[[int, Outcome], None] | None = None,
    may_start: Callable[[], bool] | None = None,
) -> list[Outcome]:
    """Call `function` on each of `items` in worker processes; results come in the items' order.

    Args:
        function: a module's function or a partial of one; it may import TensorFlow.
        items: its arguments, which pickle.
        n_workers: processes; 0 calls it here.
        log_dir: where ``worker-N.log`` goes.
        on_done: called here with index and outcome as soon as each is there.
        may_start: asked before each start; once it says no, the rest is not run.
    """
    outcomes = [Outcome(failed="not run: no time left")] * len(items)
    pool = make_pool(min(n_workers, len(items)), make_evaluate=None, log_dir=log_dir)
    waiting, held = list(range(len(items))), dict[int, int]()
    try:
        while waiting or held:
            if waiting and may_start is not None and not may_start():
                waiting.clear()
            for slot in pool.idle()[: len(waiting)]:
                held[slot] = waiting.pop(0)
                pool.send(slot, Job(function, items[held[slot]]))
            for slot, message in pool.wait(POLL_SECONDS):
                index = held.pop(slot)
                outcomes[index] = _outcome(message)
                pool.release(slot)
                if on_done is not None:
                    on_done(index, outcomes[index])
    finally:
        pool.close()
    return outcomes


def _outcome(message: Message) -> Outcome:
    if isinstance(message, Done):
        return Outcome(result=message.result)
    return Outcome(failed=getattr(message, "reason", "no answer"))
