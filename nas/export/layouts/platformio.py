"""A PlatformIO library and an example project that uses it.

Format: library.json of PlatformIO Core 6.
"""

import shutil
from pathlib import Path

from nas.config import resource_dir
from nas.export.layouts.arduino import LIBRARY, write_sender
from nas.export.layouts.tree import Tree
from nas.files import write_json

__all__ = ["write"]

SKETCH = Path("arduino", LIBRARY, "examples", "listen_serial", "listen_serial.ino")


def write(tree: Tree, folder: Path) -> None:
    """Write `library.json`; copy the sources to `src/`, Arduino's sketch and its sender."""
    source = folder / "example" / "src"
    source.mkdir(exist_ok=True)
    shutil.copy2(resource_dir("firmware") / "targets" / SKETCH, source / "main.cpp")
    library = folder / LIBRARY
    tree.copy_library(library / "src")
    write_json(library / "library.json", _manifest(tree))
    write_sender(tree, folder)


def _manifest(tree: Tree) -> dict[str, object]:
    return {
        "$schema": "https://raw.githubusercontent.com/platformio/platformio-core/develop/"
        "platformio/assets/schema/library.json",
        "name": LIBRARY,
        "version": tree.version,
        "description": f"Recognizes {len(tree.labels())} classes of sound on the device; "
        f"model {tree.digest[:12]}",
        "keywords": ["audio", "tinyml", "keyword-spotting", "quantization"],
        "frameworks": "*",
        "platforms": "*",
        "headers": ["nas.h", "nas_listener.h"],
        "build": {"srcDir": "src", "includeDir": "src", "libArchive": True},
    }
