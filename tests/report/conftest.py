import pytest

from tests.report.study_folder import write_finished, write_started


@pytest.fixture
def finished(tmp_path):
    return write_finished(tmp_path / "demo")


@pytest.fixture
def started(tmp_path):
    return write_started(tmp_path / "demo")
