"""The `nas` command: its sub-commands, and one place where errors become exit codes."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import nas
from nas.cli import run as run_command
from nas.cli.data_app import data_app
from nas.cli.export import export
from nas.cli.options import (
    AsJson,
    Budget,
    Data,
    DataRoot,
    Limit,
    Results,
    Seed,
    Study,
    Workers,
)
from nas.cli.usage import USAGE_ERROR, misused, refused_by_the_system
from nas.cli.verify import verify
from nas.errors import NasError

__all__ = ["app", "main"]

USAGE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="nas",
    help=(
        "Search audio features and small networks together for a microcontroller, "
        "and export the winner as int8 TFLite and C."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data_app, name="data")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; ``--debug`` lets tracebacks through."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    try:
        code = app(args=[word for word in words if word != "--debug"], standalone_mode=False)
    except NasError as error:
        _leave(str(error), error.exit_code, debug=debug)
    except USAGE_ERROR as error:
        _leave(misused(error), USAGE, debug=debug)
    except OSError as error:
        _leave(refused_by_the_system(error), 1, debug=debug)
    except Exception as error:  # noqa: BLE001 - the one place that may
        line = f"internal error: {type(error).__name__}: {error}; run again with --debug"
        _leave(line, 1, debug=debug)
    if code == INTERRUPTED:  # what typer makes of Ctrl-C
        kept = "; everything told is kept, the same command resumes" if "search" in words else ""
        _leave(f"interrupted{kept}", INTERRUPTED, debug=False)
    gc.freeze()  # nothing to look through on the way out
    sys.exit(code or 0)


def _leave(message: str, code: int, *, debug: bool) -> NoReturn:
    if debug:
        raise
    if message:
        typer.echo(f"nas: {' '.join(message.split())}", err=True)
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nas {nas.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Options of every command."""


@app.command()
def search(
    budget: Budget,
    limit: Limit = None,
    space: Annotated[str, typer.Option(help="Name in search_spaces/, or a path.")] = "default",
    data: Data = "household",
    data_root: DataRoot = None,
    minutes: Annotated[float | None, typer.Option(min=0.5, help="Bounds the command.")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Trained trials in total.")] = None,
    workers: Workers = None,
    seed: Seed = 0,
    study: Annotated[str | None, typer.Option(help="Name of the study's folder.")] = None,
    results: Results = Path("results"),
) -> None:
    """Search, train for int8, export: the main job. The same command again resumes."""
    from nas.cli.search import run

    run(
        budget=budget,
        limits=limit or [],
        space=space,
        data=data,
        data_root=data_root,
        minutes=minutes,
        trials=trials,
        workers=workers,
        seed=seed,
        study=study,
        results=results,
    )


@app.command()
def train(
    candidate: Annotated[str, typer.Argument(help="Candidate file, or its name.")],
    budget: Budget = "esp32",
    limit: Limit = None,
    data: Data = "household",
    data_root: DataRoot = None,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs before quantization.")] = 60,
    like: Annotated[
        Path | None, typer.Option(help="Study or training whose features and training to take.")
    ] = None,
    qat_epochs: Annotated[int, typer.Option(min=0, help="Epochs with quantization.")] = 4,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Folder; default: in results.")] = None,
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Train one fixed candidate by the recipe of the finalists: baselines, reproductions."""
    from nas.cli.train import run

    run(
        candidate=candidate,
        budget=budget,
        limits=limit or [],
        data=data,
        data_root=data_root,
        epochs=epochs,
        qat_epochs=qat_epochs,
        like=like,
        seed=seed,
        out_dir=out,
        results=results,
        as_json=as_json,
    )


@app.command()
def estimate(
    target: Annotated[
        str, typer.Argument(help="A .tflite, STUDY, STUDY:TRIAL, or a candidate file or name.")
    ],
    budget: Budget,
    limit: Limit = None,
    runtime: Annotated[
        str | None, typer.Option(help="c or tflm; default: what the board file says.")
    ] = None,
    kernels: Annotated[
        str | None, typer.Option(help="portable, cmsis-nn or esp-nn; default: the board's.")
    ] = None,
    classes: Annotated[
        int | None, typer.Option(min=2, max=1000, help="Classes of a candidate; default 10.")
    ] = None,
    frontend: Annotated[
        str | None, typer.Option(help="Candidate or study whose features a .tflite takes.")
    ] = None,
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Price a network on a board, op by op; exit code 4 if it does not fit."""
    from nas.cli.estimate import run

    run(
        target=target,
        budget=budget,
        limits=limit or [],
        runtime=runtime,
        kernels=kernels,
        classes=classes,
        frontend=frontend,
        results=results,
        as_json=as_json,
    )


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Study or training, or its name in results/.")],
    second: Annotated[Path, typer.Argument(help="The same, on the same data.")],
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Compare two results clip by clip: the paired difference of their int8 test accuracy."""
    from nas.cli.read import compare as run

    run(first, second, results, as_json=as_json)


@app.command()
def status(study: Study, results: Results = Path("results"), as_json: AsJson = False) -> None:
    """Say how far a study is: trials by state, rejected by which limit, best so far."""
    from nas.cli.read import status as run

    run(study, results, as_json=as_json)


@app.command()
def report(
    study: Study,
    boards: Annotated[
        list[str] | None,
        typer.Option(help="Price its trials for these boards too: all, or names with commas."),
    ] = None,
    accuracy: Annotated[
        float | None,
        typer.Option(
            help="Name the cheapest of the boards that reaches it on validation, 0..1; the "
            "smallest where one has no known price."
        ),
    ] = None,
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Write tables and report.html of a study again; say which limit binds, and what fits where.

    Nothing is trained: trials that were are priced anew for each of --boards.
    """
    from nas.cli.read import report as run

    run(study, results, boards=boards or (), accuracy=accuracy, as_json=as_json)


@app.command()
def dashboard(
    study: Study,
    results: Results = Path("results"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on the loopback.")] = 8080,
) -> None:
    """Open optuna-dashboard on a study, on this machine only."""
    from nas.cli.read import dashboard as run

    run(study, results, port)


app.command("export")(export)


@app.command()
def features(
    file: Annotated[Path, typer.Argument(help="A recording: WAV, FLAC, MP3, OGG.")],
    kind: Annotated[str, typer.Option(help="Kind of front end.")] = "log_mel",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE, a setting; repeat for more.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw to this .html or .png.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the network sees of a recording, beside float64, with the error."""
    from nas.cli.features import run

    run(file, kind=kind, settings=settings or [], plot=plot, as_json=as_json)


app.command("run")(run_command.command)


@app.command()
def boards(as_json: AsJson = False) -> None:
    """List the boards: chip, what is left for us of it, limits."""
    from nas.cli.boards import run

    run(as_json=as_json)


app.command()(verify)
