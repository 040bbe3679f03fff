import shutil

import pytest

from nas.audio import Split, bad_files_table, load
from nas.errors import ConfigError, DataError
from tests.audio.conftest import tone


def splits_of(dataset):
    return {clip.path.name + str(clip.label): clip.split for clip in dataset.clips}


def test_a_folder_a_class(folder_tree, tmp_path):
    dataset = load(str(folder_tree), None, tmp_path / "cache")
    assert dataset.labels == ("high", "low")
    assert (dataset.name, dataset.sample_rate_hz, dataset.clip_ms) == ("data", 16_000, (500,))
    for label in (0, 1):
        counts = [sum(clip.label == label for clip in dataset.of(split)) for split in Split]
        assert counts[0] in (6, 7, 8)
        assert min(counts[1:]) >= 1
    assert load(str(folder_tree), None, tmp_path / "cache") == dataset


def test_digest_follows_contents_not_place(folder_tree, tmp_path):
    before = load(str(folder_tree), None, tmp_path / "cache")
    moved = shutil.copytree(folder_tree, tmp_path / "elsewhere" / "data")
    after = load(str(moved), None, tmp_path / "cache2")
    assert after.digest == before.digest
    assert splits_of(after) == splits_of(before)
    shutil.copy(moved / "low" / "0.wav", moved / "low" / "1.wav")
    assert load(str(moved), None, tmp_path / "cache2").digest != before.digest


def test_seed_moves_the_split_and_the_digest(folder_tree, tmp_path):
    digests = {load(str(folder_tree), None, tmp_path, seed).digest for seed in range(3)}
    assert len(digests) == 3


def test_subfolder_is_the_group(write, tmp_path):
    for speaker in "abcdefgh":
        for index in range(3):
            for label in ("x", "y"):
                hz = 100 + 10 * ord(speaker) + index + (label == "y")
                write(f"{label}/{speaker}/{index}.wav", tone(hz=hz, ms=20))
    dataset = load(str(tmp_path / "data"), None, tmp_path / "cache")
    home = {}
    for clip in dataset.clips:
        assert home.setdefault(clip.path.parent.name, clip.split) is clip.split
    assert set(home) == set("abcdefgh")


def test_copies_of_a_file_stay_on_one_side(folder_tree, tmp_path):
    for index in range(10):
        shutil.copy(folder_tree / "low" / f"{index}.wav", folder_tree / "low" / f"copy{index}.wav")
    dataset = load(str(folder_tree), None, tmp_path / "cache")
    splits = {clip.path.name: clip.split for clip in dataset.clips if clip.label == 1}
    assert all(splits[f"{k}.wav"] is splits[f"copy{k}.wav"] for k in range(10))


def test_group_pattern_and_chosen_labels(write, tmp_path, folder_tree):
    for label in ("b", "a"):
        for speaker in ("ann", "bob", "cyd", "dan"):
            for take in range(2):
                write(f"{label}/{speaker}-{take}.wav", tone(hz=300 + take, ms=20))
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nlayout: folders\nlabels: [b, a]\ngroup_pattern: ^([a-z]+)-\nclip_ms: [100]\n"
    )
    dataset = load(str(path), folder_tree, tmp_path / "cache")
    assert dataset.labels == ("b", "a")
    assert {clip.group for clip in dataset.clips} == {"ann", "bob", "cyd", "dan"}
    assert dataset.clip_ms == (100,)


def test_bad_files_are_left_out_and_listed(folder_tree, tmp_path):
    (folder_tree / "low" / "0.wav").write_bytes(b"<html>")
    (folder_tree / "low" / "._1.wav").write_bytes(b"\0\5\x16\7")
    dataset = load(str(folder_tree), None, tmp_path / "cache")
    assert len(dataset.clips) == 19
    rows = bad_files_table(dataset)
    assert [row["path"] for row in rows] == [str(folder_tree / "low" / "0.wav")]
    assert "HTML" in rows[0]["reason"]


def test_background_folder_is_no_class(folder_tree, write, tmp_path):
    write("_background_noise_/hum.wav", tone(hz=50, ms=300))
    dataset = load(str(folder_tree), None, tmp_path / "cache")
    assert dataset.labels == ("high", "low")
    assert [clip.path.name for clip in dataset.background] == ["hum.wav"]


def test_empty_class_is_named(folder_tree, tmp_path):
    (folder_tree / "quiet").mkdir()
    with pytest.raises(DataError, match="class quiet has no clips"):
        load(str(folder_tree), None, tmp_path / "cache")


def test_class_of_bad_files_says_how_many(folder_tree, tmp_path):
    for path in (folder_tree / "low").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match=r"class low has no clips \(10 more could not be read\)"):
        load(str(folder_tree), None, tmp_path / "cache")


def test_too_small_class_says_count_and_need(folder_tree, tmp_path):
    for index in range(2, 10):
        (folder_tree / "low" / f"{index}.wav").unlink()
    with pytest.raises(DataError, match=r"class low has 2 clips in 2 groups.* at least 3 groups"):
        load(str(folder_tree), None, tmp_path / "cache")


def test_one_class_is_too_few(folder_tree, tmp_path):
    shutil.rmtree(folder_tree / "low")
    with pytest.raises(DataError, match="at least two classes are needed, found high"):
        load(str(folder_tree), None, tmp_path / "cache")


def test_split_folders_are_not_classes(folder_tree, tmp_path):
    (folder_tree / "low").rename(folder_tree / "train")
    (folder_tree / "high").rename(folder_tree / "test")
    with pytest.raises(DataError, match="are splits, not classes"):
        load(str(folder_tree), None, tmp_path / "cache")


def test_missing_folder_says_what_to_pass(tmp_path):
    with pytest.raises(DataError, match="no such folder; pass one that holds a folder a class"):
        load(str(tmp_path / "none"), None, tmp_path / "cache")
    with pytest.raises(ConfigError, match="did you mean `fsdd`"):
        load("fsd", None, tmp_path / "cache")
