"""Exported C against LiteRT's reference kernels and the NumPy front end, every byte, real clips.

    python -m tests.benchmarks.bit_exact STUDY DATA [DATA_ROOT]

For each family the best complete trial of STUDY is trained, quantized and exported as a winner
is; the tree is built on this host, and every validation and test clip goes through it. Features
are compared with the NumPy twin, outputs with BUILTIN_REF on those features.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nas import audio
from nas.audio.dataset import Dataset, Split
from nas.commands.jobs import Context, FinalistJob, run_finalist
from nas.export.golden import golden_vectors
from nas.export.run import Int8Model
from nas.export.tree import export
from nas.files import write_text
from nas.search import Record, map_jobs, read_records

EPOCHS, QAT_EPOCHS = 20, 2
OUT = Path("results/benchmarks/bit_exact.md")


@dataclass(frozen=True)
class Row:
    family: str
    trial: int
    clips: int
    feature_bytes: int
    feature_differences: int
    output_bytes: int
    output_differences: int
    accuracy: float

    def text(self) -> str:
        return (
            f"| {self.family} | {self.trial} | {self.clips} | {self.feature_bytes:,} "
            f"| {self.feature_differences} | {self.output_bytes:,} | {self.output_differences} "
            f"| {self.accuracy:.4f} |"
        )


def best_of_each_family(study: Path) -> list[Record]:
    complete = [record for record in read_records(study) if record.complete]
    best: dict[str, Record] = {}
    for record in sorted(complete, key=lambda one: one.metrics.val_loss):
        best.setdefault(record.candidate.family, record)
    return list(best.values())


def trained(record: Record, dataset: Dataset, folder: Path) -> Path:
    job = FinalistJob(
        context=Context(dataset, audio.cache_dir(), EPOCHS),
        candidate=record.candidate,
        trial=record.number,
        seed=0,
        epochs=EPOCHS,
        qat_epochs=QAT_EPOCHS,
        out_dir=folder,
        estimated=record.cost.to_dict(),
    )
    (outcome,) = map_jobs(run_finalist, [job], n_workers=1, log_dir=folder)
    assert outcome.failed is None, outcome.failed
    return folder / "model.tflite"


def through_c(tree: Path, option: str, clips: NDArray[np.int16], width: int) -> NDArray[np.int8]:
    subprocess.run(["make", "-s", "-C", tree], check=True, capture_output=True)
    run = [tree / "build" / "nas_run", option]
    done = subprocess.run(
        run, input=clips.astype("<i2").tobytes(), capture_output=True, check=True
    )
    return np.frombuffer(done.stdout, np.int8).reshape(len(clips), width)


def compared(record: Record, dataset: Dataset, folder: Path) -> Row:
    model, settings = trained(record, dataset, folder), record.candidate.frontend
    store = audio.FeatureStore(dataset, audio.cache_dir())
    clips = np.concatenate(
        [
            store.heard(split, settings, range(len(dataset.of(split))))
            for split in (Split.VALIDATION, Split.TEST)
        ]
    )
    export(
        folder / "tree",
        model=model.read_bytes(),
        settings=settings,
        labels=list(dataset.labels),
        golden=clips[:4],
        candidate=record.candidate.to_dict(),
        decision_ms=250,
    )
    golden = golden_vectors(Int8Model(model.read_bytes()), settings, clips)
    twin, wanted = golden.features, golden.outputs
    features = through_c(folder / "tree", "--raw-features", clips, twin.shape[1])
    outputs = through_c(folder / "tree", "--raw", clips, len(dataset.labels))
    labels = [clip.label for split in (Split.VALIDATION, Split.TEST) for clip in dataset.of(split)]
    return Row(
        family=record.candidate.family,
        trial=record.number,
        clips=len(clips),
        feature_bytes=features.size,
        feature_differences=int((features != twin).sum()),
        output_bytes=outputs.size,
        output_differences=int((outputs != wanted).sum()),
        accuracy=float(np.mean(outputs.argmax(axis=1) == labels)),
    )


def main(study: str, data: str, data_root: str | None = None) -> None:
    dataset = audio.load(data, Path(data_root) if data_root else None, audio.cache_dir())
    rows = []
    for record in best_of_each_family(Path(study)):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(compared(record, dataset, Path(folder)))
            print(rows[-1], flush=True)
    lines = [
        "# Exported C, byte for byte",
        "",
        f"`python -m tests.benchmarks.bit_exact STUDY {data} ...`",
        "",
        f"Best trial of each family of a search on {data}, validation and test clips.",
        f"ai-edge-litert {version('ai-edge-litert')} with BUILTIN_REF, host cc.",
        "Accuracy is of the C over both splits after a short training; it only shows that the "
        "outputs are not constant.",
        "",
        "| family | trial | clips | feature bytes | differ | output bytes | differ | accuracy |",
        "|---|---|---|---|---|---|---|---|",
        *(row.text() for row in rows),
    ]
    write_text(OUT, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
