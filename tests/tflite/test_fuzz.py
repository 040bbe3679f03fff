"""Damaged files: whatever is in them, the answer is a network or one NasError."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nas.errors import ConfigError, NasError
from nas.tflite import constant_bytes, read
from tests.export.keras_models import float_ends, open_batch
from tests.export.toy import toy_model
from tests.paths import REPOSITORY
from tests.shared import reference_model
from tests.tflite.damage import asking_too_much, chain, mutated, small
from tests.tflite.models import every_op
from tests.tflite.writer import write


def _survives(data: bytes) -> None:
    for reader in (read, constant_bytes):
        message = ""
        try:
            reader(data)
        except NasError as error:
            message = str(error)
        assert "\n" not in message


@pytest.mark.parametrize("seed", range(8))
def test_mutations_of_a_small_file(seed):
    data, rng = write(*every_op()), np.random.default_rng(seed)
    for _ in range(150):
        _survives(mutated(data, rng))


@pytest.mark.parametrize("seed", range(4))
def test_absurd_sizes_indices_and_scales(seed):
    rng = np.random.default_rng(seed)
    for _ in range(100):
        _survives(small(rng))


def test_truncations_of_a_small_file():
    data = write(*every_op())
    for length in range(0, len(data), 7):
        _survives(data[:length])


def test_mutations_of_the_structure_of_a_published_file():
    data, rng = reference_model("kws").read_bytes(), np.random.default_rng(0)
    tail = len(data) - 20_000  # tensors and operators; what is before are weights
    for _ in range(150):
        _survives(mutated(data, rng, first=tail))
    for length in rng.integers(0, len(data), 100):
        _survives(data[: int(length)])


REFUSALS = {
    "tensors": "20,000 tensors; up to 8,192 are read",
    "operators": "1,100 operators; up to 1,024 are read",
    "dimensions": "a list of 20000 entries where up to 8 are expected",
    "operands": "a list of 20000 entries where up to 256 are expected",
    "rows": "up to 65,536 rows and columns",
    "area": "67,108,864 bytes are read",
    "itself": "writes tensor 0 again",
}


def test_a_file_that_asks_for_too_much_is_refused():
    files = dict(asking_too_much())
    assert set(files) == set(REFUSALS)
    for name, data in files.items():
        with pytest.raises(ConfigError) as error:
            read(data)
        assert REFUSALS[name] in str(error.value)


def test_as_many_operators_as_are_read():
    assert len(read(chain(1_024)).graph.nodes) == 1_024


def test_a_network_whose_output_is_its_input_is_refused():
    with pytest.raises(ConfigError, match="no op writes the output, tensor 0"):
        read(write(*every_op(), outputs=(0,)))


def _fuzzed(count: int, seed: int, files: list[Path]) -> None:
    """Run `nas estimate` on damaged files: the bounds are those a user was promised."""
    found = _damaged(count, seed, files)
    assert {"0", "1", "2"} <= set(found["codes"])
    assert found["slowest_s"] < 5
    assert found["peak_kb"] < 200_000


def _damaged(count: int, seed: int, files: list[Path], *options: str) -> dict:
    """Run a command on damaged files; hold that each ended as an error or well."""
    command = [sys.executable, "-W", "error", "-m", "tests.tflite.fuzz_estimate", *options]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [*command, str(count), str(seed), *map(str, files)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert sum(found["codes"].values()) == count
    return found


def test_estimates_of_damaged_files(tmp_path):
    (tmp_path / "toy.tflite").write_bytes(toy_model())
    _fuzzed(150, 0, [tmp_path / "toy.tflite"])


@pytest.mark.slow
def test_estimates_of_a_thousand_damaged_published_files():
    _fuzzed(1_000, 1, [reference_model(n) for n in ("kws", "ad", "ic_resnet", "person_detect")])


@pytest.mark.slow
def test_estimates_of_a_thousand_damaged_files_of_ours(tmp_path):
    (tmp_path / "toy.tflite").write_bytes(toy_model())
    _fuzzed(1_000, 2, [tmp_path / "toy.tflite"])


def test_exports_of_damaged_files(tmp_path):
    """What a runtime aborts on ends a process of its own; nothing is left of what failed."""
    (tmp_path / "toy.tflite").write_bytes(toy_model())
    (tmp_path / "floats.tflite").write_bytes(float_ends())
    files = [tmp_path / "toy.tflite", tmp_path / "floats.tflite"]
    found = _damaged(45, 3, files, "--export")
    assert {"0", "2"} <= set(found["codes"])
    assert found["slowest_s"] < 60


@pytest.mark.slow
def test_exports_of_many_damaged_files(tmp_path):
    (tmp_path / "open.tflite").write_bytes(open_batch())
    _damaged(150, 4, [tmp_path / "open.tflite", reference_model("kws")], "--export")
