import numpy as np
import pytest
import soundfile

from nas.audio.decode import decode, fit, to_int16
from tests.audio.conftest import tone

KINDS = {
    # File, subtype, rate, channels, tolerance in int16 steps: one step of the format's own grid
    # (uint8: 256 and the resampler's overshoot), 2 or 3 for a 20-bit resampler and rounding, the
    # coarsest step of mu-law at this peak (1,024, halved), 2 % of full scale for lossy codecs.
    "u8 stereo 8 kHz": ("a.wav", "PCM_U8", 8_000, 2, 360),
    "24 bit": ("a.wav", "PCM_24", 16_000, 1, 1),
    "float": ("a.wav", "FLOAT", 16_000, 1, 1),
    "float 44.1 kHz": ("a.wav", "FLOAT", 44_100, 1, 2),
    "mu-law": ("a.wav", "ULAW", 16_000, 1, 600),
    "flac 48 kHz stereo": ("a.flac", "PCM_16", 48_000, 2, 3),
    "ogg": ("a.ogg", "VORBIS", 16_000, 1, 600),
    "mp3": ("a.mp3", "MPEG_LAYER_III", 16_000, 1, 600),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_the_same_tone(write, kind):
    name, subtype, rate, channels, tolerance = KINDS[kind]
    samples = np.repeat(tone(ms=500, rate=rate)[:, None], channels, axis=1)
    got = decode(write(name, samples, rate, subtype=subtype), 16_000)
    expected = 32_768 * tone(ms=500)
    middle = slice(2_000, 6_000)  # filters need a run-in at both ends
    assert len(got) == pytest.approx(8_000, abs=1_200 if name == "a.mp3" else 0)
    assert np.abs(got[middle] - expected[middle]).max() <= tolerance


def test_int16_at_its_own_rate_is_unchanged(write):
    samples = np.random.default_rng(0).integers(-32_768, 32_768, 1_000).astype(np.int16)
    assert np.array_equal(decode(write("a.wav", samples), 16_000), samples)


def test_channels_are_averaged(write):
    stereo = np.array([[100, 300], [-200, 0]], np.int16)
    assert decode(write("a.wav", stereo), 16_000).tolist() == [200, -100]


def test_a_part_is_read(write):
    path = write("a.wav", np.arange(16_000, dtype=np.int16))
    assert decode(path, 16_000, start_ms=10, length_ms=1).tolist() == list(range(160, 176))
    assert len(decode(path, 16_000, start_ms=999, length_ms=500)) == 16
    assert len(decode(path, 16_000, start_ms=5_000, length_ms=500)) == 0


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_few_samples_are_resampled_too(write, n):
    path = write("a.wav", np.full(n, 1_000, np.int16), 8_000)
    assert len(decode(path, 16_000)) == 2 * n
    assert len(decode(path, 16_000, start_ms=100)) == 0


def test_resampling_twice_gives_the_same_bytes(write):
    path = write("a.wav", tone(rate=22_050), 22_050)
    assert np.array_equal(decode(path, 16_000), decode(path, 16_000))


def test_int16_saturates_and_rounds_to_even():
    got = to_int16(np.array([-2.0, -1.0, 0.5 / 32_768, 1.5 / 32_768, 1.0]))
    assert got.tolist() == [-32_768, -32_768, 0, 2, 32_767]


def test_fit_centres_and_crops():
    samples = np.array([1, 2, 3], np.int16)
    assert fit(samples, 6).tolist() == [0, 1, 2, 3, 0, 0]
    assert fit(samples, 1).tolist() == [2]
    assert fit(samples, 2).tolist() in ([1, 2], [2, 3])
    assert fit(samples, 3).tolist() == [1, 2, 3]
    assert fit(samples[:0], 2).tolist() == [0, 0]


def test_the_decoder_knows_the_formats_named_in_the_readme():
    assert {"WAV", "FLAC", "OGG", "MP3", "AIFF"} <= set(soundfile.available_formats())
