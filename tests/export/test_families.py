"""Networks of each family's shape through TensorFlow's converter and the emitted C."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nas.export.run import Int8Model
from tests.export.compiled import build, random_inputs, run

NAMES = ("conv1d", "ds_cnn", "separable_conv2d")


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("converted")
    script = Path(__file__).with_name("convert_nets.py")
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_byte_on_two_hundred_inputs(converted, name, tmp_path):
    content = (converted / f"{name}.tflite").read_bytes()
    model = Int8Model(content)
    inputs = random_inputs(model.input_shape, 200, seed=4)
    outputs = run(build(content, tmp_path), inputs)
    expected = model.predict(inputs)
    assert len(np.unique(expected, axis=0)) > 20
    np.testing.assert_array_equal(outputs, expected)
