"""Each board file: its figures have sources, its limits fit the chip, networks can be priced."""

import re

import pytest

from nas import config
from nas.budget import load_budget, total_bytes
from nas.cost import price
from nas.cost.code import FOLDER, table_name
from nas.frontend import LogMelSettings
from nas.space import MinimumChoices, build_graph, load_space
from tests.cost.fixtures import ds_cnn
from tests.random_candidates import N_CLASSES, networks

BOARDS = config.available("constraints")
EXPECTED = {
    *("esp32", "esp32s3", "esp32c3", "nrf52840", "nrf5340", "rp2040", "rp2350"),
    *("stm32f446", "stm32l476", "stm32u585", "stm32h743", "efr32mg24", "microbit"),
}
DOCUMENT = re.compile(r"[Dd]atasheet|Data Sheet|Reference Manual|reference manual|Specification")
FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
MEMORY = ("rom_bytes", "ram_bytes", "arena_bytes", "macs")
TIME = ("load",)


def lines(name: str) -> list[str]:
    return config.resolve("constraints", name).read_text().splitlines()


def test_the_boards_of_the_design_are_there():
    assert set(BOARDS) >= EXPECTED


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_names_itself_its_limits_fit_and_its_core_is_measured(name):
    budget = load_budget(name)
    device, limits = budget.device, budget.limits
    assert budget.board == name
    assert (budget.runtime, budget.kernels) == ("c", "portable")
    assert limits.macs is not None
    assert limits.load is not None
    assert limits.ram_bytes <= device.sram_bytes - total_bytes(device.reserved_sram_bytes)
    assert limits.rom_bytes <= device.flash_bytes - total_bytes(device.reserved_flash_bytes)
    assert limits.arena_bytes <= device.largest_block_bytes <= device.free_sram_bytes
    assert (FOLDER / f"{table_name(device.core)}.json").is_file()


@pytest.mark.parametrize("name", BOARDS)
def test_what_is_reserved_is_named(name):
    device = load_budget(name).device
    assert isinstance(device.reserved_sram_bytes, dict)
    assert isinstance(device.reserved_flash_bytes, dict)


@pytest.mark.parametrize("name", BOARDS)
def test_every_figure_says_where_it_is_from_or_that_it_is_our_choice(name):
    text = lines(name)
    assert DOCUMENT.search(" ".join(line for line in text[:3] if line.startswith("#")))
    figures = [line for line in text if re.match(r"\s*\w+: *[\d.]", line)]
    assert len(figures) >= 8
    for line in figures:
        _, _, comment = line.partition("#")
        assert len(comment.split()) >= 2, f"{name}: no source: {line}"
    chosen = text[text.index(next(x for x in text if x.startswith("limits:"))) :]
    assert all("#" in line for line in chosen)


@pytest.mark.parametrize("name", BOARDS)
def test_a_small_network_can_be_priced(name):
    cost = price(ds_cnn(), LogMelSettings(), load_budget(name))
    assert cost.rom_bytes > cost.constant_bytes > 0
    assert cost.ram_bytes > cost.arena_bytes > 0
    assert cost.arena_bytes <= cost.planned_bytes <= cost.unplanned_bytes
    assert cost.latency_ms > 0


@pytest.fixture(scope="module")
def corners():
    """The lowest of every choice of each family, at 16 kHz, with ten classes."""
    found = {}
    for family in FAMILIES:
        choices = MinimumChoices({"family": family})
        candidate = load_space(family).suggest(choices, sample_rate_hz=16_000, clip_ms=[1_000])
        found[family] = candidate.frontend, build_graph(candidate, N_CLASSES)
    return found


def over(name, settings, graph, quantities=MEMORY):
    budget = load_budget(name)
    cost, limits = price(graph, settings, budget), budget.limits.given()
    return {key for key in quantities if getattr(cost, key) > limits[key]}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", BOARDS)
def test_the_lowest_corner_of_a_family_fits_and_where_not_it_is_known(name, family, corners):
    """The lowest hop and strides keep the tensors large: too large for 16 KB of RAM in 2-D."""
    found = over(name, *corners[family])
    tiny = name == "microbit" and family != "conv1d"
    assert found == ({"ram_bytes", "macs"} if tiny else set())


def test_something_fits_the_smallest_board():
    drawn = networks("conv1d", 60, first_seed=0)
    fits = [not over("microbit", c.frontend, graph, MEMORY + TIME) for c, graph in drawn]
    assert any(fits)
