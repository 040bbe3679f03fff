"""One study on many boards: by hand with made-up prices, then a real small study and the CLI."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nas.budget import Budget, Cost, Device, Limits
from nas.cli import main
from nas.commands.board_files import BoardFacts, choose, load_boards
from nas.commands.reslice import BoardRow, Trained, reslice, study_on_boards
from nas.errors import ConfigError, UnsupportedOpError
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph
from nas.search import judged_records, read_records
from nas.space import Candidate, build_graph, load_space
from nas.space.choices import MinimumChoices
from tests.commands.records import cost
from tests.search.formula import price as counted
from tests.search.formula import search

BROKEN = "board: broken\ndevice:\n  core: cortex-m4\n"
SMALL = """\
board: small
device:
  core: cortex-m0plus
  clock_hz: 16_000_000
  flash_bytes: 65_536
  sram_bytes: 16_384
  reserved_sram_bytes: 0
limits:
  ram_bytes: 600
"""
WIDE = """\
board: wide
device:
  core: cortex-m4
  clock_hz: 64_000_000
  flash_bytes: 1_048_576
  sram_bytes: 262_144
  reserved_sram_bytes: 0
limits:
  ram_bytes: 200_000
"""


def candidate() -> Candidate:
    return load_space("ds_cnn").suggest(
        MinimumChoices({"family": "ds_cnn"}), sample_rate_hz=16_000, clip_ms=[1_000]
    )


def trial(number: int, loss: float, accuracy: float, int8: float | None = None) -> Trained:
    return Trained(
        trial=number,
        candidate=candidate(),
        val_loss=loss,
        val_accuracy=accuracy,
        int8_val_accuracy=int8,
    )


def board(name: str, clock_hz: int = 1_000_000, **limits: int) -> Budget:
    device = Device(
        core="cortex-m4",
        clock_hz=clock_hz,
        flash_bytes=1_000_000,
        sram_bytes=200_000,
        reserved_sram_bytes=50_000,
    )
    return Budget(board=name, device=device, limits=Limits(**limits))


class Prices:
    """Answers with the given costs in turn, for each board anew."""

    def __init__(self, *costs: Cost) -> None:
        self.costs, self.calls = costs, 0

    def __call__(self, graph: Graph, settings: LogMelSettings, budget: Budget) -> Cost:
        if budget.board == "strange":
            raise UnsupportedOpError("Conv2D: no cycles here")
        self.calls += 1
        return self.costs[(self.calls - 1) % len(self.costs)]


TRIALS = [trial(4, 0.20, 0.95, 0.94), trial(7, 0.30, 0.91), trial(9, 0.40, 0.85)]
PRICES = (cost(900, 90, 5_000), cost(500, 50, 2_000), cost(100, 10, 1_000))


def rows_of(boards: Mapping[str, Budget], **more: Any) -> list[BoardRow]:
    rows, unpriced = reslice(TRIALS, boards, n_classes=3, price=Prices(*PRICES), **more)
    assert unpriced == {}
    return rows


def test_the_best_that_fits_each_board() -> None:
    boards = {
        "large": board("large", rom_bytes=1_000, ram_bytes=100),
        "middle": board("middle", rom_bytes=1_000, ram_bytes=50),
        "tiny": board("tiny", macs=999),
    }
    large, middle, tiny = rows_of(boards)
    assert [one.fit for one in (large, middle, tiny)] == [3, 2, 0]
    assert large.best is not None
    assert (large.best.trial, large.best.int8_val_accuracy) == (4, 0.94)
    assert large.best.shares == pytest.approx({"rom_bytes": 0.9, "ram_bytes": 0.9})
    assert middle.best is not None
    assert (middle.best.trial, middle.best.macs) == (7, 2_000)
    assert middle.best.shares["ram_bytes"] == 1.0, "as much as the limit fits"
    assert tiny.best is None
    assert tiny.highest_accuracy is None
    assert large.facts.free_ram_bytes == 150_000


def test_the_best_that_reaches_an_accuracy() -> None:
    boards = {"large": board("large", ram_bytes=100), "tiny": board("tiny", ram_bytes=10)}
    large, tiny = rows_of(boards, accuracy=0.91)
    assert large.reaching is not None
    assert large.reaching.trial == 4
    assert tiny.best is not None
    assert tiny.reaching is None
    assert tiny.highest_accuracy == 0.85


def test_a_board_without_a_price_is_named_and_others_go_on() -> None:
    boards = {"strange": board("strange", macs=1), "large": board("large", macs=9_999)}
    rows, unpriced = reslice(TRIALS, boards, n_classes=3, price=Prices(*PRICES))
    assert [row.facts.board for row in rows] == ["large"]
    assert unpriced == {"strange": "strange: cannot be priced: Conv2D: no cycles here"}


def test_what_is_limited_and_not_priced_is_not_shown_to_fit() -> None:
    boards = {"hasty": board("hasty", latency_ms=10, ram_bytes=100)}
    rows, _ = reslice(TRIALS, boards, n_classes=3, price=Prices(*PRICES))
    assert (rows[0].fit, rows[0].unknown) == (0, ("latency_ms",))
    timed = [cost(1, ram, 1, latency_ms=5.0) for ram in (300, 50, 10)]
    rows, _ = reslice(TRIALS, boards, n_classes=3, price=Prices(*timed))
    assert (rows[0].fit, rows[0].unknown) == (2, ())
    assert rows[0].best is not None
    assert (rows[0].best.trial, rows[0].best.shares["latency_ms"]) == (7, 0.5)


def facts(name: str, ram: int, *, flash: int = 1, clock: int = 1, usd: float | None) -> BoardFacts:
    return BoardFacts(
        board=name,
        core="cortex-m4",
        clock_hz=clock,
        flash_bytes=flash,
        free_ram_bytes=ram,
        unit_price_usd=usd,
        runtime="c",
        kernels="portable",
    )


def test_cheapest_by_price_where_all_have_one() -> None:
    boards = [facts("a", 10, usd=3.0), facts("b", 90, usd=1.5), facts("c", 80, usd=1.5)]
    choice = choose(boards, boards)
    assert (choice.board, choice.by, choice.rule) == ("c", "price", "lowest unit_price_usd")
    assert choose(boards[:1], boards).board == "a"


def test_smallest_where_one_lacks_a_price() -> None:
    boards = [facts("a", 10, usd=3.0), facts("b", 90, usd=1.5), facts("c", 80, usd=None)]
    choice = choose(boards, boards)
    assert (choice.board, choice.by) == ("a", "size")
    assert choice.rule == (
        "least free RAM, then flash, then clock; not price, as 1 of 3 board files give no "
        "unit_price_usd"
    )
    assert choose(boards[:2], boards) == choice, "the rule is that of all compared"
    same = [facts("d", 5, flash=2, usd=None), facts("e", 5, flash=1, clock=9, usd=None)]
    assert choose(same, same).board == "e"
    same.append(facts("f", 5, flash=1, clock=8, usd=None))
    assert choose(same, same).board == "f"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.yaml").write_text(BROKEN)
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "wide.yaml").write_text(WIDE)
    return tmp_path


def test_words_that_name_boards(here: Path) -> None:
    found, broken = load_boards(["esp32, nrf52840", "esp32.yaml", "small.yaml"])
    assert list(found) == ["esp32", "nrf52840", "small"]
    assert broken == {}
    every, _ = load_boards(["all"])
    assert {"esp32", "nrf52840", "rp2040"} <= set(every)


def test_files_of_one_name_are_kept_apart(here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "small.yaml").write_text(SMALL)
    found, _ = load_boards(["small.yaml,mine/small.yaml"])
    assert list(found) == ["small", "mine/small.yaml"]


def test_a_broken_board_is_named_and_others_go_on(here: Path) -> None:
    found, broken = load_boards(["small.yaml", "broken.yaml"])
    assert list(found) == ["small"]
    assert broken["broken"].startswith("broken.yaml:")
    assert "\n" not in broken["broken"]
    with pytest.raises(ConfigError, match=r"broken\.yaml:"):
        load_boards(["broken.yaml"])
    with pytest.raises(ConfigError, match="at least one board"):
        load_boards([","])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real search with a formula for a loss; trial numbers and losses are its own."""
    folder = tmp_path_factory.mktemp("results") / "demo"
    limits = Limits(rom_bytes=60_000, ram_bytes=40_000, macs=3_000_000)
    budget = {"board": "esp32", "limits": limits.given()}
    search(folder, max_trials=20, limits=limits, config={"budget": budget, "labels": list("abc")})
    best = min((r for r in read_records(folder) if r.complete), key=lambda r: r.metrics.val_loss)
    for seed, loss in ((0, 0.9), (1, 0.8)):
        place = folder / "finalists" / f"{best.number}-s{seed}"
        place.mkdir(parents=True)
        int8 = {"val_loss": loss, "val_accuracy": 1.0 - loss}
        result = {"trial": best.number, "seed": seed, "int8": int8, "float": int8}
        estimated = {"macs": 1, "rom_bytes": 1, "ram_bytes": 1}
        (place / "result.json").write_text(
            json.dumps({**result, "estimated": estimated, "built": None})
        )
    return folder


def complete_of(study: Path) -> list[Any]:
    return sorted(
        (r for r in read_records(study) if r.complete),
        key=lambda r: (r.metrics.val_loss, r.number),
    )


def test_a_real_study_on_real_boards(study: Path, here: Path) -> None:
    words = ["all", "small.yaml", "wide.yaml", "broken.yaml"]
    found = study_on_boards(study, judged_records(study), words=words, accuracy=0.0)
    complete = complete_of(study)
    assert found["trained"] == len(complete) > 2
    rows = {one["board"]: one for one in found["boards"]}
    assert rows["small"]["fit"] == 0
    assert list(found["broken"]) == ["broken"]
    best = rows["wide"]["best"]
    record = complete[0]
    assert (best["trial"], best["val_loss"]) == (record.number, record.metrics.val_loss)
    assert (
        best["macs"] == counted(build_graph(record.candidate, 7), record.candidate.frontend).macs
    )
    assert best["int8_val_accuracy"] == pytest.approx(0.2), "of the seed with the lower int8 loss"
    assert found["chosen"] in rows
    assert found["stopped"] == sum(r.pruned_by == "rung" for r in read_records(study))


def test_trials_over_the_limits_of_today_are_priced_for_other_boards(
    study: Path, here: Path
) -> None:
    before = (study / "study.json").read_text()
    info = json.loads(before)
    info["budget"]["limits"] = {"macs": 1}
    try:
        (study / "study.json").write_text(json.dumps(info))
        records = judged_records(study)
        assert not any(record.complete for record in records)
        found = study_on_boards(study, records, words=["wide.yaml"])
        assert found["trained"] == len(complete_of(study))
    finally:
        (study / "study.json").write_text(before)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    return int(str(left.value.code)), said.out, said.err


def test_report_on_boards(study: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--boards", "wide.yaml,small.yaml", "--boards", "broken.yaml", "--accuracy", "0.0"]
    code, out, _ = run(capsys, "report", str(study), *words)
    assert code == 0
    lines = out.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert lines[-1] == str(study / "report.html")
    assert "Smallest board that reaches a validation accuracy of 0.0 %: wide" in out
    assert "cheapest" not in out.lower(), "wide.yaml gives no price"
    assert "left out: broken.yaml:" in out
    assert "Nothing trained fits small" in " ".join(out.split())
    assert "The limit that binds is" in " ".join(out.split())
    with (study / "boards.csv").open() as file:
        rows = {row["board"]: row for row in csv.DictReader(file)}
    assert rows["wide"]["trial"] == str(complete_of(study)[0].number)
    assert (rows["wide"]["chosen"], rows["small"]["trial"]) == ("True", "")
    page = (study / "report.html").read_text()
    assert "The same trials on other boards" in page
    assert "Which limit binds" in page


def test_report_without_boards(
    study: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "report", str(study))
    assert (code, out.splitlines()[-1]) == (0, str(study / "report.html"))
    page = (study / "report.html").read_text()
    assert "The same trials on other boards" not in page
    assert "Which limit binds" in page


def test_report_as_json(study: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("report", str(study), "--boards", "all", "--json", "--accuracy", "1")
    found = json.loads(run(capsys, *words)[1])
    assert found["report"].endswith("report.html")
    assert found["boards"]["chosen"] is None
    assert found["limits"]["asked"] >= found["limits"]["fit"] > 0
    assert {one["name"] for one in found["limits"]["limits"]} == {"rom_bytes", "ram_bytes", "macs"}
    assert found["limits"]["peaks"]["winner"] is None
    plain = json.loads(run(capsys, "report", str(study), "--json")[1])
    assert plain["boards"] is None


def test_status_says_the_binding_limit(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "status", str(study))[1].splitlines()
    assert sum(line.startswith("binding limit: ") for line in lines) == 1
    found = json.loads(run(capsys, "status", str(study), "--json")[1])["limits"]
    records = [r for r in read_records(study) if r.cost and r.pruned_by != "duplicate"]
    over = sum(r.cost.ram_bytes > 40_000 for r in records if r.cost)
    ram = next(one for one in found["limits"] if one["name"] == "ram_bytes")
    assert ram["rejected"] == over


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nope", "--boards", "all"), "no study there"),
        (("STUDY", "--boards", "esp33"), "did you mean `esp32"),
        (("STUDY", "--boards", "broken.yaml"), "broken.yaml:"),
        (("STUDY", "--boards", "all", "--accuracy", "90"), "give a share from 0 to 1, as in 0.9"),
        (("STUDY", "--boards", "all", "--accuracy", "-0.1"), "give a share from 0 to 1"),
        (("STUDY", "--boards", "all", "--accuracy", "nan"), "give a share from 0 to 1"),
        (("STUDY", "--accuracy", "0.9"), "say which boards to choose from"),
    ],
)
def test_misuse_is_one_line(
    study: Path,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    line: str,
) -> None:
    given = [str(study) if word == "STUDY" else word for word in words]
    code, out, err = run(capsys, "report", *given)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert line in err
