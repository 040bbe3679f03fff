"""Damaged files: whatever is in them, the answer is a network or one NasError."""

import numpy as np
import pytest

from nas.errors import NasError
from nas.tflite import constant_bytes, read
from tests.shared import reference_model
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


def _mutated(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(changed) - 4))
        size = int(rng.choice([1, 4]))
        changed[at : at + size] = rng.choice(
            [rng.bytes(size), b"\0" * size, b"\xff" * size, (1 << 31).to_bytes(4, "little")[:size]]
        )
    return bytes(changed)


@pytest.mark.parametrize("seed", range(8))
def test_mutations_of_a_small_file(seed):
    data, rng = write(*every_op()), np.random.default_rng(seed)
    for _ in range(150):
        _survives(_mutated(data, rng))


def test_truncations_of_a_small_file():
    data = write(*every_op())
    for length in range(0, len(data), 7):
        _survives(data[:length])


def test_mutations_of_the_structure_of_a_published_file():
    data, rng = reference_model("kws").read_bytes(), np.random.default_rng(0)
    tail = len(data) - 20_000  # tensors and operators; what is before are weights
    for _ in range(150):
        _survives(data[:tail] + _mutated(data[tail:], rng))
    for length in rng.integers(0, len(data), 100):
        _survives(data[: int(length)])
