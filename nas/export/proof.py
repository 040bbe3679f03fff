"""What a build of an exported tree proved: bytes that were compared, sizes, counts.

The program is `targets/emulated/verify.c`: the golden vectors of the tree, from samples to
features to outputs, each whole and as a stream. A tree that is a network alone has vectors of its
inputs and outputs, and `verify_network.c`.
"""

from dataclasses import dataclass
from pathlib import Path

from nas.errors import CheckError, ConfigError
from nas.export.manifest import AGAIN, read_manifest

__all__ = ["LISTENER", "Parts", "Proof", "check_files", "folders", "parts", "printed"]

NAMES = (
    *("golden_vectors", "feature_bytes", "features_that_differ"),
    *("output_bytes", "outputs_that_differ"),
    *("instructions_per_inference", "instructions_per_hop", "stack_bytes"),
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Findings of one build; what a target does not tell is None.

    Attributes:
        golden_vectors: clips.
        feature_bytes, features_that_differ: compared with the NumPy front end's.
        output_bytes, outputs_that_differ: compared with LiteRT's reference kernels'.
        rom_bytes: text and data of a program that only listens, or runs the network, by ``size``.
        ram_bytes: data and bss of it, without its stack.
        stack_bytes: painted, below a call of the application.
        instructions_per_inference: of one ``nas_model_run``.
        instructions_per_hop: of a hop without a decision.
        tools: compiler and emulator, with versions.
    """

    golden_vectors: int
    feature_bytes: int
    features_that_differ: int
    output_bytes: int
    outputs_that_differ: int
    rom_bytes: int | None = None
    ram_bytes: int | None = None
    stack_bytes: int | None = None
    instructions_per_inference: int | None = None
    instructions_per_hop: int | None = None
    tools: tuple[str, ...] = ()

    @property
    def compared(self) -> int:
        """Bytes held against the reference side's."""
        return self.feature_bytes + self.output_bytes

    @property
    def differ(self) -> int:
        """How many of them are not equal."""
        return self.features_that_differ + self.outputs_that_differ


@dataclass(frozen=True)
class Parts:
    """Which files of a tree are built.

    Attributes:
        areas: folders of C files.
        generated: C files of ``generated/``, by stem.
        headers: of ``generated/``.
        programs: files that prove it, whatever they run on.
        least: the program that `size` measures.
    """

    areas: tuple[str, ...]
    generated: tuple[str, ...]
    headers: tuple[str, ...]
    programs: tuple[str, ...]
    least: str

    def sources(self, tree: Path) -> list[Path]:
        """Return the C files that a device is built of."""
        own = [path for area in self.areas for path in sorted((tree / area).glob("*.c"))]
        return [*own, *(tree / "generated" / f"{stem}.c" for stem in self.generated)]

    def proving(self, tree: Path) -> list[Path]:
        """Return the C files of the program that proves it."""
        return [tree / name for name in (*self.programs, "generated/test_vectors.c")]


LISTENER = Parts(
    areas=("kernels", "frontend", "app"),
    generated=("model", "labels", "frontend_tables"),
    headers=("decision.h", "detector.h", "frontend_tables.h", "model.h", "test_vectors.h"),
    programs=("targets/host/clip.c", "targets/emulated/verify.c"),
    least="targets/emulated/listen.c",
)
NETWORK = Parts(
    areas=("kernels",),
    generated=("model",),
    headers=("model.h", "test_vectors.h"),
    programs=("targets/emulated/verify_network.c",),
    least="targets/emulated/run_network.c",
)


def parts(tree: Path) -> Parts:
    """Return what is built of `tree`: a listener, or a network alone.

    Raises:
        ConfigError: no exported tree.
    """
    return NETWORK if read_manifest(tree).get("frontend", True) is None else LISTENER


def folders(tree: Path) -> list[Path]:
    """Return the tree's include folders."""
    return [tree / place for place in ("include", "generated", "app", "targets/emulated")]


def check_files(tree: Path, *more: str) -> None:
    """Hold the tree whole, with the files `more` that a target needs beside.

    Raises:
        ConfigError: a file is missing; names it.
    """
    built = parts(tree)
    headers = (tree / "generated" / name for name in built.headers)
    files = (*built.sources(tree), *headers, *built.proving(tree), tree / built.least)
    for path in (*files, *(tree / name for name in more)):
        if not path.is_file():
            raise ConfigError(
                f"{tree}: {path.relative_to(tree)} is missing: damaged, or made by another "
                f"version; {AGAIN}"
            )


def printed(code: int, text: str, errors: str) -> dict[str, int]:
    """Return the numbers that the proving program wrote, by name.

    Raises:
        CheckError: it did not end as it should; its last words.
    """
    pairs = dict(line.split(" ", 1) for line in text.splitlines() if line.count(" ") == 1)
    if code not in (0, 1) or not all(pairs.get(name, "").isdecimal() for name in NAMES):
        last = [line for line in (text + errors).splitlines() if line][-1:] or ["no message"]
        raise CheckError(f"the golden vectors did not run to their end: exit {code}: {last[0]}")
    return {name: int(pairs[name]) for name in NAMES}
