import pytest

from nas.errors import ConfigError
from nas.frontend import check, settings_of
from nas.frontend.kinds.mfcc import MfccSettings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_mfcc": 9}, "n_mfcc: 9 is outside 10 to 32"),
        ({"n_mfcc": 33}, "n_mfcc: 33 is outside 10 to 32"),
        ({"n_mfcc": 41, "n_mels": 64}, "n_mfcc: 41 is outside 10 to 40"),
        ({"n_mels": 9, "n_mfcc": 9}, "n_mels: 9 is outside 10 to 128"),
        ({"lifter": 101}, "lifter: 101 is outside 0 to 100"),
        ({"lifter": -1}, "lifter: -1 is outside 0 to 100"),
        ({"fmax_hz": 9_000}, "fmax_hz: 9000 is outside 1 to 8000"),
    ],
)
def test_a_value_out_of_range_names_its_field_and_range(changes, message):
    with pytest.raises(ConfigError) as raised:
        MfccSettings(**changes)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"lifter": 11}, "lifter", "12 to 100"),
        ({"lifter": 22, "n_mels": 40, "n_mfcc": 40}, "lifter", "39 to 100"),
        ({"n_mels": 128, "window_ms": 10, "hop_ms": 10}, "n_mels", "fewer bands"),
        ({"sample_rate_hz": 48_000, "window_ms": 64}, "window_ms", "42 ms"),
    ],
)
def test_what_cannot_work_is_refused(changes, field, hint):
    with pytest.raises(ConfigError, match=rf"^{field}: .*{hint}"):
        check(MfccSettings(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"lifter": 12},
        {"lifter": 22},
        {"n_mels": 40, "n_mfcc": 10},
        {"n_mels": 40, "n_mfcc": 40},
        {"window_ms": 20, "fmin_hz": 300, "fmax_hz": 8_000, "pre_emphasis": 0.98},
        {"window_ms": 25, "hop_ms": 10, "n_mels": 26, "window_kind": "hamming", "lifter": 22},
        {"window_ms": 40, "n_mels": 40, "n_mfcc": 10, "fmin_hz": 20, "fmax_hz": 4_000},
        {"sample_rate_hz": 8_000, "fmax_hz": 3_800, "n_mels": 20},
    ],
)
def test_usual_settings_work(changes):
    settings = MfccSettings(**changes)
    check(settings)
    assert settings_of(settings.to_dict()) == settings
    assert settings.to_dict()["kind"] == "mfcc"


def test_words():
    assert MfccSettings().words == "13 coefficients of 32 mels"
    assert MfccSettings().n_bins == 13
