"""The exported C as a program of this computer: built once into a cache, fed through pipes."""

import hashlib
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError, CheckError
from nas.export.manifest import AGAIN

__all__ = ["FLAGS", "clip_outputs", "host_program", "stream_events"]

FLAGS = ("-O2", "-std=c99")
AREAS = ("kernels", "frontend", "app", "generated", "targets/host")
INCLUDES = ("include", "generated", "app", "targets/host")
ELSEWHERE = ("verify.c",)
"""Of another program: the proof by golden vectors."""


def host_program(tree: Path, cache: Path) -> Path:
    """Return ``nas_run`` of `tree`, built with the system's `cc` unless the cache holds it.

    Args:
        tree: an exported tree; nothing is written to it.
        cache: folder of programs, by digest of their sources.

    Raises:
        BuildError: no compiler, or it failed; the message has its first line.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise BuildError("no C compiler `cc` on PATH; install one (Debian package gcc)")
    program = cache / "host" / f"nas_run-{_key(tree, compiler)}"
    if not program.is_file():
        _build(tree, compiler, program)
    return program


def _sources(tree: Path) -> list[Path]:
    found = [path for area in AREAS for path in sorted((tree / area).glob("*.c"))]
    return [path for path in found if path.name not in ELSEWHERE]


def _key(tree: Path, compiler: str) -> str:
    """Digest of what the program follows from: sources, headers, compiler, flags, machine."""
    headers = [path for area in INCLUDES for path in sorted((tree / area).rglob("*.h"))]
    version = subprocess.run([compiler, "--version"], capture_output=True, check=False).stdout
    whole = hashlib.sha256(version + " ".join([*FLAGS, platform.machine()]).encode())
    for path in [*_sources(tree), *headers]:
        whole.update(str(path.relative_to(tree)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:20]


def _build(tree: Path, compiler: str, program: Path) -> None:
    """Build beside `program` and rename: two processes at once leave one whole program."""
    program.parent.mkdir(parents=True, exist_ok=True)
    places = [f"-I{tree / area}" for area in INCLUDES]
    sources = [str(path) for path in _sources(tree)]
    with tempfile.TemporaryDirectory(prefix=".build.", dir=program.parent) as folder:
        part = Path(folder) / program.name
        command = [compiler, *FLAGS, *places, *sources, "-o", str(part)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.splitlines() or ["no message"]
            first = next((line for line in lines if "error: " in line), lines[0])
            raise BuildError(f"{tree}: `cc` failed on it: {first}; {AGAIN}")
        part.replace(program)


def clip_outputs(program: Path, clips: NDArray[np.int16], n_classes: int) -> NDArray[np.int8]:
    """Return the outputs [shape=(n, n_classes)] of `clips` [shape=(n, clip_length)]."""
    done = subprocess.run(
        [str(program), "--raw-clips"], input=clips.tobytes(), capture_output=True, check=False
    )
    outputs = np.frombuffer(done.stdout, np.int8)
    if done.returncode or outputs.size != len(clips) * n_classes:
        raise CheckError(f"{program}: ended with {done.returncode}; {_first(done.stderr)}")
    return outputs.reshape(len(clips), n_classes)


def stream_events(program: Path, blocks: Iterable[bytes]) -> Iterator[tuple[int, int, int]]:
    """Yield time in samples, class and score of each event of a stream, as it comes.

    Args:
        program: see `host_program`.
        blocks: int16 samples; taken in a thread, whose errors are raised here. When this generator
            is closed, the block that is under way is the last.
    """
    failures: list[Exception] = []
    with subprocess.Popen(
        [str(program), "--raw-events"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to handle
    ) as process:
        assert process.stdin is not None, "piped"
        assert process.stdout is not None, "piped"
        feeder = Thread(target=_feed, args=(process.stdin, blocks, failures), daemon=True)
        feeder.start()
        try:
            for line in process.stdout:
                time, index, score = map(int, line.split())
                yield time, index, score
            feeder.join()
            if process.wait():
                raise CheckError(f"{program}: ended with {process.returncode} while it listened")
        finally:
            process.kill()
            feeder.join()
    if failures:
        raise failures[0]


def _feed(pipe: IO[bytes], blocks: Iterable[bytes], failures: list[Exception]) -> None:
    """Write `blocks` until no one listens any more."""
    with suppress(BrokenPipeError):
        try:
            with pipe:
                for block in blocks:
                    pipe.write(block)
                    pipe.flush()
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
            failures.append(error)


def _first(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").splitlines()
    return lines[0] if lines else "no message"
