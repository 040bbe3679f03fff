"""SIGKILL at random moments: the study goes on, and nothing told is lost."""

from pathlib import Path

import pytest

from tests.benchmarks.kill_resume import rounds


@pytest.mark.slow
def test_nothing_told_is_lost(tmp_path: Path) -> None:
    told = 0
    for round_ in rounds(tmp_path, 3, seed=7, longest=1.5):
        assert round_.lost == 0
        assert round_.contiguous
        assert round_.told > told
        told = round_.told
