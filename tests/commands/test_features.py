"""What the network sees of a file: what is taken of it, how it is heard, what is refused."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.audio.decode import decode, fit
from nas.commands.features import error_words, features_of_file, words
from nas.errors import ConfigError, DataError
from nas.frontend import KINDS, LogMelSettings, features
from tests.frontend import float_reference
from tests.space import kinds


def recording(folder: Path, *, ms: int = 1_000, rate: int = 16_000) -> Path:
    path = folder / "noise.wav"
    noise = np.random.default_rng(0).normal(0, 1_000, rate * ms // 1_000)
    soundfile.write(path, noise.round().astype(np.int16), rate)
    return path


def samples_of(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int16")[0]


def test_all_of_a_recording_is_taken_with_its_error(tmp_path: Path) -> None:
    path = recording(tmp_path, ms=1_234)
    shown = features_of_file(path, "log_mel", ["n_mels=24", "hop_ms=10"])
    settings = LogMelSettings(clip_ms=1_234, n_mels=24, hop_ms=10)
    assert shown.settings == settings
    assert np.array_equal(shown.values, features(samples_of(path)[None], settings)[0])
    wanted = float_reference.features(samples_of(path).astype(float), settings)
    off = np.abs(shown.values.astype(int) - float_reference.as_int8(wanted))
    assert shown.error is not None
    assert shown.error.largest == off.max() <= 1
    assert shown.error.equal == pytest.approx((off == 0).mean(), abs=1e-3)
    assert shown.notes == ()
    assert words(shown) == "log_mel, 121 frames of 24 mels, 30/10 ms at 16,000 Hz"
    assert error_words(shown).startswith("against float64: 100 % of 2,904 values within one step")


def test_a_clip_length_takes_what_a_data_set_would(tmp_path: Path) -> None:
    path = recording(tmp_path)
    middle = features_of_file(path, "log_mel", ["clip_ms=500"])
    wanted = samples_of(path)[4_000:12_000]
    assert np.array_equal(middle.values, features(wanted[None], LogMelSettings(clip_ms=500))[0])
    longer = features_of_file(path, "log_mel", ["clip_ms=3000"])
    assert (longer.values[:40] == -128).all()
    assert (longer.values[60:80] > -128).any()


@pytest.mark.parametrize(("rate", "given"), [(44_100, []), (44_100, ["clip_ms=700"])])
def test_of_a_long_recording_only_what_is_shown_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int, given: list[str]
) -> None:
    """The same bytes as from the whole recording, decoded and cut."""
    path = recording(tmp_path, ms=64_321, rate=rate)
    read, whole = [], decode(path, 16_000)

    def noted(*place: object, **part: int) -> np.ndarray:
        read.append(part)
        return decode(*place, **part)

    monkeypatch.setattr("nas.commands.features.decode", noted)
    shown = features_of_file(path, "raw", ["decimation=1", "gain_db=48", *given])
    wanted = fit(whole, 11_200) if given else whole[: 60 * 16_000]
    assert np.array_equal(shown.values, features(wanted[None], shown.settings)[0])
    assert [part["length_ms"] for part in read] == ([2_800] if given else [60_100])


def test_a_run_in_may_reach_beyond_the_longest_clip(tmp_path: Path) -> None:
    path = recording(tmp_path, ms=61_000)
    slow = features_of_file(path, "micro", ["even_smoothing=0.001", "hop_ms=30"])
    assert slow.values.shape == (2_000, 40)
    assert "before it, 4,980 ms of the noise of a quiet room" in slow.notes


def test_what_a_reader_has_to_know_is_said(tmp_path: Path) -> None:
    slow = features_of_file(recording(tmp_path, rate=8_000), "log_mel")
    assert slow.notes == ("recorded at 8,000 Hz: nothing is in it above 4,000 Hz",)
    assert slow.values.shape == (49, 40)
    fast = features_of_file(recording(tmp_path, rate=48_000), "log_mel")
    assert fast.notes == ("recorded at 48,000 Hz",)
    long = features_of_file(
        recording(tmp_path, ms=61_000, rate=8_000),
        "log_mel",
        ["sample_rate_hz=8000", "fmax_hz=3800"],
    )
    assert long.notes == ("61.0 s long: the start is shown",)
    assert long.settings.clip_ms == 60_000


@dataclass(frozen=True, kw_only=True)
class WarmSettings(kinds.TiltSettings):
    kind = "warm"

    @property
    def run_in_ms(self) -> int:
        return 90


def test_a_kind_with_a_state_is_warm_and_may_have_no_float_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds.install(monkeypatch)
    kind = replace(KINDS["tilt"], settings=WarmSettings)
    monkeypatch.setitem(KINDS, "warm", kind)
    heard = []

    def front_end(samples: np.ndarray, settings: WarmSettings) -> np.ndarray:
        heard.append(samples)
        values = np.arange(settings.n_frames)[None, :, None] % 100
        return np.repeat(values, settings.n_bins, axis=2).astype(np.int8)

    monkeypatch.setattr("nas.commands.features.features", front_end)
    shown = features_of_file(recording(tmp_path), "warm")
    assert shown.values[:, 0].tolist() == list(range(5, 5 + 49))  # 90 ms in hops of 20 ms: 5
    before = heard[0][0, : 5 * 320].astype(float)
    assert np.sqrt(np.mean(before**2)) == pytest.approx(33, rel=0.1)
    assert shown.notes == ("before it, 90 ms of the noise of a quiet room",)
    assert shown.error is None
    assert error_words(shown) == "warm has no float reference yet: nothing to compare with"


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("log_mell", [], "--kind log_mell: unknown, did you mean log_mel?; known: log_mel"),
        ("log_mel", ["n_mel=3"], "--set n_mel=3: log_mel has no setting n_mel, did you mean n_me"),
        ("log_mel", ["n_mels"], "--set n_mels: write it as NAME=VALUE"),
        (
            "log_mel",
            ["n_mels=many"],
            "--set n_mels=many: 'many' is not a whole number from 8 to 128",
        ),
        ("log_mel", ["n_mels=nan"], "--set n_mels=nan: 'nan' is not a whole number from 8 to 128"),
        ("log_mel", ["n_mels=1_0"], "--set n_mels=1_0: '1_0' is not a whole number from 8 to 128"),
        ("log_mel", [f"n_mels={'9' * 5_000}"], "is not a whole number from 8 to 128"),
        (
            "log_mel",
            ["floor_db=abc"],
            "floor_db=abc: 'abc' is not a whole number from -120 to -20",
        ),
        ("log_mel", ["window_ms=1000"], "--set window_ms=1000: 1000 is outside 1 to 64"),
        ("log_mel", ["log_offset=1e999"], "log_offset=1e999: '1e999' is not a number from 1e-10"),
        ("log_mel", ["n_mels=200"], "--set n_mels=200: 200 is outside 8 to 128"),
        ("log_mel", ["remove_mean=1"], "--set remove_mean=1: '1' is not true or false"),
        ("log_mel", ["mel_scale=bark"], "--set mel_scale=bark: 'bark' is not one of htk, slaney"),
        ("log_mel", ["pre_emphasis=a"], "--set pre_emphasis=a: 'a' is not a number"),
        ("log_mel", ["fft_length=100"], "--set fft_length=100: '100' is not one of 0, 64, 128"),
        ("log_mel", ["n_mels=128"], "--set n_mels=128: n_mels: 128 bands from 80 to 7600 Hz are"),
        (
            "log_mel",
            ["n_mels=40", "hop_ms=50"],
            "--set n_mels=40 --set hop_ms=50: hop_ms: 50 is outside 1 to 30",
        ),
        ("log_mel", ["clip_ms=5"], "--set clip_ms=5: window_ms: 30 is outside 1 to 5"),
        ("log_mel", ["kind=raw"], "log_mel has no setting kind"),
        (
            "log_mel",
            ["normalise=per_channel"],
            "--set normalise=per_channel: its values are learnt on the training split of a data",
        ),
        ("raw", ["normalise=per_channel"], "raw has no setting normalise"),
        ("log_mel", ["channel_gains=1"], "log_mel has no setting channel_gains"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    tmp_path: Path, kind: str, given: list[str], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        features_of_file(recording(tmp_path), kind, given)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_recordings_that_cannot_be_heard_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.wav: cannot be read: No such file"):
        features_of_file(tmp_path / "none.wav", "log_mel")
    (tmp_path / "page.wav").write_text("<html></html>")
    with pytest.raises(DataError, match=r"page\.wav: HTML or XML text, not audio"):
        features_of_file(tmp_path / "page.wav", "log_mel")
    short = recording(tmp_path, ms=20)
    with pytest.raises(DataError, match="20 ms long, shorter than a window of 30 ms; give a"):
        features_of_file(short, "log_mel")
    assert features_of_file(short, "log_mel", ["clip_ms=100"]).values.shape == (4, 40)
    assert features_of_file(short, "log_mel", ["window_ms=20"]).values.shape == (1, 40)
