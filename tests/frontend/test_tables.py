import math
from decimal import Decimal

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import settings as budget

from nas.cost.probe_settings import random_settings
from nas.frontend import KINDS, LogMelSettings, mel_tables
from nas.frontend.kinds.log_mel.tables import build
from tests.frontend import float_reference
from tests.frontend.signals import settings


def distance_from_ties(steps):
    return np.abs(steps % 1.0 - 0.5).min()


@pytest.mark.parametrize("floor", [0, 0.08], ids=["hann", "hamming"])
def test_no_window_entry_is_near_a_tie(floor):
    """So that no machine's last bit of `sin` can change a table (error of steps: 1e-11)."""
    closest = min(
        distance_from_ties(
            32_768 * (floor + (1 - floor) * np.sin(np.pi * np.arange(n // 2 + 1) / n) ** 2)
        )
        for n in range(4, 2_049)
    )
    assert closest > 1e-9


def test_no_sine_entry_is_near_a_tie():
    steps = 2.0**30 * np.sin(np.pi / 2 * np.arange(513) / 512)
    assert distance_from_ties(steps) > 1e-4


@budget(max_examples=60, deadline=None)
@given(chosen=settings())
def test_weights_are_the_float_triangles(chosen):
    tables = build(chosen)
    wanted = float_reference.triangles(chosen)
    made = np.zeros_like(wanted)
    start = tables.mel_start.astype(int)
    for gap in range(chosen.n_mels + 1):
        for k in range(start[gap], start[gap + 1]):
            rising = int(tables.mel_weight[k - start[0]]) / 32_768
            if gap < chosen.n_mels:
                made[gap, k] = rising
            if gap > 0:
                made[gap - 1, k] = 1 - rising
    assert np.abs(made - wanted).max() <= 1 / 32_768


@budget(max_examples=60, deadline=None)
@given(chosen=settings())
def test_window_is_scipys_and_sine_is_a_quarter(chosen):
    tables, n = build(chosen), chosen.win_length
    window = scipy.signal.get_window(chosen.window_kind, n)[: n // 2 + 1]
    assert np.abs(tables.window[: len(window)] / 32_768 - window).max() <= 0.5 / 32_768 + 1e-12
    assert tables.window[n // 2] in (32_767, 32_768) or n % 2
    assert tables.sine[0] == 0
    assert tables.sine[-1] == 2**30
    assert tables.sine[chosen.n_fft // 8] == round(math.sqrt(0.5) * 2**30)


@pytest.mark.parametrize("mel_scale", ["htk", "slaney"])
@pytest.mark.parametrize("triangles", ["mel", "hz"])
def test_near_ties_are_settled_in_decimals(monkeypatch, mel_scale, triangles):
    chosen = LogMelSettings(mel_scale=mel_scale, triangles=triangles)
    plain = build.__wrapped__(chosen)
    monkeypatch.setattr(mel_tables, "TIE", 1.0)
    mel_tables.mel_table.cache_clear()
    settled = build.__wrapped__(chosen)
    mel_tables.mel_table.cache_clear()
    np.testing.assert_array_equal(plain.mel_weight, settled.mel_weight)
    np.testing.assert_array_equal(plain.mel_start, settled.mel_start)


def test_a_mel_position_by_hand():
    """Bin 10 of 16 kHz / 512 is 312.5 Hz: mel 415.2 between 121.0 and 2787.4 in 41 gaps."""
    mels = [2595 * (1 + Decimal(f) / 700).log10() for f in ("80", "312.5", "7600")]
    wanted = 41 * (mels[1] - mels[0]) / (mels[2] - mels[0])
    tables = build(LogMelSettings())
    first = int(tables.mel_start[0])
    gap = int(np.searchsorted(tables.mel_start, 10, side="right")) - 1
    assert gap + int(tables.mel_weight[10 - first]) / 32_768 == pytest.approx(
        float(wanted), abs=0.5 / 32_768
    )


def test_arrays_are_shared_and_read_only():
    tables = build(LogMelSettings())
    assert build(LogMelSettings()) is tables
    for array in tables.arrays.values():
        assert not array.flags.writeable


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_bytes_are_those_of_the_tables_that_are_built(kind):
    rng = np.random.default_rng(12)
    for _ in range(100):
        chosen = random_settings(kind, rng)
        assert kind.table_bytes(chosen) == kind.tables(chosen).table_bytes, chosen
