"""The picture of features: panels, colours, and what stands where."""

import numpy as np
import pytest

from nas.report.figures.feature_panels import FeaturesPicture, panels
from nas.report.figures.features import features
from nas.report.figures.features_pixels import pixels
from nas.report.wording import candidate
from tests.report.study_folder import CANDIDATE


def picture(**more):
    values = np.full((10, 4), -128, np.int8)
    values[3:5, 0] = 127
    reference = values.astype(np.float64) + 0.2
    reference[9, 3] = -np.inf
    reference[0, 0] = -126.6
    given = {"values": values, "reference": reference, "is_waveform": False}
    return FeaturesPicture(title="title", said="said", hop_ms=20, **(given | more))


def test_the_difference_is_that_of_rounded_values():
    seen, wanted, off = panels(picture())
    assert seen.values[3, 0] == 127
    assert wanted.values.min() == -128  # the floor of int8, not minus infinity
    assert np.argwhere(off.values).tolist() == [[0, 0]]
    assert off.values[0, 0] == -1  # -128 less -127


def test_without_a_reference_there_is_one_panel():
    only = picture(reference=None)
    assert len(list(panels(only))) == 1
    assert len(features(only).data) == 1
    assert pixels(only).size[1] < pixels(picture()).size[1]


def test_maps_have_time_across_and_bins_upward():
    drawn = features(picture())
    assert [trace.type for trace in drawn.data] == ["heatmap"] * 3
    assert np.array(drawn.data[0].z).shape == (4, 10)
    assert list(drawn.data[0].x)[:3] == [0, 20, 40]
    image = np.asarray(pixels(picture()), int)
    yellow = np.argwhere((image[:, :, 0] > 240) & (image[:, :, 1] > 220) & (image[:, :, 2] < 60))
    panel = yellow[yellow[:, 0] < 320]
    left, right = (panel[:, 1].min() - 16) / 960, (panel[:, 1].max() + 1 - 16) / 960
    assert (left, right) == pytest.approx((0.3, 0.5), abs=0.01)  # frames 3 and 4 of 10
    assert panel[:, 0].max() - panel[:, 0].min() == pytest.approx(220 / 4, abs=2)
    dark = np.argwhere((image[:, :, 2] > 60) & (image[:, :, 0] < 80) & (image[:, :, 1] < 10))
    assert dark[:, 0].min() < panel[:, 0].min()  # higher bands are above bin 0


def test_a_waveform_is_a_line():
    drawn = features(picture(is_waveform=True))
    assert [trace.type for trace in drawn.data] == ["scatter"] * 3
    assert len(drawn.data[0].y) == 40
    assert drawn.data[0].x[4] == 20  # four values a hop
    assert pixels(picture(is_waveform=True)).size == pixels(picture()).size


def test_a_result_is_named_by_kind_and_size():
    assert candidate({"candidate": CANDIDATE}) == "ds_cnn on log_mel (40 mels), 30/20 ms, 16 kHz"
    later = {"family": "ds_cnn", "frontend": {"kind": "later", "window_ms": 30, "hop_ms": 10}}
    assert candidate({"candidate": later}) == "ds_cnn on later, 30/10 ms, 0 kHz"
