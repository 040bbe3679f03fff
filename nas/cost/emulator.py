"""Programs for an emulated board: built with a core's cross compiler, run under QEMU.

Instruction counts repeat exactly: QEMU's ``-icount`` ties the board's clock to what was executed.
They are instructions, not cycles. What a program may ask of a board is in
``firmware/targets/emulated/target.h``.
"""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nas import config
from nas.cost.compiler import CORES, FLAGS
from nas.errors import BuildError, CheckError, ConfigError

__all__ = ["MACHINES", "Emulated", "Machine"]

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
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
    """

    emulator: str
    arguments: tuple[str, ...]
    target: str
    package: str


def _mps2(board: str) -> Machine:
    arguments = ("-M", board, "-icount", "shift=5")
    return Machine("qemu-system-arm", arguments, "qemu-cortex-m", "qemu-system-arm")


MACHINES = {
    "cortex-m0": _mps2("mps2-an385"),
    "cortex-m3": _mps2("mps2-an385"),
    "cortex-m4": _mps2("mps2-an386"),
    "cortex-m7": _mps2("mps2-an500"),
    "rv32imc": Machine(
        "qemu-system-riscv32",
        ("-M", "virt", "-cpu", NO_EXTRAS, "-bios", "none", "-icount", "shift=0"),
        "qemu-riscv",
        "qemu-system-misc",
    ),
}
"""By core. Code for an M0 runs on the M3's board: an M3 knows all of its instructions, and the
M0's own board in QEMU has 16 KiB of RAM. The Makefiles of the targets hold the same arguments."""


@dataclass(frozen=True)
class Emulated:
    """One core, with its compiler and its board."""

    core: str

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
        target, core = folder / "program.elf", CORES[self.core]
        every = [*self._start_up(), *sources]
        objects = [
            path if path.suffix == ".o" else self.compile(path, folder, includes=includes)
            for path in every
        ]
        script = self._targets() / self.machine.target / "link.ld"
        options = [*LINK, *core.flags, "-T", str(script)]
        libraries = [*core.libraries, *LIBRARIES]
        names = [str(path) for path in objects]
        _checked([core.compiler, *options, *names, *libraries, "-o", str(target)], core.package)
        return target

    def run(self, program: Path, *, timeout_s: float = 120.0) -> str:
        """Run `program` to its end; returns what it wrote.

        Raises:
            ConfigError: the emulator is missing.
            CheckError: it did not end in time, or ended with another code than 0.
        """
        machine = self.machine
        command = [machine.emulator, *machine.arguments, *CONSOLE, "-kernel", str(program)]
        try:
            done = _run(command, machine.package, timeout_s)
        except subprocess.TimeoutExpired:
            raise CheckError(
                f"{program}: still running on {machine.emulator} after {timeout_s:g} s"
            ) from None
        if done.returncode:
            last = (done.stdout + done.stderr).splitlines()[-1:] or ["no message"]
            raise CheckError(f"{program}: ended with {done.returncode}: {last[0]}")
        return done.stdout

    def version(self) -> str:
        """Return the emulator's first line of ``--version``."""
        command = [self.machine.emulator, "--version"]
        return _run(command, self.machine.package, 60.0).stdout.splitlines()[0]

    def _start_up(self) -> tuple[Path, ...]:
        targets = self._targets()
        return targets / "emulated" / "target.c", targets / self.machine.target / "board.c"

    def _includes(self) -> tuple[Path, ...]:
        return config.resource_dir("firmware") / "include", self._targets() / "emulated"

    @staticmethod
    def _targets() -> Path:
        return config.resource_dir("firmware") / "targets"


def _checked(command: list[str], package: str) -> None:
    done = _run(command, package, None)
    if done.returncode:
        lines = done.stderr.splitlines() or ["no message"]
        first = next((line for line in lines if "error: " in line), lines[0])
        raise BuildError(f"{command[0]}: {first}")


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
