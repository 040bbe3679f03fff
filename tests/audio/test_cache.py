from pathlib import Path

import numpy as np

from nas.audio.cache import cached_array


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "set" / "a.npy"
    path.parent.mkdir()
    (path.parent / ".a.npy.x1y2.part").write_bytes(b"torn")
    (path.parent / ".b.npy.x1y2.part").write_bytes(b"of another, still being written")

    def write(target: Path) -> None:
        with target.open("wb") as file:
            np.save(file, np.arange(3))

    assert cached_array(path, write).tolist() == [0, 1, 2]
    left = sorted(found.name for found in path.parent.glob(".*.part"))
    assert left == [".b.npy.x1y2.part"]
