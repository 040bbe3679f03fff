import hashlib
from pathlib import Path

import pytest

from nas.audio.household import HouseholdRecipe, generate

SMALL = HouseholdRecipe(houses=4, clips=2, validation_houses=1, test_houses=1)


def folder_digest(folder: Path) -> str:
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*.wav")):
        sha.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return sha.hexdigest()


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("household") / "small"
    generate(folder, 0, SMALL)
    return folder


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    folder = tmp_path_factory.mktemp("household") / "full"
    generate(folder, 0, HouseholdRecipe())
    return folder


@pytest.fixture
def small_recipe():
    return SMALL


@pytest.fixture
def digest_of():
    return folder_digest
