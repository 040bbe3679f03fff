"""Programs for an emulated board: built with a core's cross compiler, run under QEMU.

Instruction counts repeat exactly: QEMU's ``-icount`` ties the board's clock to what was executed.
They are instructions, not cycles. What a program may ask of a board is in
``firmware/targets/emulated/target.h``.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nas import config
from nas.cost.compiler import CORES, FLAGS
from nas.errors import BuildError, CheckError, ConfigError

__all__ = ["COUNTED", "MACHINES", "WARNINGS", "Emulated", "Machine", "first_error"]

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")
SAID = ("undefined reference", "overflowed", "error: ", "no room")
LINK = ("-nostdlib", "-Wl,--gc-sections")
LIBRARIES = ("-lgcc", "-lc", "-lgcc")
CONSOLE = (
    *("-display", "none", "-monitor", "none", "-serial", "none"),
    *("-chardev", "stdio,id=sh"),
    *("-semihosting-config", "enable=on,target=native,chardev=sh"),
)
NO_EXTRAS = "rv32,a=false,f=false,d=false,h=false,s=false,u=false,mmu=false,pmp=false"


@dataclass(frozen=True)
class Machine:
    """How QEMU plays a board.

    Attributes:
        emulator: the command.
        arguments: board, core and clock.
        target: folder of ``firmware/targets`` with its start-up code.
        package: Debian package of the emulator.
        script: the linker's, in `target`.
        counts: whether its clock follows the instructions.
        library: C files of `target` that every program needs, board or not.
    """

    emulator: str
    arguments: tuple[str, ...]
    target: str
    package: str
    script: str = "link.ld"
    counts: bool = True
    library: tuple[str, ...] = ()


def _arm(board: str, script: str = "link.ld") -> Machine:
    arguments = ("-M", board, "-icount", "shift=5")
    return Machine("qemu-system-arm", arguments, "qemu-cortex-m", "qemu-system-arm", script)


MACHINES = {
    "cortex-m0": _arm("mps2-an385"),
    "cortex-m3": _arm("mps2-an385"),
    "cortex-m4": _arm("mps2-an386"),
    "cortex-m7": _arm("mps2-an500"),
    "cortex-m55": _arm("mps3-an547", "link_m55.ld"),
    "rv32imc": Machine(
        "qemu-system-riscv32",
        ("-M", "virt", "-cpu", NO_EXTRAS, "-bios", "none", "-icount", "shift=0"),
        "qemu-riscv",
        "qemu-system-misc",
    ),
    "xtensa-lx106": Machine(
        "qemu-system-xtensa",
        ("-M", "sim", "-cpu", "lx106"),
        "qemu-xtensa",
        "qemu-system-misc",
        counts=False,
        library=("arithmetic.c",),
    ),
}
"""By core. Code for an M0 runs on the M3's board: an M3 knows all of its instructions, and the
M0's own board in QEMU has 16 KiB of RAM. The Makefiles of the targets hold the same arguments."""

COUNTED = ("cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "rv32imc")
"""Cores that have a table of instructions of their own."""


@dataclass(frozen=True)
class Emulated:
    """One core, with its compiler and its board.

    Attributes:
        core: key of `MACHINES`.
        firmware: folder with include and targets: an exported tree, or None for ours.
    """

    core: str
    firmware: Path | None = None

    def __post_init__(self) -> None:
        if self.core not in MACHINES:
            known = ", ".join(MACHINES)
            raise ConfigError(f"core {self.core}: no emulated board; there are: {known}")

    @property
    def machine(self) -> Machine:
        """The board."""
        return MACHINES[self.core]

    def compile(
        self, source: Path, folder: Path, *, includes: Sequence[Path] = (), defines: str = ""
    ) -> Path:
        """Compile one C file into `folder`; returns the object.

        Raises:
            ConfigError: the compiler is missing. BuildError: its first error.
        """
        target = folder / f"{source.stem}.o"
        places = [f"-I{path}" for path in (*includes, *self._includes())]
        core = CORES[self.core]
        options = [*FLAGS, *WARNINGS, *core.flags, *places, *defines.split()]
        command = [core.compiler, *options, "-c", str(source), "-o", str(target)]
        _checked(command, core.package)
        return target

    def build(
        self, sources: Sequence[Path], includes: Sequence[Path] = (), *, folder: Path
    ) -> Path:
        """Compile and link C files (and objects, ending in ``.o``) to ``folder/program.elf``.

        The board's start-up code is added; one of the sources defines ``int main(void)``.

        Raises:
            ConfigError: the compiler is missing. BuildError: its first error.
        """
        target = folder / "program.elf"
        every = [*self.start_up(), *sources]
        objects = [
            path if path.suffix == ".o" else self.compile(path, folder, includes=includes)
            for path in every
        ]
        script = self._board_folder() / self.machine.script
        return self.link(objects, target, "-T", str(script))

    def link(self, objects: Sequence[Path], target: Path, *options: str) -> Path:
        """Link `objects` and the compiler's libraries to `target`, unused sections left out.

        Raises:
            ConfigError: the compiler is missing. BuildError: its first error.
        """
        core = CORES[self.core]
        names = [str(path) for path in objects]
        command = [core.compiler, *LINK, *core.flags, *options, *names, *core.libraries]
        _checked([*command, *LIBRARIES, "-o", str(target)], core.package)
        return target

    def bare(
        self, main: Path, objects: Sequence[Path], includes: Sequence[Path], *, folder: Path
    ) -> Path:
        """Link C file `main` and `objects` without the board: a program to measure, not to run.

        Raises:
            ConfigError: the compiler is missing. BuildError: its first error.
        """
        own = [main, *(self._board_folder() / name for name in self.machine.library)]
        made = [self.compile(source, folder, includes=includes) for source in own]
        return self.link([*made, *objects], folder / f"{main.stem}.elf", "-Wl,-e,main")

    def size(self, program: Path) -> tuple[int, int]:
        """Return what ``size`` says of `program`: text + data, and data + bss."""
        command = [re.sub(r"gcc$", "size", CORES[self.core].compiler), str(program)]
        table = _checked(command, CORES[self.core].package)
        text, data, bss = map(int, table.splitlines()[1].split()[:3])
        return text + data, data + bss

    def run(self, program: Path, *, timeout_s: float = 120.0) -> str:
        """Run `program` to its end; returns what it wrote.

        Raises:
            ConfigError: the emulator is missing.
            CheckError: it did not end in time, or ended with another code than 0.
        """
        done = self.end_of(program, timeout_s=timeout_s)
        if done.returncode:
            last = (done.stdout + done.stderr).splitlines()[-1:] or ["no message"]
            raise CheckError(f"{program}: ended with {done.returncode}: {last[0]}")
        return done.stdout

    def end_of(
        self, program: Path, *, timeout_s: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run `program` to its end; returns its exit code, what it wrote, the emulator's errors.

        Raises:
            ConfigError: the emulator is missing. CheckError: it did not end in time.
        """
        machine = self.machine
        command = [machine.emulator, *machine.arguments, *CONSOLE, "-kernel", str(program)]
        try:
            return _run(command, machine.package, timeout_s)
        except subprocess.TimeoutExpired:
            raise CheckError(
                f"{program}: still running on {machine.emulator} after {timeout_s:g} s"
            ) from None

    def version(self) -> str:
        """Return the emulator's first line of ``--version``."""
        command = [self.machine.emulator, "--version"]
        return _run(command, self.machine.package, 60.0).stdout.splitlines()[0]

    def start_up(self) -> tuple[Path, ...]:
        """Return the C files that every program on the board is linked with."""
        common = (self._targets() / "emulated" / f"{stem}.c" for stem in ("target", "print"))
        return *common, *sorted(self._board_folder().glob("*.c"))

    def _includes(self) -> tuple[Path, ...]:
        return self._firmware() / "include", self._targets() / "emulated"

    def _board_folder(self) -> Path:
        return self._targets() / self.machine.target

    def _targets(self) -> Path:
        return self._firmware() / "targets"

    def _firmware(self) -> Path:
        return self.firmware or config.resource_dir("firmware")


def _checked(command: list[str], package: str) -> str:
    done = _run(command, package, None)
    if done.returncode:
        raise BuildError(f"{command[0]}: {first_error(done.stderr)}")
    return done.stdout


def first_error(text: str) -> str:
    """Return the line of what a compiler or linker wrote that says what is wrong."""
    lines = text.splitlines() or ["no message"]
    told = (line for word in SAID for line in lines if word in line)
    return next(told, lines[0])


def _run(
    command: list[str], package: str, timeout_s: float | None
) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        raise ConfigError(f"{command[0]}: not found; install {package}")
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
        stdin=subprocess.DEVNULL,
    )
