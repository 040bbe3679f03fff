"""Every kind of front end on hosts and emulated boards: bytes, streams, sizes, tables.

A few settings here; `python -m tests.benchmarks.front_ends` runs 200 of each kind.
"""

import ctypes
import subprocess

import numpy as np
import pytest

from nas.config import resource_dir
from nas.cost.emulator import Emulated
from nas.cost.probe_settings import random_settings
from nas.frontend import KINDS, LogMelSettings, reference
from nas.frontend.native import tables_struct
from nas.frontend.tables_c import emit
from tests.cost.emulated import require_tools
from tests.frontend.boards import Host, prove
from tests.tools import require

BOARDS = [Host("-O0"), Host("-O3"), *map(Emulated, ("cortex-m0", "cortex-m4", "rv32imc"))]


def some_settings(kind, count, seed):
    rng = np.random.default_rng(seed)
    return [
        KINDS[kind].settings(clip_ms=110),
        *(random_settings(KINDS[kind], rng) for _ in range(count)),
    ]


@pytest.mark.parametrize("board", BOARDS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_same_bytes_and_sizes(kind, board):
    """C's bytes are NumPy's, a stream's are the clip's, and sizes are the compiler's."""
    if isinstance(board, Emulated):
        require_tools(board.core)
    settings = some_settings(kind, 4, seed=31)
    for one, found in zip(settings, prove(settings, board, seed=7), strict=True):
        assert found.right(one), (one, found)


def test_a_wrong_byte_is_found(monkeypatch):
    true = reference.features

    def wrong(samples, settings):
        features = true(samples, settings)
        features[1, -1, -1] ^= 1
        return features

    monkeypatch.setattr(reference, "features", wrong)
    settings = LogMelSettings(clip_ms=110)
    (found,) = prove([settings], Host("-O1"), seed=7)
    assert found.wrong_sounds == ("speech",)
    assert not found.right(settings)


@pytest.mark.parametrize("kind", KINDS)
def test_emitted_tables_hold_what_python_computes(kind, tmp_path):
    """Every array and number of the struct, read back from the compiled C."""
    for index, settings in enumerate(some_settings(kind, 3, seed=32)):
        tables = KINDS[kind].tables(settings)
        compiled = compiled_tables(settings, tmp_path / str(index), tables)
        for name, wanted in tables.arrays.items():
            assert ctypes.string_at(getattr(compiled, name), wanted.nbytes) == wanted.tobytes()
        found = {name: getattr(compiled, name) for name in tables.numbers}
        assert found == {name: value for name, (_, value) in tables.numbers.items()}


def compiled_tables(settings, folder, tables):
    folder.mkdir()
    for suffix, text in zip("ch", emit(settings), strict=True):
        (folder / f"frontend_tables.{suffix}").write_text(text)
    library = folder / "tables.so"
    options = ["-std=c99", "-shared", "-fPIC", f"-I{resource_dir('firmware') / 'include'}"]
    command = [require("cc", package="gcc"), *options, folder / "frontend_tables.c", "-o", library]
    subprocess.run(command, check=True, capture_output=True)
    return type(tables_struct(tables)).in_dll(ctypes.CDLL(str(library)), "nas_front_end_tables")
