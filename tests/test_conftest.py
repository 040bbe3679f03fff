from tests.conftest import summary


def test_missing_tools_are_listed_once_with_one_command():
    reasons = [
        "Skipped: missing tool clang: install the Debian package clang",
        "Skipped: missing tool clang: install the Debian package clang",
        "Skipped: missing tool cppcheck: install the Debian package cppcheck",
        "Skipped: missing data data/fsdd: set NAS_SHARED to the folder that holds it",
        "Skipped: only on Windows",
    ]
    assert summary(reasons) == [
        "missing data data/fsdd: set NAS_SHARED to the folder that holds it (1 tests skipped)",
        "missing tool clang: install the Debian package clang (2 tests skipped)",
        "missing tool cppcheck: install the Debian package cppcheck (1 tests skipped)",
        "all of them: apt-get install clang cppcheck",
    ]


def test_nothing_missing_prints_nothing():
    assert summary(["Skipped: only on Windows"]) == []
