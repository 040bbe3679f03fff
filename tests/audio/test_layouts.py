from collections import Counter
from pathlib import Path

import pytest

from nas.audio import Split, load
from nas.audio.layouts import LAYOUTS
from nas.audio.loading import read_descriptor
from nas.errors import ConfigError, DataError
from tests.audio.conftest import tone

SHARED = Path(__file__).parents[3] / "shared" / "data"


def shared(name):
    """Return the folder of a public data set beside the project, or skip."""
    for place in (SHARED / name, *(p / "shared" / "data" / name for p in SHARED.parents)):
        if place.is_dir():
            return place
    return pytest.skip(f"the recordings of {name} are not at {SHARED / name}")


@pytest.fixture
def commands(write, tmp_path):
    """A tiny tree in the layout of Speech Commands: 6 speakers, keywords yes and no."""
    hz, lists = 100, {"validation": [], "testing": []}
    for word in ("yes", "no", "bird", "cat"):
        for speaker in "abcdef":
            name = f"{word}/{speaker}_nohash_0.wav"
            write(name, tone(hz=(hz := hz + 5), ms=50))
            if speaker in "ab":
                lists["validation" if speaker == "a" else "testing"].append(name)
    write("_background_noise_/hum.wav", tone(hz=50, ms=10_000))
    write("_background_noise_/hiss.wav", tone(hz=5_000, ms=20_000))
    for kind, names in lists.items():
        (tmp_path / "data" / f"{kind}_list.txt").write_text("\n".join(names) + "\n")
    return tmp_path / "data"


@pytest.fixture
def yes_no(tmp_path):
    path = tmp_path / "yes_no.yaml"
    path.write_text(
        "name: yes_no\nlayout: speech_commands\nkeywords: [yes, no]\nclip_ms: [1000]\n"
    )
    return str(path)


def test_speech_commands_layout(commands, yes_no, tmp_path):
    dataset = load(yes_no, commands, tmp_path / "cache")
    assert dataset.labels == ("yes", "no", "unknown", "silence")
    counts = {
        split: Counter(dataset.labels[clip.label] for clip in dataset.of(split)) for split in Split
    }
    assert counts[Split.TRAIN] == {"yes": 4, "no": 4, "unknown": 8, "silence": 4}
    assert counts[Split.VALIDATION] == {"yes": 1, "no": 1, "unknown": 2, "silence": 1}
    assert counts[Split.TEST] == {"yes": 1, "no": 1, "unknown": 2, "silence": 1}
    assert not dataset.same_speaker


def test_noise_is_cut_by_time(commands, yes_no, tmp_path):
    dataset = load(yes_no, commands, tmp_path / "cache")
    ends = {"hum.wav": 10_000, "hiss.wav": 20_000}
    part = {Split.TRAIN: (0, 0.7), Split.VALIDATION: (0.7, 0.85), Split.TEST: (0.85, 1)}
    for clip in dataset.clips:
        if dataset.labels[clip.label] == "silence":
            first, last = (share * ends[clip.path.name] for share in part[clip.split])
            assert first <= clip.start_ms <= clip.start_ms + clip.length_ms <= last
    for clip in dataset.background:
        assert (clip.start_ms, clip.length_ms) == (0, 0.7 * ends[clip.path.name])


def test_unknown_is_taken_evenly_from_words(commands, yes_no, tmp_path):
    path = Path(yes_no)
    path.write_text(path.read_text() + "unknown_ratio: 1.0\nsilence_ratio: 0\n")
    dataset = load(yes_no, commands, tmp_path / "cache")
    assert dataset.labels == ("yes", "no", "unknown")
    words = Counter(c.path.parent.name for c in dataset.of(Split.TRAIN) if c.label == 2)
    assert words == {"bird": 2, "cat": 2}


def test_missing_lists_and_noise_are_named(commands, yes_no, tmp_path):
    (commands / "testing_list.txt").unlink()
    with pytest.raises(DataError, match=r"testing_list\.txt: cannot be read"):
        load(yes_no, commands, tmp_path / "cache")


def test_absent_keyword_is_named(commands, tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text("name: d\nlayout: speech_commands\nkeywords: [yes, on]\n")
    with pytest.raises(DataError, match="class on has no clips"):
        load(str(path), commands, tmp_path / "cache")


def test_a_speaker_in_two_lists_is_refused(commands, yes_no, tmp_path):
    with (commands / "testing_list.txt").open("a") as file:
        file.write("yes/c_nohash_0.wav\n")
    with pytest.raises(DataError, match="group c lies in"):
        load(yes_no, commands, tmp_path / "cache")


def test_yaml_words_stay_words():
    assert read_descriptor("speech_commands").keywords[:2] == ["yes", "no"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("keywords: [1, no]", "keywords"),
        ("keywords: [true, no]", "keywords"),
        ("clip_mss: [1000]", "did you mean `clip_ms`"),
        ("clip_ms: []", "clip_ms"),
        ("sample_rate_hz: 1", "sample_rate_hz"),
    ],
)
def test_wrong_descriptors_name_file_and_key(tmp_path, line, message):
    path = tmp_path / "d.yaml"
    keywords = "" if line.startswith("key") else "keywords: [yes]\n"
    path.write_text(f"name: d\nlayout: speech_commands\n{keywords}{line}\n")
    with pytest.raises(ConfigError, match=f"d.yaml:.*{message}"):
        read_descriptor(str(path))


def test_unknown_layout_lists_the_known(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text("name: d\nlayout: folder\n")
    with pytest.raises(ConfigError, match="known: " + ", ".join(LAYOUTS)):
        read_descriptor(str(path))


def test_missing_data_root_says_where_data_come_from(tmp_path):
    for name in ("fsdd", "speech_commands"):
        with pytest.raises(DataError, match=r"--data-root FOLDER .source: http"):
            load(name, None, tmp_path)
    with pytest.raises(DataError, match="no such folder; give --data-root"):
        load("fsdd", tmp_path / "none", tmp_path)
    with pytest.raises(DataError, match="none of 0 recordings matches"):
        load("fsdd", tmp_path, tmp_path)


PATTERN = "name: p\nlayout: pattern\nclip_ms: [100]\n"


def test_split_in_the_path(write, tmp_path):
    for split in ("train", "valid", "test"):
        for label in ("a", "b"):
            for k in range(2):
                write(f"{split}/{label}/{k}.wav", tone(hz=100 + k, ms=20))
    write("notes.wav", tone(ms=20))
    path = tmp_path / "p.yaml"
    path.write_text(
        PATTERN + r"pattern: (?P<split>\w+)/(?P<label>\w)/(?P<group>\d)\.wav" + "\n"
        "same_speaker: true\n"
    )
    dataset = load(str(path), tmp_path / "data", tmp_path / "cache")
    assert [len(dataset.of(split)) for split in Split] == [4, 4, 4]
    assert dataset.same_speaker
    assert [bad.path.name for bad in dataset.bad_files] == ["notes.wav"]
    path.write_text(path.read_text().replace("same_speaker: true\n", ""))
    with pytest.raises(DataError, match="group 0 lies in train and in validation"):
        load(str(path), tmp_path / "data", tmp_path / "cache")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("pattern: '(?P<labl>a)'", "no group .*label"),
        ("pattern: '(a'", "not a regular expression"),
        (
            "pattern: '(?P<label>a)'\n"
            "takes: {test: {first: 0, last: 4}, validation: {first: 5, last: 9}}",
            "no group .*take",
        ),
        (
            "pattern: '(?P<label>a)(?P<take>.)'\n"
            "takes: {test: {first: 0, last: 5}, validation: {first: 5, last: 9}}",
            "overlap",
        ),
    ],
)
def test_wrong_patterns_are_refused(tmp_path, lines, message):
    path = tmp_path / "p.yaml"
    path.write_text(PATTERN + lines + "\n")
    with pytest.raises(ConfigError, match=message):
        read_descriptor(str(path))


def test_fsdd_has_its_published_split(tmp_path):
    dataset = load("fsdd", shared("fsdd"), tmp_path)
    assert dataset.labels == tuple("0123456789")
    assert [len(dataset.of(split)) for split in Split] == [2_400, 300, 300]
    assert {clip.group for clip in dataset.clips} == {
        "george",
        "jackson",
        "lucas",
        "nicolas",
        "theo",
        "yweweler",
    }
    takes = {int(clip.path.stem.split("_")[2]) for clip in dataset.of(Split.TEST)}
    assert takes == {0, 1, 2, 3, 4}
    assert dataset.same_speaker
    assert not dataset.bad_files


def test_speech_commands_follows_its_lists(tmp_path):
    root = shared("speech_commands")
    dataset = load("speech_commands", root, tmp_path)
    assert dataset.labels == ("yes", "no", "up", "down", "stop", "go", "unknown", "silence")
    for split, name in [(Split.VALIDATION, "validation"), (Split.TEST, "testing")]:
        listed = (root / f"{name}_list.txt").read_text().split()
        clips = [clip for clip in dataset.of(split) if dataset.labels[clip.label] != "silence"]
        assert sorted(clip.path.relative_to(root).as_posix() for clip in clips) == listed
        silence = len(dataset.of(split)) - len(clips)
        keywords = [clip for clip in clips if clip.label < 6]
        assert silence == round(len(keywords) / 6)
    assert sum(clip.label < 6 for clip in dataset.clips) == 1_200
