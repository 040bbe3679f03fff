"""Trees of a front end with learnt values: what is exported computes what training saw."""

import subprocess

import numpy as np
import pytest

from nas.export.golden import golden_vectors
from nas.export.run import Int8Model
from nas.export.tree import export
from nas.frontend import LogMelSettings
from nas.frontend.kinds.mfcc import MfccSettings
from nas.frontend.kinds.spectrum import SpectrumSettings
from tests.export.toy import clips, toy_model
from tests.tools import require

SHAPE = {"clip_ms": 500, "window_ms": 32, "hop_ms": 16}
PLAIN = [
    LogMelSettings(**SHAPE, n_mels=16),
    MfccSettings(**SHAPE, n_mels=20, n_mfcc=12),
    SpectrumSettings(**SHAPE, fmax_hz=600),
]


def taught(plain, seed=0):
    rng = np.random.default_rng(seed)
    return type(plain)(
        **SHAPE,
        **{k: v for k, v in plain.to_dict().items() if k not in {"kind", *SHAPE}},
        normalise="per_channel",
        channel_gains=tuple(rng.integers(2_000, 20_000, plain.n_bins).tolist()),
        channel_offsets=tuple(rng.integers(-2_000, 2_000, plain.n_bins).tolist()),
    )


@pytest.mark.parametrize("plain", PLAIN, ids=lambda one: one.kind)
def test_golden_vectors_hold(plain, tmp_path):
    require("cc", package="gcc")
    make, settings, out = require("make", package="make"), taught(plain), tmp_path / "firmware"
    model, heard = toy_model(settings=settings), clips(3)
    done = export(
        out, model=model, settings=settings, labels=["a", "b", "c", "d"], golden=heard,
        candidate=None, decision_ms=200,
    )  # fmt: skip
    assert done.manifest["frontend"]["channel_gains"] == list(settings.channel_gains)
    made = subprocess.run([make, "-C", str(out)], check=True, capture_output=True, text=True)
    assert "verify: 3 golden vectors equal, byte for byte" in made.stdout
    other = golden_vectors(Int8Model(model), plain, heard)
    assert (
        np.mean(other.features != golden_vectors(Int8Model(model), settings, heard).features) > 0.5
    )
