"""Worker processes: what dies, what fails, what is printed, and that none is left behind."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from nas.search import Outcome, map_jobs, read_records
from nas.search.pool import Pool
from nas.search.protocol import Arrived, Died, Failed, GoOn, Job, Message, Train
from tests.random_candidates import networks
from tests.search import formula
from tests.search.formula import RUNGS, search


def first(pool: Pool, seconds: float = 60) -> Message:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _, message in pool.wait(0.2):
            return message
    raise AssertionError("no message")


def candidate():  # type: ignore[no-untyped-def]
    return networks("conv1d", 1, first_seed=0)[0][0]


def shout(item: int) -> int:
    print("printed", item)
    os.system("echo from a child process")
    if item == 2:
        raise RuntimeError("item two\nis not liked")
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_candidate_climbs_in_one_worker(tmp_path: Path) -> None:
    pool = Pool(1, make_evaluate=formula.formula, log_dir=tmp_path)
    try:
        one = candidate()
        pool.send(0, Train(one, 5, RUNGS[0]))
        message = first(pool)
        assert isinstance(message, Arrived)
        assert message.metrics.val_loss == formula.loss_of(one, 3)
        pool.send(0, GoOn(RUNGS[1]))
        message = first(pool)
        assert isinstance(message, Arrived)
        assert message.metrics.val_loss == formula.loss_of(one, 9)
    finally:
        pool.close()
    log = (tmp_path / "worker-0.log").read_text()
    assert f"training {one.fingerprint[:8]} seed 5 threads 1" in log


def test_workers_are_recycled_replaced_and_ended(tmp_path: Path) -> None:
    pool = Pool(1, make_evaluate=None, log_dir=tmp_path, recycle=2)
    try:
        seen = []
        for item in (0, 1, 4):
            pool.send(0, Job(shout, item))
            first(pool)
            seen += pool.process_ids()
            pool.release(0)
        assert seen[0] == seen[1] != seen[2]
        pool.send(0, Job(shout, 3))
        message = first(pool)
        assert isinstance(message, Died)
        assert "SIGKILL" in message.reason
        pool.release(0)
        pool.send(0, Job(shout, 2))
        assert first(pool) == Failed("RuntimeError: is not liked")
        last = pool.process_ids()
    finally:
        pool.close()
    assert len(last) == 1
    assert not any(alive(pid) for pid in [*seen, *last])


def test_jobs_come_back_in_order_and_print_to_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done: list[int] = []
    outcomes = map_jobs(
        shout,
        [1, 2, 3, 4],
        n_workers=2,
        log_dir=tmp_path,
        on_done=lambda index, _: done.append(index),
    )
    assert [outcome.result for outcome in outcomes] == [1, None, None, 16]
    assert outcomes[1] == Outcome(failed="RuntimeError: is not liked")
    assert "SIGKILL" in str(outcomes[2].failed)
    assert sorted(done) == [0, 1, 2, 3]
    logs = "".join(path.read_text() for path in tmp_path.glob("worker-*.log"))
    assert "printed 4" in logs
    assert "from a child process" in logs
    assert "RuntimeError: item two" in logs
    captured = capfd.readouterr()
    assert "printed" not in captured.out + captured.err


def test_a_job_that_hangs_is_cut_and_the_rest_goes_on(tmp_path: Path) -> None:
    told: list[int] = []
    start, before = time.monotonic(), children(os.getpid())
    outcomes = map_jobs(
        time.sleep,
        [600.0, 0.0, 0.1],
        n_workers=1,
        log_dir=tmp_path,
        on_done=lambda index, _: told.append(index),
        seconds_at_most=6.0,
    )
    assert outcomes == [Outcome(failed="took longer than 6 s"), Outcome(None), Outcome(None)]
    assert told == [0, 1, 2]
    assert time.monotonic() - start < 60
    assert set(children(os.getpid())) <= {*before, resource_tracker._resource_tracker._pid}


def test_jobs_stop_when_told(tmp_path: Path) -> None:
    outcomes = map_jobs(shout, [1, 4], n_workers=0, log_dir=tmp_path, may_start=lambda: False)
    assert [outcome.failed for outcome in outcomes] == ["not run: no time left"] * 2


def test_a_search_survives_the_death_of_its_workers(tmp_path: Path) -> None:
    result = search(tmp_path, make_evaluate=formula.dying, n_workers=2, max_trials=6)
    assert result.progress.trained == 6
    for record in read_records(tmp_path):
        if record.pruned_by == "failed":
            assert "SIGKILL" in str(record.message)


def test_the_deadline_cuts_what_is_running(tmp_path: Path) -> None:
    start = time.monotonic()
    result = search(
        tmp_path,
        make_evaluate=partial(formula.formula, 30.0),
        n_workers=1,
        max_trials=None,
        seconds=3.0,
    )
    assert time.monotonic() - start < 15
    assert result.progress.cut == 1
    assert read_records(tmp_path)[-1].pruned_by == "deadline"


SLOW_SEARCH = """
import sys
from functools import partial
from pathlib import Path
from tests.search import formula
if __name__ == "__main__":
    study = Path(sys.argv[1])
    seen = lambda event: (study / "event").write_text(event.kind.value)
    formula.search(study, make_evaluate=partial(formula.formula, float(sys.argv[2])),
                   n_workers=2, max_trials=1000, on_event=seen)
"""


def started(tmp_path: Path, pause: float) -> subprocess.Popen[str]:
    script = tmp_path / "slow_search.py"
    script.write_text(SLOW_SEARCH)
    study = tmp_path / "study"
    child = subprocess.Popen(
        [sys.executable, str(script), str(study), str(pause)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not (study / "event").exists() and time.monotonic() < end:
        time.sleep(0.1)
    return child


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(text) for text in path.read_text().split()] if path.exists() else []


def gone(pids: list[int], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_ends_cleanly_with_everything_kept(tmp_path: Path) -> None:
    child = started(tmp_path, 0.05)
    time.sleep(2)
    workers = children(child.pid)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors
    assert gone(workers)
    records = read_records(tmp_path / "study")
    assert (tmp_path / "study" / "search_stats.json").exists()
    assert {record.pruned_by for record in records if record.candidate} >= {"interrupted"}
    result = search(tmp_path / "study", max_trials=len(records) + 2)
    assert result.progress.cut <= 2


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    child = started(tmp_path, 60.0)
    workers = children(child.pid)
    assert workers
    child.kill()
    child.communicate(timeout=10)
    assert gone(workers)


def test_ctrl_c_never_reaches_a_worker(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pool = Pool(1, make_evaluate=None, log_dir=tmp_path)
    try:
        pool.send(0, Job(shout, 5))
        (pid,) = pool.process_ids()
        for _ in range(20):  # while it imports, when its own handler is not set yet
            os.kill(pid, signal.SIGINT)
            time.sleep(0.02)
        answer = first(pool)
        assert getattr(answer, "result", None) == 25
    finally:
        pool.close()
    assert "KeyboardInterrupt" not in capfd.readouterr().err
