import multiprocessing
import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nas.audio.cache import LIMIT_BYTES, allowed_bytes, cached_array, evict, used
from nas.errors import ConfigError


def saved(size: int = 3):
    def write(target: Path) -> None:
        with target.open("wb") as file:
            np.save(file, np.arange(size))

    return write


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "set" / "a.npy"
    path.parent.mkdir()
    (path.parent / ".a.npy.x1y2.part").write_bytes(b"torn")
    (path.parent / ".b.npy.x1y2.part").write_bytes(b"of another, still being written")

    assert cached_array(path, saved()).tolist() == [0, 1, 2]
    left = sorted(found.name for found in path.parent.glob(".*.part"))
    assert left == [".b.npy.x1y2.part"]


def test_what_a_killed_writer_of_another_array_left_goes_after_a_day(tmp_path: Path) -> None:
    for name, hours in ((".a.npy.x.part", 25), (".b.npy.y.part", 1)):
        path = tmp_path / "set" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"torn")
        then = time.time() - 3_600 * hours
        os.utime(path, (then, then))
    cached_array(tmp_path / "other" / "c.npy", saved())
    assert [path.name for path in (tmp_path / "set").iterdir()] == [".b.npy.y.part"]


def test_an_array_in_use_is_not_the_oldest(tmp_path: Path) -> None:
    paths = [tmp_path / "set" / f"{name}.npy" for name in "abc"]
    for age, path in enumerate(paths):
        cached_array(path, saved(1_000))
        os.utime(path, (1_000 + age, 1_000 + age))
    used(paths[0])
    evict(tmp_path, 2 * paths[0].stat().st_size, keep=paths[2])
    assert sorted(path.name for path in paths[0].parent.glob("*.npy")) == ["a.npy", "c.npy"]
    used(paths[1])  # evicted: nothing to note


@pytest.mark.parametrize(
    "damage",
    {
        "empty": lambda whole: b"",
        "cut in the magic": lambda whole: whole[:5],
        "cut in the header": lambda whole: whole[:90],
        "cut after the header": lambda whole: whole[:128],
        "cut in the values": lambda whole: whole[:-1],
        "zeros": lambda whole: bytes(len(whole)),
        "zeros at the start": lambda whole: bytes(64) + whole[64:],
        "header torn": lambda whole: whole.replace(b"'shape'", b"(('((({"),
        "other length": lambda whole: whole.replace(b"(1000,)", b"(100,) "),
        "bytes behind": lambda whole: whole + b"\0",
        "pickle": lambda whole: pickle.dumps([1, 2, 3]),
        "zip": lambda whole: b"PK\x03\x04" + whole,
    }.values(),
)
def test_a_damaged_array_is_written_again(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "set" / "a.npy"
    cached_array(path, saved(1_000))
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(cached_array(path, saved(1_000)), np.arange(1_000))
    assert np.array_equal(np.load(path), np.arange(1_000))


def test_the_user_says_how_much_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAS_CACHE_BYTES", raising=False)
    assert allowed_bytes() == LIMIT_BYTES == 4 * 2**30
    monkeypatch.setenv("NAS_CACHE_BYTES", "10000000")
    assert allowed_bytes() == 10_000_000
    for wrong in ("10G", "-5", "1000", "1_000_000_000", "4e9"):
        monkeypatch.setenv("NAS_CACHE_BYTES", wrong)
        with pytest.raises(ConfigError, match=f"NAS_CACHE_BYTES: '{wrong}' is not a whole number"):
            allowed_bytes()


def fight(folder: str, seed: int, log: str) -> None:
    """Ask for arrays in any order where there is room for one: all are evicted all the time."""
    rng, wrong = np.random.default_rng(seed), 0
    for _ in range(150):
        size = 1_000 + int(rng.integers(4))
        array = cached_array(Path(folder) / "set" / f"{size}.npy", saved(size), limit_bytes=9_000)
        wrong += not np.array_equal(array, np.arange(size))
    Path(log).write_text(str(wrong))


def test_two_processes_that_evict_each_other_read_whole_arrays(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    logs = [tmp_path / f"{seed}.log" for seed in range(2)]
    workers = [
        context.Process(target=fight, args=(str(tmp_path / "shared"), seed, str(log)))
        for seed, log in enumerate(logs)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [log.read_text() for log in logs] == ["0", "0"]
    left = list((tmp_path / "shared" / "set").glob("*.npy"))
    assert len(left) <= 2
    assert not list((tmp_path / "shared").rglob("*.part"))
