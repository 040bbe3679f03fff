"""Readers of the frameworks' file formats, and what their specifications allow."""

import re
from pathlib import Path

from ruamel.yaml import YAML

PARTITION_FIELDS = ("Name", "Type", "SubType", "Offset", "Size", "Flags")


def yaml_of(path):
    return YAML(typ="safe").load(Path(path).read_text(encoding="utf-8"))


def properties(path):
    """Return the fields of an Arduino ``library.properties``: key=value, UTF-8, no duplicates."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
    return dict(pairs)


def partitions(path):
    """Return the rows of a partition table: name, type, subtype, offset, size, flags."""
    rows = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split(",")]
            assert len(cells) == len(PARTITION_FIELDS)
            rows.append((*cells[:3], int(cells[3], 0), int(cells[4], 0), cells[5]))
    return rows


def defines(path):
    """Return the macros of a header by name, as text."""
    text = Path(path).read_text(encoding="utf-8").replace("\\\n", " ")
    return dict(re.findall(r"^#define (\w+) +(.+)$", text, re.MULTILINE))


def c_arrays(path):
    """Return the numbers of each array that a C file defines, by name."""
    text = Path(path).read_text(encoding="utf-8")
    found = re.findall(r"(\w+)\[\w*\](?: NAS_ALIGNED\(16\))? = \{([^}]*)\}", text)
    return {
        name: [float(word.strip().rstrip("FU")) for word in body.split(",") if word.strip()]
        for name, body in found
    }
