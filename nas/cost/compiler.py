"""A cross compiler and the sizes of what it makes."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nas.cost.stack import LIBRARY_FRAME_BYTES, CallGraph, parse_call_graph
from nas.errors import BuildError, ConfigError

__all__ = ["CORES", "Compiled", "Compiler", "Core"]

FLAGS = ("-O2", "-std=c99", "-ffunction-sections", "-fdata-sections")
CODE_SECTIONS = (".text", ".literal", ".rodata", ".srodata")
RAM_SECTIONS = (".data", ".bss", ".sdata", ".sbss")
PICOLIBC = "/usr/lib/picolibc"
NEAR = 0x8000_0000
"""Where an object is placed to see what its linker makes of it; any address but 0."""


@dataclass(frozen=True)
class Core:
    """How a core is compiled for: compiler, its flags, where its C library lies, the package.

    `relaxes`: its linker shortens calls and addresses, so an object is larger than its share of
    an image (RISC-V). `library_frame_bytes`: what a routine of the compiler's library that is
    used here (memcpy, memmove, memset, 64-bit products) takes of the stack at most, by the pushes
    in the disassembly: 20 + 8 on Arm, none on RISC-V, rounded up.
    """

    compiler: str
    flags: tuple[str, ...]
    libraries: tuple[str, ...]
    package: str
    relaxes: bool = False
    library_frame_bytes: int = LIBRARY_FRAME_BYTES


def _picolibc(triple: str, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    include = ("-isystem", f"{PICOLIBC}/{triple}/include")
    return include, (f"-L{PICOLIBC}/{triple}/lib/{folder}",)


_RISCV = _picolibc("riscv64-unknown-elf", "rv32im/ilp32")
_XTENSA = _picolibc("xtensa-lx106-elf", "")
_ARM = "gcc-arm-none-eabi and libnewlib-arm-none-eabi"


def _cortex(name: str) -> Core:
    flags = (f"-mcpu={name}", "-mthumb")
    return Core("arm-none-eabi-gcc", flags, (), _ARM, library_frame_bytes=32)


CORES = {
    "cortex-m0": _cortex("cortex-m0"),
    "cortex-m0plus": _cortex("cortex-m0plus"),
    "cortex-m3": _cortex("cortex-m3"),
    "cortex-m4": _cortex("cortex-m4"),
    "cortex-m7": _cortex("cortex-m7"),
    "cortex-m55": _cortex("cortex-m55"),
    "rv32imc": Core(
        "riscv64-unknown-elf-gcc",
        ("-march=rv32imc", "-mabi=ilp32", *_RISCV[0]),
        _RISCV[1],
        "gcc-riscv64-unknown-elf and picolibc-riscv64-unknown-elf",
        relaxes=True,
        library_frame_bytes=16,
    ),
    "xtensa-lx106": Core(
        "xtensa-lx106-elf-gcc",
        _XTENSA[0],
        _XTENSA[1],
        "gcc-xtensa-lx106 and picolibc-xtensa-lx106-elf",
    ),
}
"""Cores that are compiled for. To measure one: its compiler here, `TABLES` in code.py, measure.
Code for the M55 has no vector instructions: without ``-mfloat-abi=hard`` GCC makes none."""


@dataclass(frozen=True)
class Compiled:
    """One object file.

    Attributes:
        code_bytes: text, literals and read-only data.
        static_bytes: variables, zeroed or not.
        symbols: public functions.
        calls: frames and calls within.
    """

    path: Path
    code_bytes: int
    static_bytes: int
    symbols: tuple[str, ...]
    calls: CallGraph


@dataclass(frozen=True)
class Compiler:
    """A GCC for one core, writing into `folder`."""

    command: str
    core: Core
    include: tuple[Path, ...]
    folder: Path

    def version(self) -> str:
        """Return the compiler's first line of ``--version``."""
        return self._run([self.command, "--version"]).splitlines()[0]

    def compile(self, source: Path, name: str, *defines: str) -> Compiled:
        """Compile `source` to ``name.o``; raises BuildError with the compiler's first error."""
        target = self.folder / f"{name}.o"
        places = [f"-I{path}" for path in self.include]
        reports = ["-fstack-usage", "-fcallgraph-info=su"]
        options = [*FLAGS, *self.core.flags, *reports, *places, *defines]
        self._run([self.command, *options, "-c", str(source), "-o", str(target)])
        calls = parse_call_graph(
            target.with_suffix(".ci").read_text(encoding="utf-8"),
            library_frame_bytes=self.core.library_frame_bytes,
        )
        return Compiled(
            target,
            self.section_bytes(self._relaxed(target), CODE_SECTIONS),
            self.section_bytes(target, RAM_SECTIONS),
            self._public(target),
            calls,
        )

    def _relaxed(self, target: Path) -> Path:
        """Return `target` as its linker leaves it, other files lying within a short call."""
        if not self.core.relaxes:
            return target
        lines = self._run([self._tool("nm"), "-u", str(target)]).splitlines()
        others = [f"-Wl,--defsym={line.split()[-1]}={NEAR:#x}" for line in lines]
        image = target.with_suffix(".elf")
        place = f"-Wl,-Ttext={NEAR:#x},-e,0,--no-warn-rwx-segments"
        link = ["-nostdlib", "-nostartfiles", place, *self.core.flags, *others]
        self._run([self.command, *link, str(target), "-o", str(image)])
        return image

    def section_bytes(self, target: Path, names: tuple[str, ...]) -> int:
        """Return the bytes of all sections of `target` whose name starts with one of `names`."""
        lines = self._run([self._tool("size"), "-A", str(target)]).splitlines()
        rows = (line.split() for line in lines if line.startswith(names))
        return sum(int(row[1]) for row in rows)

    def library_bytes(self, objects: Sequence[Compiled]) -> int:
        """Return the code that the compiler's libraries add when `objects` are linked."""
        target = self.folder / "linked.o"
        paths = [str(compiled.path) for compiled in objects]
        link = ["-nostdlib", "-r", *self.core.flags, *paths, *self.core.libraries]
        self._run([self.command, *link, "-lgcc", "-lc", "-lgcc", "-o", str(target)])
        own = sum(self.section_bytes(compiled.path, CODE_SECTIONS) for compiled in objects)
        return self.section_bytes(target, CODE_SECTIONS) - own

    def _public(self, target: Path) -> tuple[str, ...]:
        lines = self._run([self._tool("nm"), "--defined-only", str(target)]).splitlines()
        return tuple(
            sorted(found[1] for line in lines if (found := re.search(r" T (\S+)$", line)))
        )

    def _tool(self, name: str) -> str:
        return re.sub(r"gcc$", name, self.command)

    def _run(self, command: list[str]) -> str:
        if shutil.which(command[0]) is None:
            raise ConfigError(f"{command[0]}: not found; install {self.core.package}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.splitlines() or ["no message"]
            first = next((line for line in lines if "error: " in line), lines[0])
            raise BuildError(f"{command[0]}: {first}")
        return done.stdout
