"""One call from space, price and training to the front: checks the study and runs the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.audio.dataset import Dataset
from nas.budget import Limits
from nas.errors import ConfigError
from nas.search import study
from nas.search.climb import Ladder
from nas.search.interrupt import Interrupt
from nas.search.journal import Journal
from nas.search.loop import Search
from nas.search.pool import make_pool
from nas.search.pricing import Appraiser, Detail, Price, as_it_is
from nas.search.progress import Listener, SearchResult, SecondsRule
from nas.search.proposer import TURNS, Proposer
from nas.search.protocol import MakeEvaluate
from nas.search.rungs import check_ladder
from nas.space.space import Space
from nas.trial import Fidelity

__all__ = ["DataInfo", "run"]

REFUSED_AT_MOST = 2_000  # in a row: then nothing fits, or the space is used up


@dataclass(frozen=True)
class DataInfo:
    """What a search needs to know of the recordings."""

    digest: str
    sample_rate_hz: int
    clip_ms: tuple[int, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> "DataInfo":
        """Return it for `dataset`."""
        return cls(dataset.digest, dataset.sample_rate_hz, dataset.clip_ms)


def run(
    *,
    study_dir: Path,
    space: Space,
    dataset_info: DataInfo,
    n_classes: int,
    price: Price,
    limits: Limits,
    make_evaluate: MakeEvaluate,
    fidelities: Sequence[Fidelity],
    n_workers: int,
    seed: int,
    max_trials: int | None = None,
    seconds: float | SecondsRule | None = None,
    on_event: Listener | None = None,
    config: Mapping[str, Any] | None = None,
    priced_for: str = "",
    detail: Detail = as_it_is,
    eta: int = 3,
    turns: Sequence[str] = TURNS,
    refused_at_most: int = REFUSED_AT_MOST,
) -> SearchResult:
    """Search until `max_trials` were trained in the study, or for `seconds`, and return the front.

    The same call on the same folder goes on where it was, whatever ended it. A study in which
    nothing was trained, as where nothing fits, may become another one.

    Args:
        study_dir: folder of the study; made if it is not there.
        space: what may be chosen.
        dataset_info: of the recordings.
        n_classes: labels.
        price: from graph and front end to cost; may raise ConfigError or ImpossibleCandidate.
        limits: what a candidate may use; may differ from an earlier session's.
        make_evaluate: called in each worker; pickles.
        fidelities: rungs, lowest first.
        n_workers: processes; 0 trains in this one.
        seed: of proposals and, with the candidate's fingerprint, of trainings.
        max_trials: trained trials in the study, earlier sessions included.
        seconds: of this session, or a rule that says it anew from the complete trials.
        on_event: told of each rejection, start, rung and end, in this process.
        config: further content of study.json.
        priced_for: what `price` prices for: earlier prices are kept, so it must stay the same.
        detail: fills in the cost of what will be trained.
        eta: one in `eta` goes on from a rung.
        turns: which source proposes in turn; see `proposer`.
        refused_at_most: candidates refused in a row before the search gives up.

    Raises:
        ConfigError: trials were trained with other data, space, rungs or seed, or it is in use.
        NoFeasibleModelError: nothing fits the limits.
        NasError: no training can start, or each of the first ones failed.
        KeyboardInterrupt: Ctrl-C, after everything told was stored.
    """
    if max_trials is None and seconds is None:
        raise ConfigError("search: give a number of trials or a time, or it never ends")
    check_ladder(fidelities)
    identity = study.identity_of(
        data_digest=dataset_info.digest,
        space_hash=space.hash,
        n_classes=n_classes,
        fidelities=fidelities,
        seed=seed,
        clip_ms=dataset_info.clip_ms,
        priced_for=priced_for,
    )
    rate, clips = dataset_info.sample_rate_hz, dataset_info.clip_ms
    with Journal(study_dir) as journal, Interrupt() as interrupt:
        _clear_if_another(journal, study_dir, identity)
        study.check_or_write(study_dir, identity, config or {})
        rng = np.random.default_rng([seed, len(journal)])
        appraiser = Appraiser(space, rate, clips, n_classes, price, limits, detail)
        pool = make_pool(n_workers, make_evaluate=make_evaluate, log_dir=study_dir)
        search = Search(
            journal=journal,
            proposer=Proposer(appraiser, rng, turns=turns),
            ladder=Ladder(pool, fidelities, eta=eta, seed=seed),
            interrupt=interrupt,
            max_trials=max_trials,
            seconds=seconds,
            on_event=on_event or (lambda _: None),
            seed=seed,
            refused_at_most=refused_at_most,
        )
        return search.run(study_dir)


def _clear_if_another(journal: Journal, study_dir: Path, identity: Mapping[str, Any]) -> None:
    """Make room for a study of `identity` where another one trained nothing.

    The trials go first: killed in between, the next session finds another study without any.
    """
    if not study.is_another(study_dir, identity):
        return
    if not (study.has_results(study_dir) or journal.has_trained):
        journal.clear()
        study.forget(study_dir)
