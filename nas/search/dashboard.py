"""optuna-dashboard on a study, for this machine only."""

import ipaddress
from pathlib import Path
from typing import Any

from nas.errors import ConfigError
from nas.search.journal import load_study, mend_if_idle

__all__ = ["application", "serve"]


def serve(study_dir: Path, port: int = 8080, host: str = "127.0.0.1") -> None:
    """Serve the dashboard of `study_dir` until interrupted.

    Raises:
        ConfigError: `host` is not a loopback address, the port is taken, or there is no study.
    """
    check_loopback(host)
    from wsgiref.simple_server import make_server

    try:
        server = make_server(host, port, application(study_dir))
    except OSError as error:
        raise ConfigError(
            f"dashboard: {host}:{port}: {error.strerror}; try another port"
        ) from None
    with server:
        server.serve_forever()


def application(study_dir: Path) -> Any:
    """Return the dashboard of `study_dir` as a WSGI application.

    Only complete trials have values, so its Pareto view shows the front of trained candidates.
    """
    from optuna_dashboard import wsgi

    mend_if_idle(study_dir)
    return wsgi(load_study(study_dir)._storage)


def check_loopback(host: str) -> None:
    """Raise ConfigError unless `host` reaches this machine only: the dashboard has no password."""
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigError(
            f"dashboard: host {host} is not this machine; use 127.0.0.1 and, from elsewhere, "
            "an SSH tunnel: the dashboard has no password"
        )
