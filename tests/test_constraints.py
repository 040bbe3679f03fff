import pytest

from nas import config
from nas.budget import load_budget
from nas.cost.code import FOLDER, table_name

BOARDS = config.available("constraints")


def test_the_boards_of_the_design_are_there():
    expected = {"esp32", "esp32s3", "esp32c3", "nrf52840", "rp2040", "stm32f446"}
    assert expected <= set(BOARDS)


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_names_itself_its_limits_fit_and_its_core_is_measured(name):
    budget = load_budget(name)
    free = budget.device.sram_bytes - budget.device.reserved_sram_bytes
    assert budget.board == name
    assert set(budget.limits.given()) >= {"rom_bytes", "ram_bytes", "macs"}
    assert budget.limits.ram_bytes <= free
    assert budget.limits.rom_bytes <= budget.device.flash_bytes
    assert (FOLDER / f"{table_name(budget.device.core)}.json").is_file()


@pytest.mark.parametrize("name", BOARDS)
def test_every_figure_of_a_device_says_where_it_is_from(name):
    text = config.resolve("constraints", name).read_text()
    assert "Datasheet" in text or "datasheet" in text or "Specification" in text
    device = text[text.index("device:") : text.index("limits:")].splitlines()[1:]
    assert all("#" in line for line in device)
