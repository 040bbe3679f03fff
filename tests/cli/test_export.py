"""What `nas export` says beside the tree."""

import numpy as np
import pytest

from nas import config
from nas.cli import main
from nas.space import read_candidate
from tests.export.flat import Flat

CANDIDATE = "mlperf_tiny_ds_cnn"


@pytest.fixture
def means(tmp_path):
    """A model of the candidate's features that ends in their means: no probabilities."""
    settings = read_candidate(config.resolve("search_spaces/candidates", CANDIDATE)).frontend
    flat, quantization = Flat(), settings.quantization
    numbers = {"scale": quantization.scale, "zero_point": quantization.zero_point}
    source = flat.tensor((1, settings.n_frames, settings.n_bins), **numbers)
    target = flat.tensor((1, settings.n_bins), **numbers)
    axes = flat.tensor((1,), data=np.array([1], np.int32))
    flat.op("MEAN", (source, axes), target, "ReducerOptions", keepDims=False)
    (tmp_path / "means.tflite").write_bytes(flat.content([source], [target]))
    return tmp_path / "means.tflite"


def test_scores_that_are_no_probabilities_are_told_in_one_line(means, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(("export", str(means), str(tmp_path / "tree"), "--frontend", CANDIDATE))
    notes = [line for line in capsys.readouterr().err.splitlines() if "note: " in line]
    assert ended.value.code == 0
    assert len(notes) == 1
    assert notes[0].startswith("note: the network's output is no probability (scale ")
    assert "THRESHOLDS {128, 128, " in (tmp_path / "tree/generated/detector.h").read_text()
