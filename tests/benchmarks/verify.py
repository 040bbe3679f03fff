"""Exported networks on emulated boards: every byte, and what they take beside what was foretold.

    python -m tests.benchmarks.verify [--winner STUDY ...] [--cache DIR] [--out FILE]

The winner of each STUDY is exported anew, with the clips it was exported with. One random
candidate of each family goes through the pipeline that ships a winner (without training: weights,
biases and batch norms are random) and is exported with recordings of spoken words as golden
vectors. `nas verify` then proves both on every target. The four published models run without front
end and listener. DIR keeps conversions.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from nas.commands.export import export_winner
from nas.commands.studies import read_json
from nas.commands.verify import TARGETS, Row, VerifyRequest, verify
from nas.commands.winner import read_winner
from nas.cost.compiler import FLAGS
from nas.export.tree import export
from nas.files import write_text
from nas.frontend import FrontEndSettings
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.prices_convert import Candidates, Converted, convert
from tests.benchmarks.prices_table import table
from tests.benchmarks.verify_reference import INPUTS, MODELS, ModelProof, prove_model
from tests.random_candidates import N_CLASSES
from tests.shared import shared_dir

FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
WORDS = ("bird", "five", "one")
OUT = Path("results/benchmarks/emulated.md")
CACHE = Path("build/prices")
PACKAGES = ("tensorflow", "ai-edge-litert", "tflite-micro", "numpy")
QUANTITIES = {
    "ROM": "rom_bytes",
    "RAM": "ram_bytes",
    "stack": "stack_bytes",
    "instructions an inference": "instructions_per_inference",
    "instructions a hop": "instructions_per_hop",
}
CODE = {"qemu-cortex-m4": "qemu-cortex-m4 (M4F)", "qemu-cortex-m0": "qemu-cortex-m0 (M3's board)"}


def golden(settings: FrontEndSettings) -> NDArray[np.int16]:
    """Return a recording of each word and noise that swells to full scale, as clips are heard."""
    folder = shared_dir() / "data" / "speech_commands"
    clips = [_recording(sorted(folder.rglob(f"{word}/*.wav"))[0], settings) for word in WORDS]
    swell = np.exp(np.linspace(2.0, 11.0, settings.heard_length))
    noise = np.random.default_rng(1).normal(size=settings.heard_length) * swell
    return np.stack([*clips, np.clip(noise, -32_768, 32_767).astype(np.int16)])


def _recording(path: Path, settings: FrontEndSettings) -> NDArray[np.int16]:
    samples, rate = soundfile.read(path, dtype="int16")
    samples = soxr.resample(samples, rate, settings.sample_rate_hz)
    fitted = np.zeros(settings.heard_length, np.int16)
    kept = samples[: settings.heard_length]
    fitted[len(fitted) - len(kept) :] = kept
    return fitted


def proved(one: Converted, folder: Path) -> Sequence[Row]:
    """Export the candidate and prove it on every target."""
    settings = one.candidate.frontend
    tree = export(
        folder / one.name,
        model=one.path.read_bytes(),
        settings=settings,
        labels=[f"class {index}" for index in range(N_CLASSES)],
        golden=golden(settings),
        candidate=one.candidate.to_dict(),
        decision_ms=250,
    ).path
    return verify(VerifyRequest(tree=tree, targets=["all"], on_target=_progress)).rows


def proved_winner(study: Path, folder: Path) -> tuple[str, Sequence[Row]]:
    """Export the winner of a search and prove it on every target; returns its name too."""
    candidate = read_winner(study).candidate
    made = export_winner(study, folder / study.name)
    rows = verify(VerifyRequest(tree=made.path, targets=["all"], on_target=_progress)).rows
    data = read_json(study / "study.json")["data"]["name"]
    return f"{candidate['family']}, {candidate['frontend']['kind']}, {data}", rows


def _progress(target: str) -> None:
    print(f"  {target}", file=sys.stderr, flush=True)


def network_lines(name: str, row: Row) -> list[str]:
    """Return a candidate's cells on one target: found, and how far the estimate is from it."""
    proof = row.proof
    assert proof is not None, f"{name} on {row.target}: {row.problem}"
    cells = [name, CODE.get(row.target, row.target), f"{proof.compared:,}", _told(proof.differ)]
    for quantity in QUANTITIES.values():
        value = getattr(proof, quantity)
        price = row.foretold.values.get(quantity) if row.foretold else None
        far = f" ({price / value - 1:+.1%})" if price and value else ""
        cells.append("–" if value is None else f"{value:,}{far}")
    return cells


def model_lines(name: str, target: str, found: ModelProof) -> list[str]:
    """Return a published model's cells on one target."""
    count = "–" if found.instructions is None else f"{found.instructions:,}"
    sizes = (f"{n:,}" for n in (found.rom_bytes, found.ram_bytes, found.stack_bytes))
    code = CODE.get(target, target)
    return [name, code, f"{found.compared:,}", _told(found.differ), *sizes, count]


def _told(differ: int) -> str:
    return f"**{differ:,}**" if differ else "0"


def page(
    winners: list[tuple[str, Row]],
    networks: list[tuple[str, Row]],
    models: list[tuple[str, str, ModelProof]],
) -> str:
    """Return the Markdown page."""
    tools = dict.fromkeys(tool for _, row in networks if row.proof for tool in row.proof.tools)
    lines = [
        "# Exported C on emulated boards, byte for byte",
        "",
        f"`python -m tests.benchmarks.verify{' --winner STUDY' * len({n for n, _ in winners})}`",
        "",
        f"{versions(PACKAGES)}; {'; '.join(tools)}; C with `{' '.join(FLAGS)}`; {machine()}.",
        "",
        "Instructions are not cycles. Code for the M0 runs on the M3's board, whose memory it "
        "needs. Code for the M55 has no vector instructions; its estimate is the M4's. The LX106 "
        "(as in ESP8266) shows bytes and stack; its ROM counts 64-bit arithmetic that the chip "
        "has in its own. ESP32's LX6 and ESP32-S3's LX7 were not executed: there is no "
        "compiler or emulator for them here.",
        "",
        "## Winners of searches, behind their front ends",
        "",
        "Trained, quantized and exported by `nas search`; 8 validation clips each.",
        "",
        *table(
            ["network", "target", "bytes", "differ", *QUANTITIES],
            [network_lines(name, row) for name, row in winners],
        ),
        "",
        "## A random network of each family behind its front end",
        "",
        f"`nas verify`: bytes of features (against NumPy) and of outputs (against LiteRT's "
        f"reference kernels), {len(WORDS) + 1} clips, each whole and as a stream. Random "
        "candidates, not trained. In brackets: how far the estimate is from what was found.",
        "",
        *table(
            ["network", "target", "bytes", "differ", *QUANTITIES],
            [network_lines(name, row) for name, row in networks],
        ),
        "",
        "## The four published models, network only",
        "",
        f"{INPUTS} random inputs, each with another output, against LiteRT's reference kernels; "
        "person_detect against tflite-micro. ROM and RAM (the arena and a byte) by `size`.",
        "",
        *table(
            ["model", "target", "output bytes", "differ", "ROM", "RAM", "stack", "instructions"],
            [model_lines(*one) for one in models],
        ),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Prove, write the page; returns 1 where a byte differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.verify")
    parser.add_argument("--winner", type=Path, action="append", default=[], metavar="STUDY")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    winners, networks, models = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for study in options.winner:
            print(study, file=sys.stderr, flush=True)
            name, rows = proved_winner(study, Path(folder))
            winners += [(name, row) for row in rows]
        for family in FAMILIES:
            (one,) = convert(Candidates(family, 1), options.cache)
            print(one.name, file=sys.stderr, flush=True)
            networks += [(family, row) for row in proved(one, Path(folder))]
    for name in MODELS:
        for target, core in TARGETS.items():
            if core is not None:
                print(f"{name} on {target}", file=sys.stderr, flush=True)
                models.append((name, target, prove_model(name, core)))
    write_text(options.out, page(winners, networks, models))
    equal = all(row.ok for _, row in winners + networks) and not any(
        found.differ for *_, found in models
    )
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
