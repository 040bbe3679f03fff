import json
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas import config
from nas.budget import (
    CORES,
    Budget,
    Cost,
    Limits,
    amount,
    load_budget,
    parse_limit,
    unknown,
    violations,
)
from nas.cost.code import TABLES
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
        ("  macs:", "  latency: 9\n  macs:", "latency:", "unknown key, did you mean `latency_ms`"),
        ("  macs:", "  latency_ms: 9 ms\n  macs:", "latency_ms", "latency_ms: must be a number"),
        (
            "  macs:",
            "  latency_ms: true\n  macs:",
            "latency_ms",
            "without unit or quotes (found T",
        ),
        ("  macs:", "  latency_ms: 0\n  macs:", "latency_ms", "should be greater than 0 (found 0"),
        ("  macs:", "  latency_ms: .inf\n  macs:", "latency_ms", "latency_ms: input should be a"),
        (
            "  macs:",
            "  latency_ms:\n  macs:",
            "latency_ms",
            "latency_ms: empty; give a number, or",
        ),
        (
            "load: 0.8 ",
            "load: 80 ",
            "load",
            "load: must be above 0 and at most 1: the share",
        ),
        (
            "load: 0.8 ",
            "load: 0.0 ",
            "load",
            "load: must be above 0 and at most 1: the share",
        ),
        ("load: 0.8 ", "load: 80 % ", "load", "load: must be a number, without unit or"),
        ("262_144", "1_015_809", "rom_bytes", "more than the 1015808 bytes that flash_bytes less"),
        ("98_304", "131_073", "ram_bytes", "is more than the 131072 bytes that sram_bytes less"),
        (
            "  macs:",
            "  arena_bytes: 131_073\n  macs:",
            "arena",
            "is more than the 131072 bytes that one array can have on this board",
        ),
        ("iram: 204_800", "iram: 532_480", "reserved_sram", "leaves nothing of sram_bytes 532480"),
        (
            "ota_slot: 2_064_384",
            "ota_slot: 9_000_000",
            "reserved_flash",
            "leaves nothing of flash",
        ),
        (
            "iram: 204_800",
            "iram: 200 KB",
            "iram",
            "sram_bytes.iram: must be a whole number of bytes",
        ),
        ("iram: 204_800", "iram: -1", "iram", "without unit or quotes (found -1)"),
        (
            "contiguous_sram_bytes: 163_840",
            "contiguous_sram_bytes: 532_481",
            "contig",
            "more than",
        ),
        ("xtensa-lx6 ", "xtensa-lx8 ", "core", "device.core: unknown core; known: cortex-m0, cor"),
        (
            "limits:",
            "decision_ms: 0\nlimits:",
            "decision_ms",
            "decision_ms: input should be great",
        ),
        ("limits:", "decision_ms: 0.25\nlimits:", "decision_ms", "must be a whole number"),
        (
            "limits:",
            "unit_price_usd: free\nlimits:",
            "unit_price",
            "must be a number, without unit",
        ),
        (
            "limits:",
            "runtime: rust\nlimits:",
            "runtime",
            "input should be 'c' or 'tflm' (found 'r",
        ),
        ("limits:", "kernels: esp-nn\nlimits:", "kernels", "the exported C does not link it yet"),
        (
            "limits:",
            "kernels: cmsis-nn\nruntime: tflm\nlimits:",
            "kernels",
            "kernels: cmsis-nn has no kernels for xtensa-lx6; use esp-nn",
        ),
        (
            "240_000_000",
            "0",
            "clock_hz",
            "device.clock_hz: input should be greater than or equal to 1000000",
        ),
        (
            "240_000_000",
            "240",
            "clock_hz",
            "device.clock_hz: must be in Hz: 240 MHz is 240_000_000 (found 240)",
        ),
        ("240_000_000", "133.5", "clock_hz", "must be in Hz: 133.5 MHz is 133_500_000 (found 133"),
        ("240_000_000", "5_000", "clock_hz", "must be in Hz: 5000 MHz is 5_000_000_000 (found"),
        ("240_000_000", "240_000", "clock_hz", "clock_hz: input should be greater than or equal"),
        ("240_000_000", "true", "clock_hz", "clock_hz: must be a whole number, without unit"),
        ("240_000_000", "240 MHz", "clock_hz", "clock_hz: must be a whole number, without unit"),
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


def test_the_cores_are_those_with_code_sizes():
    assert set(CORES) == set(TABLES)


@pytest.mark.parametrize(
    ("core", "library"),
    [
        ("cortex-m0", "cmsis-nn"),
        ("cortex-m55", "cmsis-nn"),
        ("rv32imc", "esp-nn"),
        ("rv32imac", "portable"),
        ("xtensa-lx106", "portable"),
        ("xtensa-lx7", "esp-nn"),
    ],
)
def test_kernels_go_with_core_and_runtime_where_none_are_given(tmp_path, core, library):
    path = changed(tmp_path, "xtensa-lx6 ", f"{core} ")
    assert load_budget(path).kernels == "portable"
    assert load_budget(path, runtime="tflm").kernels == library
    given = changed(tmp_path, "xtensa-lx6 ", f"{core} ") and tmp_path / "b.yaml"
    given.write_text(given.read_text() + "runtime: tflm\n")
    assert load_budget(str(given)).kernels == library
    assert load_budget(str(given), runtime="c").kernels == "portable"


def test_the_command_line_says_runtime_and_kernels(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text(ESP32 + "runtime: tflm\nkernels: portable\n")
    assert load_budget(str(path)).kernels == "portable"
    assert load_budget(str(path), runtime="tflm").kernels == "portable"  # as the file has it
    assert load_budget(str(path), kernels="esp-nn").kernels == "esp-nn"
    assert load_budget("esp32", runtime="tflm", kernels="portable").runtime == "tflm"
    for wanted in ({"kernels": "esp-nn"}, {"runtime": "tflm", "kernels": "cmsis-nn"}):
        with pytest.raises(ConfigError, match=r"^--runtime, --kernels: kernels (esp|cmsis)-nn "):
            load_budget("esp32", **wanted)


def test_reserved_memory_in_one_sum_or_by_name(tmp_path):
    named = load_budget("esp32").device
    assert named.reserved_sram_bytes == {
        "iram": 204_800,
        "heap_only": 163_840,
        "sdk_static": 32_768,
    }
    start, end = ESP32.index("  reserved_sram_bytes:"), ESP32.index("  contiguous_sram_bytes")
    path = tmp_path / "b.yaml"
    path.write_text(ESP32[:start] + "  reserved_sram_bytes: 401_408\n" + ESP32[end:])
    summed = load_budget(str(path)).device
    assert summed.reserved_sram_bytes == 401_408
    assert summed.free_sram_bytes == named.free_sram_bytes == 532_480 - 401_408
    path.write_text(ESP32[:start] + "  reserved_sram_bytes: 400 KB\n" + ESP32[end:])
    with pytest.raises(
        ConfigError, match=r"named parts below it, as `radio: 65_536` \(found '400"
    ):
        load_budget(str(path))


def test_the_device_limits_what_nothing_else_does(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text(ESP32[: ESP32.index("limits:")] + "limits:\n  macs: 5\n")
    assert load_budget(str(path)).limits.given() == {
        "rom_bytes": 1_015_808,
        "ram_bytes": 131_072,
        "arena_bytes": 131_072,
        "macs": 5,
    }
    assert load_budget(str(path), ["rom_bytes=7"]).limits.rom_bytes == 7


def test_the_largest_array_is_what_is_left_or_the_largest_block():
    """STM32H743: 512 KB of AXI SRAM are the largest of seven banks; STM32U585: 768 in a row."""
    assert load_budget("stm32h743").limits.arena_bytes == 512 * 1024
    assert load_budget("stm32u585").device.contiguous_sram_bytes == 768 * 1024
    assert load_budget("stm32u585").limits.arena_bytes == (784 - 16 - 128) * 1024


def test_a_budget_survives_json():
    for name in config.available("constraints"):
        budget = load_budget(name, ["load=0.5"])
        kept = json.loads(json.dumps(budget.model_dump(exclude_none=True)))
        assert Budget.model_validate(kept) == budget


@pytest.mark.parametrize("limits", ["limits: {}\n", "limits:\n", "limits: [macs]\n"])
def test_limits_without_a_limit_are_refused(tmp_path, limits):
    path = tmp_path / "b.yaml"
    path.write_text(ESP32[: ESP32.index("limits:")] + limits)
    with pytest.raises(ConfigError, match=r"limits: (give at least one of|expected `key)"):
        load_budget(str(path))


def test_overrides_replace_and_add_limits():
    given = ["macs=3_000_000", "constant_bytes=65536", "latency_ms=120.5", "load=0.25"]
    assert load_budget("esp32", given).limits.given() == {
        "rom_bytes": 262_144,
        "ram_bytes": 98_304,
        "arena_bytes": 131_072,
        "macs": 3_000_000,
        "constant_bytes": 65_536,
        "latency_ms": 120.5,
        "load": 0.25,
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
        ("latency_ms=5ms", "`5ms` is not a number"),
        ("latency_ms=nan", "`nan` is not a number"),
        ("latency_ms=inf", "`inf` is not a number"),
        ("latency_ms=0", "must be above 0"),
        ("load=80", "must be at most 1, as load=0.8"),
        ("load=-0.1", "must be above 0"),
        ("macs=", "`` is not a whole number, as 3000000 or 3_000_000"),
        ("macs=1_0__0", "`1_0__0` is not a whole number"),
        ("macs=_10", "`_10` is not a whole number"),
        ("macs=10_", "`10_` is not a whole number"),
        ("macs=\uff11\uff10", "is not a whole number"),
        ("macs=\u0661\u0660", "is not a whole number"),
        ("macs= 10", "` 10` is not a whole number"),
        ("macs=10\n", "is not a whole number"),
        ("macs=" + "9" * 5_000, "is too large"),
        ("latency_ms=1_0__0.5", "`1_0__0.5` is not a number, as 120.5"),
        ("latency_ms=1._5", "`1._5` is not a number"),
        ("latency_ms=\uff11.5", "is not a number"),
        ("latency_ms=.", "`.` is not a number"),
        ("latency_ms=1e999", "`1e999` is too large"),
        ("latency_ms=0x10", "`0x10` is not a number"),
    ],
)
def test_a_bad_override_says_what_was_meant(text, message):
    with pytest.raises(ConfigError) as error:
        parse_limit(text)
    assert str(error.value).startswith(f"--limit {text}: ")
    assert message in str(error.value)


@given(st.integers(1, 10**15))
def test_a_whole_number_is_read_as_people_write_it(number):
    for written in (f"{number}", f"{number:_}", f"0{number}", f"+{number}"):
        assert parse_limit(f"macs={written}") == ("macs", number)


@given(st.integers(1, 10**9), st.integers(0, 999))
def test_a_fraction_is_read_as_people_write_it(number, thousandths):
    value = Fraction(number) + Fraction(thousandths, 1_000)
    fraction = f"{number:_}.{thousandths:03}"
    for written in (fraction, fraction.replace("_", ""), f"{number}{thousandths:03}e-3"):
        assert parse_limit(f"latency_ms={written}") == ("latency_ms", float(value))
    assert parse_limit(f"latency_ms={number}.") == ("latency_ms", number)
    assert parse_limit("load=.5") == ("load", 0.5)


@given(st.text(st.sampled_from("0123456789_"), min_size=1, max_size=6))
def test_underscores_stand_between_digits_one_at_a_time(value):
    parts = value.split("_")
    if not all(parts):
        with pytest.raises(ConfigError, match="is not a whole number"):
            parse_limit(f"macs={value}")
    elif int("".join(parts)) > 0:
        assert parse_limit(f"macs={value}") == ("macs", int("".join(parts)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ram_bytes=400000", "--limit: limits.ram_bytes 400000 is more than the 131072 bytes"),
        ("rom_bytes=5000000", "--limit: limits.rom_bytes 5000000 is more than the 1015808"),
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
    assert "known: efr32mg24, esp32, " in str(error.value)


COST = Cost(
    rom_bytes=150,
    ram_bytes=50,
    macs=1_000,
    constant_bytes=7,
    arena_bytes=1,
    peak_activation_bytes=1,
    parts={},
    latency_ms=90.0,
)


def test_a_violation_is_the_share_used_beyond_the_limit():
    limits = Limits(rom_bytes=100, ram_bytes=100, macs=1_000, latency_ms=120.0)
    assert violations(COST, limits) == {
        "rom_bytes": 0.5,
        "ram_bytes": -0.5,
        "macs": 0.0,
        "latency_ms": -0.25,
    }


def test_what_is_not_known_does_not_fit_unless_its_limit_is_left_out():
    limits = Limits(rom_bytes=200, load=0.8)
    assert violations(COST, limits) == {"rom_bytes": -0.25, "load": inf}
    assert unknown(COST, limits) == unknown({"rom_bytes": 150}, limits) == ("load",)
    assert violations(COST, limits.without(("load",))) == {"rom_bytes": -0.25}


def test_limits_that_an_earlier_version_wrote_are_read():
    old = {"rom_bytes": 262144, "ram_bytes": 98304, "macs": 6000000, "constant_bytes": None}
    kept = {key: value for key, value in old.items() if value is not None}
    assert Limits(**kept).given() == kept


@pytest.mark.parametrize(
    ("value", "text"), [(262_144, "262,144"), (120.5, "120.5"), (0.8, "0.8"), (400.0, "400")]
)
def test_an_amount_is_shown_as_it_was_given(value, text):
    assert amount(value) == text
