"""Trees of a front end with a state: they run warm, on every path."""

import re
import subprocess

import numpy as np
import pytest

from nas.cost.emulator import Emulated
from nas.export.golden import golden_vectors
from nas.export.run import Int8Model
from nas.export.tree import export
from nas.frontend import reference
from nas.frontend.kinds.micro import MicroSettings
from tests.cost.emulated import require_tools
from tests.export.toy import clips, toy_model
from tests.tools import require

SETTINGS = MicroSettings(clip_ms=500, window_ms=32, hop_ms=16, n_channels=16, even_smoothing=0.1)
MODEL = toy_model(settings=SETTINGS)
HEARD = clips(3, length=SETTINGS.heard_length)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    require("cc", package="gcc")
    make = require("make", package="make")
    out = tmp_path_factory.mktemp("warm") / "firmware"
    export(
        out, model=MODEL, settings=SETTINGS, labels=["a", "b", "c", "d"], golden=HEARD,
        candidate=None, decision_ms=200,
    )  # fmt: skip
    done = subprocess.run([make, "-C", str(out)], check=True, capture_output=True, text=True)
    assert "verify: 3 golden vectors equal, byte for byte" in done.stdout
    return out


def run(tree, *arguments, **options):
    program = tree / "build/nas_run"
    return subprocess.run([program, *arguments], check=True, capture_output=True, **options).stdout


def test_the_vectors_are_warm():
    """Of a whole recording, the last rows; cold ones are others."""
    golden = golden_vectors(Int8Model(MODEL), SETTINGS, HEARD)
    lead = SETTINGS.run_in_frames * SETTINGS.hop_length
    assert lead == 49 * 256  # whole hops: log(0.05) / log(1 - 0.06) = 48.4
    cold = reference.features(HEARD[:, lead:].copy(), SETTINGS).reshape(3, -1)
    assert np.mean(golden.features != cold) > 0.2


def test_raw_clips_stand_behind_their_run_in(tree):
    heard = clips(5, seed=9, length=SETTINGS.heard_length)
    golden = golden_vectors(Int8Model(MODEL), SETTINGS, heard)
    assert run(tree, "--raw-features", input=heard.tobytes()) == golden.features.tobytes()
    assert run(tree, "--raw", input=heard.tobytes()) == golden.outputs.tobytes()


def test_a_file_stands_behind_the_first_vectors_run_in(tree, tmp_path):
    import wave

    clip = clips(1, seed=4)[0]
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, SETTINGS.sample_rate_hz, 0, "NONE", ""))
        file.writeframes(clip.tobytes())
    lines = run(tree, str(tmp_path / "a.wav"), text=True).splitlines()
    lead = SETTINGS.heard_length - SETTINGS.clip_length
    heard = np.concatenate([HEARD[0, :lead], clip])[None]
    outputs = golden_vectors(Int8Model(MODEL), SETTINGS, heard).outputs[0].astype(int)
    printed = {label: float(p) for label, p in (line.split(" ") for line in lines)}
    assert printed == pytest.approx(
        dict(zip("abcd", (outputs + 128) / 256, strict=True)), abs=5e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize("core", ["cortex-m4", "rv32imc"])
def test_the_vectors_hold_on_emulated_boards(tree, core):
    require_tools(core)
    target = "qemu-riscv" if core == "rv32imc" else "qemu-cortex-m"
    command = ["make", "-s", "-C", str(tree / "targets" / target), "run"]
    assert Emulated(core).version()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"features_that_differ +0\b", said)
    assert re.search(r"outputs_that_differ +0\b", said)
