"""ESP-IDF: what its component and example project need of the model.

Formats: idf_component.yml of the IDF component manager 2.x; partition tables and
sdkconfig.defaults of ESP-IDF 5.x.
"""

from pathlib import Path

from nas.export.layouts.tree import Tree
from nas.files import write_text

__all__ = ["app_partition_bytes", "write"]

KIB, MIB = 1 << 10, 1 << 20
APP_OFFSET = 0x1_0000
APP_ALIGNMENT = 0x1_0000
"""Application partitions start and end at multiples of 64 KiB: the MMU's pages."""
FRAMEWORK_BYTES = 512 * KIB
"""Room for ESP-IDF, drivers and our code; its I2S examples build to some 250 KiB."""
FLASH_SIZES_MIB = (2, 4, 8, 16, 32)


def write(tree: Tree, folder: Path) -> None:
    """Write manifest, partition table and default configuration."""
    size = app_partition_bytes(tree)
    write_text(folder / "nas_model" / "idf_component.yml", _component(tree))
    write_text(folder / "example" / "partitions.csv", _partitions(size))
    write_text(folder / "example" / "sdkconfig.defaults", _sdkconfig(size))


def app_partition_bytes(tree: Tree) -> int:
    """Return the application's partition: whole pages, 1 MiB at least, half the weights spare."""
    needed = FRAMEWORK_BYTES + 3 * int(tree.manifest["model"]["constant_bytes"]) // 2
    return max(MIB, -(-needed // APP_ALIGNMENT) * APP_ALIGNMENT)


def _component(tree: Tree) -> str:
    return (
        f"# {tree.banner}\n"
        f'version: "{tree.version}"\n'
        f"description: Listener for {len(tree.labels())} classes of sound, model "
        f"{tree.digest[:12]}\n"
        "dependencies:\n"
        "  idf:\n"
        '    version: ">=5.1.0"\n'
    )


def _partitions(app_bytes: int) -> str:
    rows = (
        ("# Name", "Type", "SubType", "Offset", "Size", "Flags"),
        ("nvs", "data", "nvs", "0x9000", "0x6000", ""),
        ("phy_init", "data", "phy", "0xf000", "0x1000", ""),
        ("factory", "app", "factory", f"{APP_OFFSET:#x}", f"{app_bytes:#x}", ""),
    )
    return "".join(", ".join(row).rstrip() + "\n" for row in rows)


def _sdkconfig(app_bytes: int) -> str:
    flash = next(
        (size for size in FLASH_SIZES_MIB if APP_OFFSET + app_bytes <= size * MIB),
        FLASH_SIZES_MIB[-1],
    )
    lines = (
        "CONFIG_PARTITION_TABLE_CUSTOM=y",
        'CONFIG_PARTITION_TABLE_CUSTOM_FILENAME="partitions.csv"',
        f"CONFIG_ESPTOOLPY_FLASHSIZE_{flash}MB=y",
        "CONFIG_COMPILER_OPTIMIZATION_PERF=y",
        "CONFIG_ESP_MAIN_TASK_STACK_SIZE=8192",
        "CONFIG_FREERTOS_HZ=1000",
    )
    return "# For this model; menuconfig changes them in sdkconfig.\n" + "\n".join(lines) + "\n"
