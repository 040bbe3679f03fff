"""What optuna-dashboard answers about a study."""

import io
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from nas.budget import Limits
from nas.errors import ConfigError
from nas.pareto import dominates
from nas.search import read_records
from nas.search.dashboard import application, serve
from nas.search.record import values_of
from tests.search.formula import search

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def get(app: Any, path: str) -> Any:
    """Return the JSON that `app` answers to GET `path`."""
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    body = b"".join(app(environ, lambda code, headers, info=None: status.append(code)))
    assert status[0].startswith("200"), (status, body)
    return json.loads(body)


def test_only_complete_trials_are_on_the_front(tmp_path: Path) -> None:
    search(tmp_path, max_trials=25, limits=Limits(macs=1_000_000, ram_bytes=30_000))
    detail = get(application(tmp_path), "/api/studies/0")
    complete = {r.number: values_of(r) for r in read_records(tmp_path) if r.complete}
    expected = {
        n for n, v in complete.items() if not any(dominates(o, v) for o in complete.values())
    }
    assert {trial["number"] for trial in detail["best_trials"]} == expected
    assert detail["objective_names"] == ["val_loss", "rom_bytes", "ram_bytes", "macs"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org", "::", ""])
def test_only_this_machine_is_served(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match="not this machine"):
        serve(tmp_path, 8080, host)


def test_a_taken_port_and_a_missing_study_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no journal\.log"):
        serve(tmp_path, 0)
    search(tmp_path, max_trials=3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="try another port"):
            serve(tmp_path, taken.getsockname()[1])


def test_a_torn_line_is_cut_before_the_dashboard_can_append(tmp_path: Path) -> None:
    search(tmp_path, max_trials=2)
    path = tmp_path / "journal.log"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"op_code": 4, "wor')
    application(tmp_path)
    assert path.read_bytes() == whole
