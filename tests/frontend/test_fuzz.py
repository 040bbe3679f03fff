"""The fuzzer of front ends: a short run, that it repeats, and that it sees what it looks for."""

import re

import numpy as np

from nas.frontend import KINDS, reference
from tests.frontend import fuzz_program
from tests.frontend.fuzz import fuzz, main

CASES = 60 * len(KINDS)


def test_a_short_run_of_every_kind_repeats():
    """`python -m tests.frontend.fuzz --seconds 600` is the long one."""
    first, again = (fuzz(seed=5, cases=CASES) for _ in range(2))
    assert first.cases == dict.fromkeys(KINDS, CASES // len(KINDS))
    assert (first.compared, first.digest) == (again.compared, again.digest)
    assert first.compared > 10_000


def test_a_case_can_be_run_alone(capsys):
    assert main(["--seed", "5", "--first", "3", "--cases", "1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"1 {list(KINDS)[3 % len(KINDS)]} cases in ")
    assert fuzz(seed=5, cases=1, first=3).digest in said
    assert fuzz(seed=6, cases=1, first=3).digest not in said


def test_reading_beyond_a_table_is_reported(monkeypatch, capsys):
    """Each kind's first array is sent without its last element."""
    true = fuzz_program.packed
    monkeypatch.setattr(fuzz_program, "packed", lambda arrays: true([arrays[0][:-1], *arrays[1:]]))
    assert main(["--seconds", "30", "--seed", "1"]) == 1
    error = capsys.readouterr().err
    assert re.match(r"error: seed 1, case \d+, \w+Settings\(.*\): exit", error)
    assert "AddressSanitizer: heap-buffer-overflow" in error


def test_a_byte_that_is_not_the_twin_s_is_reported(monkeypatch, capsys):
    def wrong(samples, settings):
        return np.zeros((1, settings.n_frames, settings.n_bins), np.int8)

    monkeypatch.setattr(reference, "features", wrong)
    assert main(["--cases", "1"]) == 1
    assert "Mismatched elements" in capsys.readouterr().err
