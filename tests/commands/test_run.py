"""`nas run`: what it prints for recordings made here, and what bad input gets."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.audio.decode import decode
from nas.cli import main
from nas.errors import ConfigError
from nas.export import host_program
from nas.export.network_tree import export_network
from nas.files import write_json
from tests.export import toy
from tests.export.fixtures import built_tree, tree
from tests.tools import require

__all__ = ["built_tree", "tree"]
RATE = toy.SETTINGS.sample_rate_hz
LABELS = ["yes", "no", 'qu"ote??/', "ünknown"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch, cache):
    require("cc", package="gcc")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NAS_CACHE_DIR", str(cache))


def nas(capsys, *words, code=0):
    """Return stdout and stderr of ``nas run WORDS``, which must leave with `code`."""
    with pytest.raises(SystemExit) as left:
        main(["run", *map(str, words)])
    done = capsys.readouterr()
    assert left.value.code == code, done.err
    return done.out, done.err


def events_by_the_tree(tree, path):
    """What the tree's own program prints; its WAV reader and ours give the same samples."""
    done = subprocess.run(
        [str(tree / "build/nas_run"), "--events", path], check=True, capture_output=True, text=True
    )
    return [line.split(" ") for line in done.stdout.splitlines()]


@pytest.fixture
def noise(tmp_path):
    path = tmp_path / "noise.wav"
    soundfile.write(path, np.concatenate(toy.clips(20, seed=7)), RATE)
    return path


def test_events_are_those_of_the_trees_own_program(built_tree, noise, capsys):
    wanted = events_by_the_tree(built_tree, noise)
    assert len(wanted) > 2
    out, _ = nas(capsys, built_tree, noise, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(f"{float(row['time']):.3f}", row["event"]) for row in rows] == [
        (time, label) for time, label, _ in wanted
    ]
    probabilities = [float(row["probability"]) for row in rows]
    assert probabilities == pytest.approx([float(p) for *_, p in wanted], abs=5e-5)
    assert {row["source"] for row in rows} == {str(noise)}
    out, _ = nas(capsys, built_tree, noise)
    assert [line.split()[0] for line in out.splitlines()] == [time for time, *_ in wanted]


def test_json_lines_have_dates_and_say_which_model_speaks(built_tree, noise, capsys):
    (first, *_) = events_by_the_tree(built_tree, noise)
    start = "2026-01-31T08:00:00+01:00"
    out, _ = nas(capsys, built_tree, noise, "--format", "jsonl", "--start", start)
    row = json.loads(out.splitlines()[0])
    assert row["time"] == f"2026-01-31T08:00:{float(first[0]):06.3f}+01:00"
    manifest = json.loads((built_tree / "generated/manifest.json").read_text())
    assert row["model"] == manifest["model"]["sha256"]
    assert (row["study"], row["trial"], len(row["fingerprint"])) == (None, None, 64)


def test_a_tree_without_thresholds_says_so(built_tree, noise, tmp_path, capsys):
    mute = tmp_path / "mute"
    shutil.copytree(built_tree, mute)
    path = mute / "generated/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["detection"] |= {"source": "none", "rule": "no class fires until somebody says when"}
    write_json(path, manifest)
    assert "mute: no class fires until" in nas(capsys, mute, noise)[1]
    assert nas(capsys, mute, noise, "--clips")[1] == ""
    assert nas(capsys, built_tree, noise)[1] == ""


@pytest.mark.parametrize("form", ["text", "csv", "jsonl"])
def test_silence_is_told_from_a_failure(built_tree, tmp_path, capsys, form):
    soundfile.write(tmp_path / "calm.wav", np.zeros(3 * RATE, np.int16), RATE)
    out, err = nas(capsys, built_tree, tmp_path / "calm.wav", "--format", form)
    assert (out.count("\n"), err) == (int(form == "csv"), "nas: nothing was recognized\n")


def test_a_clip_gets_the_probabilities_of_the_reference_side(built_tree, tmp_path, capsys):
    """A folder, of which one file is stereo at another rate: decoded as for training."""
    from nas.export.run import Int8Model
    from nas.frontend import reference

    folder = tmp_path / "sounds"
    folder.mkdir()
    samples = toy.clips(3, seed=4)
    soundfile.write(folder / "a.wav", samples[0], RATE)
    soundfile.write(folder / "b.flac", np.stack([samples[1], samples[2]], 1), 22_050)
    other = decode(folder / "b.flac", RATE)
    spare = toy.SETTINGS.clip_length - len(other)
    padded = np.pad(other, (spare // 2, spare - spare // 2))
    features = reference.features(np.stack([samples[0], padded]), toy.SETTINGS)
    wanted = (Int8Model(toy.toy_model()).predict(features).astype(int) + 128) / 256
    out, _ = nas(capsys, built_tree, folder, "--clips", "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [Path(row["source"]).name for row in rows] == ["a.wav", "b.flac"]
    for row, probabilities in zip(rows, wanted, strict=True):
        assert row["probabilities"] == pytest.approx(dict(zip(LABELS, probabilities, strict=True)))
        assert row["label"] == LABELS[int(probabilities.argmax())]
        assert row["time"] == 0.0
    out, _ = nas(capsys, built_tree, folder, "--clips", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(out)))
    assert [float(row["probability_ünknown"]) for row in table] == pytest.approx(wanted[:, 3])
    out, _ = nas(capsys, built_tree, folder / "a.wav", "--clips")
    assert out.startswith(f"{folder / 'a.wav'}: {LABELS[int(wanted[0].argmax())]} (")


def test_a_study_speaks_by_its_name_and_trial(built_tree, noise, tmp_path, capsys):
    study = tmp_path / "results/mine"
    shutil.copytree(built_tree, study / "firmware", ignore=shutil.ignore_patterns("build"))
    write_json(study / "study.json", {})
    write_json(study / "winner/result.json", {"trial": 46})
    (study / "winner/model.tflite").write_bytes((built_tree / "model.tflite").read_bytes())
    out, _ = nas(capsys, "mine", noise, "--format", "jsonl")
    row = json.loads(out.splitlines()[0])
    assert (row["study"], row["trial"]) == ("mine", 46)


def test_bad_recordings_are_named_and_the_good_ones_heard(built_tree, noise, tmp_path, capsys):
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "page.wav").write_bytes(b"<html>not found</html>")
    words = (built_tree, "empty.wav", noise, "page.wav")
    out, err = nas(capsys, *words, code=3)
    assert out.splitlines()
    lines = err.splitlines()
    assert lines[0] == "nas: empty.wav: empty file"
    assert lines[1].startswith("nas: page.wav: HTML or XML text")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["TREE", "none.wav"], 3, "none.wav: no such file or folder"),
        (["TREE", "nothing"], 3, "nothing: no recordings in this folder"),
        (["nothing", "a.wav"], 2, "nor is it an exported tree"),
        (["TREE"], 2, "nothing to hear"),
        (["TREE", "a.wav", "--microphone"], 2, "--microphone: takes neither"),
        (["TREE", "a.wav", "--seconds", "5"], 2, "only with --microphone"),
        (["TREE", "a.wav", "--start", "today"], 2, "no ISO 8601 date"),
        (["TREE", "a.wav", "--format", "xml"], 2, "xml"),
        (["TREE", "--microphone"], 2, "needs the extra `microphone`: pip install"),
    ],
)
def test_bad_input_gets_one_line(tree, tmp_path, capsys, monkeypatch, words, code, message):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    (tmp_path / "nothing").mkdir()
    soundfile.write(tmp_path / "a.wav", np.zeros(100), RATE)
    out, err = nas(capsys, *(tree.path if w == "TREE" else w for w in words), code=code)
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


def test_no_compiler_is_named(tree, noise, capsys, monkeypatch):
    monkeypatch.setattr(host_program.shutil, "which", lambda _: None)
    _, err = nas(capsys, tree.path, noise, code=1)
    assert err == "nas: no C compiler `cc` on PATH; install one (Debian package gcc)\n"


def test_a_tree_without_events_is_told_apart(tree, noise, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(tree.path, copy)
    manifest = json.loads((copy / "generated/manifest.json").read_text())
    del manifest["detection"]
    write_json(copy / "generated/manifest.json", manifest)
    for how in ([], ["--clips"]):
        _, err = nas(capsys, copy, noise, *how, code=2)
        assert "exported by an earlier nas, without events; `nas export` its study" in err


@pytest.mark.parametrize("how", [["noise.wav"], ["noise.wav", "--clips"], ["--microphone"]])
def test_a_network_alone_hears_nothing(noise, tmp_path, capsys, how):
    network = export_network(tmp_path / "network", model=toy.toy_model())
    _, err = nas(capsys, network.path, *how, code=2)
    assert err == (
        f"nas: {network.path}: a network alone, which takes no sound; export its .tflite with "
        "--frontend\n"
    )


def test_a_tree_that_does_not_compile_says_the_first_error(tree, noise, tmp_path, capsys):
    copy = tmp_path / "a copy"
    shutil.copytree(tree.path, copy)
    (copy / "app/broken.c").write_text("int broken(void) { return nothing; }\n")
    _, err = nas(capsys, copy, noise, code=1)
    assert "nothing" in err
    assert len(err.splitlines()) == 1
    (copy / "app/broken.c").unlink()
    assert nas(capsys, copy, noise)[0]  # a path with a space is built


class Microphone:
    """Stands for sounddevice: noise, and then the error of a device that went away."""

    PortAudioError = RuntimeError

    def __init__(self, samples):
        self.samples, self.closed = samples, False

    def RawInputStream(self, *, samplerate, channels, dtype):  # noqa: N802 - sounddevice's name
        assert (samplerate, channels, dtype) == (RATE, 1, "int16")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True

    def read(self, frames):
        if not len(self.samples):
            raise RuntimeError("Device unavailable")
        block, self.samples = self.samples[:frames], self.samples[frames:]
        return memoryview(block.tobytes()), False


def test_the_microphone_is_heard_as_a_recording_is(built_tree, noise, capsys, monkeypatch):
    device = Microphone(np.concatenate(toy.clips(20, seed=7)))
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    out, _ = nas(capsys, built_tree, "--microphone", "--seconds", "9.9", "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    wanted = [row for row in events_by_the_tree(built_tree, noise) if float(row[0]) <= 9.9]
    assert [(row["event"], row["source"]) for row in rows] == [
        (label, "microphone") for _, label, _ in wanted
    ]
    assert device.closed


def test_a_microphone_that_goes_away_is_one_line(built_tree, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", Microphone(np.zeros(800, np.int16)))
    out, err = nas(capsys, built_tree, "--microphone", code=3)
    assert (out, len(err.splitlines())) == ("", 1)
    assert "Device unavailable; it is asked for 16000 Hz" in err


ENDLESS = """
import signal, sys, time, types
class Stream:
    def __init__(self, **_): pass
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def read(self, frames):
        time.sleep(0.05)
        print("read", file=sys.stderr, flush=True)
        return bytes(2 * frames), False
found = types.ModuleType("sounddevice")
found.RawInputStream, found.PortAudioError = Stream, RuntimeError
sys.modules["sounddevice"] = found
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
from nas.cli import main
main(sys.argv[1:])
"""


def test_ctrl_c_ends_it_cleanly(tree):
    command = [sys.executable, "-c", ENDLESS, "run", str(tree.path), "--microphone"]
    repository = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "read\n"
        process.send_signal(signal.SIGINT)
        lines = [line for line in process.stderr.read().splitlines() if line != "read"]
        assert process.wait(timeout=20) == 130
    assert lines == ["nas: interrupted"]


def test_without_portaudio_its_package_is_named(monkeypatch):
    """sounddevice raises OSError when it cannot load the library."""
    from nas.audio import microphone

    def refuse(name, *rest, real=__import__):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest)

    monkeypatch.setattr("builtins.__import__", refuse)
    with pytest.raises(ConfigError, match="libportaudio2"):
        microphone.check_microphone()
