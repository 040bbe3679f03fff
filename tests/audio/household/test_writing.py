"""Complete or absent, the same bytes from the same seed, one writer at a time."""

import hashlib
import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.audio.household import LABELS, generate, writing
from nas.errors import DataError


def test_the_same_seed_gives_the_same_bytes(small, small_recipe, tmp_path, digest_of):
    generate(tmp_path / "again", 0, small_recipe)
    assert digest_of(tmp_path / "again") == digest_of(small)
    assert (tmp_path / "again/recipe.json").read_bytes() == (small / "recipe.json").read_bytes()


def test_another_seed_changes_every_clip(small, small_recipe, tmp_path):
    generate(tmp_path / "other", 1, small_recipe)
    for path in small.rglob("*.wav"):
        assert (tmp_path / "other" / path.relative_to(small)).read_bytes() != path.read_bytes()


def test_names_and_counts(small):
    for label in LABELS:
        names = sorted(path.name for path in (small / label).iterdir())
        assert names == [f"{h:02d}-{i:03d}.wav" for h in range(4) for i in range(2)]


def test_files_are_one_second_of_16_bit_mono(small):
    for path in small.rglob("*.wav"):
        info = soundfile.info(path)
        assert (info.samplerate, info.frames, info.channels) == (16_000, 16_000, 1)
        assert info.subtype == "PCM_16"
        assert path.stat().st_size == writing.WAV_BYTES


def test_levels_stay_within_the_stated_range_and_never_clip(small):
    peaks = [
        int(np.abs(soundfile.read(path, dtype="int16")[0].astype(int)).max())
        for path in small.rglob("*.wav")
    ]
    assert max(peaks) <= 32_767 * 10 ** (-1 / 20) + 1
    assert min(peaks) >= 32_767 * 10 ** (-30 / 20) - 1


def test_the_record_holds_the_digest_of_the_samples(small):
    sha = hashlib.sha256()
    for house in range(4):
        for label in LABELS:
            for index in range(2):
                path = small / label / f"{house:02d}-{index:03d}.wav"
                sha.update(soundfile.read(path, dtype="int16")[0].tobytes())
    assert json.loads((small / "recipe.json").read_text())["samples_sha256"] == sha.hexdigest()


def test_a_finished_folder_is_left_alone(small, small_recipe, monkeypatch):
    monkeypatch.setattr(writing, "_replace", lambda *_: pytest.fail("generated again"))
    generate(small, 0, small_recipe)


def test_a_damaged_folder_is_made_anew(small, small_recipe, tmp_path, digest_of):
    generate(tmp_path / "a", 0, small_recipe)
    (tmp_path / "a/kettle/00-000.wav").unlink()
    (tmp_path / "a/phone/00-000.wav").write_bytes(b"RIFF")
    generate(tmp_path / "a", 0, small_recipe)
    assert digest_of(tmp_path / "a") == digest_of(small)


def test_a_crash_leaves_nothing_behind(small_recipe, tmp_path, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError("power cut")

    monkeypatch.setattr(writing, "write_json", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        generate(tmp_path / "a", 0, small_recipe)
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == []


def test_someone_elses_folder_is_refused(small_recipe, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(DataError, match="holds other files"):
        generate(tmp_path, 0, small_recipe)
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_another_seed_in_the_same_folder_is_refused(small, small_recipe):
    with pytest.raises(DataError, match="seed 5"):
        generate(small, 5, small_recipe)


def test_a_place_that_cannot_be_written_is_named(small_recipe, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file/out: cannot be written"):
        generate(tmp_path / "file" / "out", 0, small_recipe)


def test_two_processes_at_once_make_one_folder(small, small_recipe, tmp_path, digest_of):
    spawn = multiprocessing.get_context("spawn")
    out: Path = tmp_path / "shared"
    both = [spawn.Process(target=generate, args=(out, 0, small_recipe)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert digest_of(out) == digest_of(small)
