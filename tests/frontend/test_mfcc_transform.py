"""The rows of the transform and the gains, against scipy and against closed forms."""

import numpy as np
import pytest
import scipy.fft
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from nas.frontend.kinds.mfcc.reference import LEVEL_MAX
from nas.frontend.kinds.mfcc.settings import N_MFCC
from nas.frontend.kinds.mfcc.transform import GAIN_ONE, dct_table, gain_table, gains

BANDS = range(10, 129)


def whole_rows(n_mels, n_mfcc):
    """The table with its second halves, by the symmetry that C uses [shape=(n_mfcc, n_mels)]."""
    half = dct_table(n_mels, n_mfcc).astype(int).reshape(n_mfcc, -1)
    signs = np.where(np.arange(n_mfcc) % 2, -1, 1)[:, None]
    return np.concatenate([half, (signs * half[:, : n_mels // 2])[:, ::-1]], axis=1)


@budget(max_examples=60, deadline=None)
@given(n_mels=st.sampled_from(BANDS), n_mfcc=st.integers(*N_MFCC))
def test_rows_are_scipys(n_mels, n_mfcc):
    n_mfcc = min(n_mels, n_mfcc)
    wanted = scipy.fft.dct(np.eye(n_mels), type=2, norm="ortho", axis=0)[:n_mfcc]
    made = whole_rows(n_mels, n_mfcc) / 32_768
    assert np.abs(made - wanted).max() <= 0.5 / 32_768 + 1e-12


@pytest.mark.parametrize("n_mels", BANDS)
def test_no_sum_overflows_and_the_middle_of_odd_rows_is_zero(n_mels):
    rows = whole_rows(n_mels, min(n_mels, 40))
    assert np.abs(rows).sum(axis=1).max() * LEVEL_MAX < 2**31
    if n_mels % 2:
        assert not rows[1::2, n_mels // 2].any()


def test_no_entry_is_near_a_tie():
    """So that no machine's last bit of `cos` can change a table (error of steps: 1e-11)."""
    closest = min(
        np.abs(steps % 1.0 - 0.5).min()
        for n in BANDS
        for steps in [32_768 * scipy.fft.dct(np.eye(n), norm="ortho", axis=0)[:40]]
    )
    assert closest > 1e-4


def test_gains_by_hand():
    """Coefficient 4 has twice the gain of coefficient 1, twice that of the mean level."""
    assert gains(10, 0)[:5] == pytest.approx([1, 2, 2 * 2**0.5, 2 * 3**0.5, 4])
    # 16 bands: the mean is a quarter of coefficient 0.
    assert gain_table([1.0, 8.0], 16).tolist() == [GAIN_ONE / 4, 2 * GAIN_ONE]


def test_a_lifter_keeps_htks_proportions():
    """1 + 11 sin(pi k / 22), as the HTK Book has it: 12 at k = 11, 6.5 at 22 / 6."""
    lifted = gains(13, 22)
    assert max(lifted) == lifted[11] == 8
    wanted = 1 + 11 * np.sin(np.pi * np.arange(1, 13) / 22)
    np.testing.assert_allclose(np.array(lifted[1:]) / 8, wanted / 12)
    assert lifted[0] == 1


def test_no_gain_is_near_a_tie_or_too_large():
    """At every number of bands and coefficients and every lifter (error of steps: 1e-9)."""
    ones = GAIN_ONE / np.sqrt(np.array(BANDS))[:, None]
    for lifter in (0, *range(9, 101)):
        for n_mfcc in range(10, min(40, lifter + 1 if lifter else 40) + 1):
            steps = np.array(gains(n_mfcc, lifter)) * ones
            assert np.abs(steps % 1.0 - 0.5).min() > 1e-8
            assert steps.max() < 2**22
