import pytest

from nas import config
from nas.budget import Cost, Limits, load_budget, parse_limit, violations
from nas.errors import ConfigError

ESP32 = config.resolve("constraints", "esp32").read_text()


def changed(tmp_path, old, new):
    assert old in ESP32
    path = tmp_path / "b.yaml"
    path.write_text(ESP32.replace(old, new, 1))
    return str(path)


def line_of(text, key):
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(key))


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("clock_hz:", "clok_hz:", "clok_hz", "device.clok_hz: unknown key, did you mean"),
        ("262_144", "-262_144", "rom_bytes", "limits.rom_bytes: input should be greater than 0"),
        ("262_144", "256kB", "rom_bytes", "whole number, without unit or quotes (found '256kB')"),
        ("262_144", "1.5", "rom_bytes", "limits.rom_bytes: must be a whole number"),
        ("262_144", "true", "rom_bytes", "limits.rom_bytes: must be a whole number"),
        ("262_144", "", "rom_bytes", "limits.rom_bytes: empty; give a number, or remove"),
        ("  macs:", "  latency_ms:", "latency_ms", "limits.latency_ms: not priced yet; remove it"),
        ("  macs:", "  load:", "load", "limits.load: not priced yet; remove it"),
        ("262_144", "4_194_305", "rom_bytes", "is more than flash_bytes 4194304"),
        ("98_304", "327_681", "ram_bytes", "is more than the 327680 bytes that sram_bytes less"),
        ("204_800", "532_480", "reserved", "leaves nothing of sram_bytes 532480"),
        ("240_000_000", "0", "clock_hz", "device.clock_hz: input should be greater than 0"),
        ("board: esp32", "board: 32", "board", "board: input should be a valid string (found 32)"),
    ],
)
def test_a_bad_budget_names_file_line_and_key(tmp_path, old, new, key, message):
    path = changed(tmp_path, old, new)
    with pytest.raises(ConfigError) as error:
        load_budget(path)
    text = (tmp_path / "b.yaml").read_text()
    assert str(error.value).startswith(f"{path}:{line_of(text, key)}: ")
    assert message in str(error.value)


def test_a_runtime_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text(ESP32 + "runtime: tflm\n")
    with pytest.raises(ConfigError, match=r"runtime: input should be 'c' \(found 'tflm'\)"):
        load_budget(str(path))


@pytest.mark.parametrize("limits", ["limits: {}\n", "limits:\n", "limits: [macs]\n"])
def test_limits_without_a_limit_are_refused(tmp_path, limits):
    path = tmp_path / "b.yaml"
    path.write_text(ESP32[: ESP32.index("limits:")] + limits)
    with pytest.raises(ConfigError, match=r"limits: (give at least one of|expected `key)"):
        load_budget(str(path))


def test_overrides_replace_and_add_limits():
    limits = load_budget("esp32", ["macs=3_000_000", "constant_bytes=65536"]).limits.given()
    assert limits == {
        "rom_bytes": 262_144,
        "ram_bytes": 98_304,
        "macs": 3_000_000,
        "constant_bytes": 65_536,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("macs", "expected KEY=VALUE"),
        ("macs=many", "`many` is not a whole number"),
        ("macs=1e6", "`1e6` is not a whole number"),
        ("macs=0", "must be above 0"),
        ("macs=-5", "must be above 0"),
        ("mac=5", "unknown limit `mac`; use one of rom_bytes, ram_bytes, macs, constant_bytes"),
        ("latency_ms=5", "latency_ms is not priced yet"),
        ("load=1", "load is not priced yet"),
    ],
)
def test_a_bad_override_says_what_was_meant(text, message):
    with pytest.raises(ConfigError) as error:
        parse_limit(text)
    assert str(error.value).startswith(f"--limit {text}: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ram_bytes=400000", "--limit: limits.ram_bytes 400000 is more than the 327680 bytes"),
        ("rom_bytes=5000000", "--limit: limits.rom_bytes 5000000 is more than flash_bytes"),
        ("rom_bytes=99999999999999", "--limit: rom_bytes: Input should be less than or equal"),
    ],
)
def test_an_override_that_the_device_cannot_hold_is_refused(text, message):
    with pytest.raises(ConfigError) as error:
        load_budget("esp32", [text])
    assert str(error.value).startswith(message)


def test_an_unknown_board_suggests_and_lists():
    with pytest.raises(ConfigError) as error:
        load_budget("nrf52480")
    assert "did you mean `nrf52840`?" in str(error.value)
    assert "known: esp32, " in str(error.value)


def test_a_violation_is_the_share_used_beyond_the_limit():
    cost = Cost(
        rom_bytes=150,
        ram_bytes=50,
        macs=1_000,
        constant_bytes=7,
        arena_bytes=1,
        peak_activation_bytes=1,
        parts={},
    )
    limits = Limits(rom_bytes=100, ram_bytes=100, macs=1_000)
    assert violations(cost, limits) == {"rom_bytes": 0.5, "ram_bytes": -0.5, "macs": 0.0}
