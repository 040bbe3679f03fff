"""The data set: order, split by house, background, digest."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from nas.audio.dataset import Split
from nas.audio.household import LABELS, HouseholdRecipe, dataset, read
from nas.config import load, resource_dir
from nas.errors import ConfigError


@dataclass(frozen=True)
class Options:
    seed: int = 0
    recipe_version: int = 1


@dataclass(frozen=True)
class Descriptor:
    name: str = "household"
    clip_ms: list[int] | None = None
    household: Options = field(default_factory=Options)


def test_the_full_recipe_has_200_clips_a_class_in_20_houses():
    recipe = HouseholdRecipe()
    assert recipe.houses * recipe.clips == 200
    houses = Counter(recipe.split(house) for house in range(recipe.houses))
    assert houses == {Split.TRAIN: 14, Split.VALIDATION: 3, Split.TEST: 3}


def test_no_house_straddles_a_split(small, small_recipe):
    splits: dict[str, set[Split]] = {}
    for clip in read(small, small_recipe, name="household").clips:
        splits.setdefault(clip.group, set()).add(clip.split)
        assert clip.path.name.startswith(clip.group.removeprefix("house-"))
    assert len(splits) == 4
    assert all(len(found) == 1 for found in splits.values())


def test_clips_are_ordered_labelled_and_present(small, small_recipe):
    data = read(small, small_recipe, name="household")
    order = list(Split)
    keys = [(order.index(c.split), c.label, str(c.path), c.start_ms) for c in data.clips]
    assert keys == sorted(keys)
    assert len(data.clips) == len(set(data.clips)) == 4 * 2 * 7
    assert all(clip.path.is_file() for clip in data.clips)
    assert all(clip.path.parent.name == LABELS[clip.label] for clip in data.clips)


def test_background_comes_from_training_houses_only(small, small_recipe):
    data = read(small, small_recipe, name="household")
    assert len(data.background) == 2 * 2
    assert {clip.split for clip in data.background} == {Split.TRAIN}
    assert {clip.path.parent.name for clip in data.background} == {"background"}


def test_it_says_that_it_is_synthetic(small, small_recipe):
    data = read(small, small_recipe, name="household")
    assert data.synthetic
    assert not data.same_speaker
    assert (data.sample_rate_hz, data.clip_ms) == (16_000, (1_000,))


def test_the_digest_follows_the_samples(small, small_recipe):
    before = read(small, small_recipe, name="household").digest
    record = small / "recipe.json"
    text = record.read_text()
    record.write_text(text.replace('"samples_sha256": "', '"samples_sha256": "0'))
    after = read(small, small_recipe, name="household").digest
    record.write_text(text)
    assert after != before
    assert read(small, small_recipe, name="x").digest == before


def test_a_descriptor_of_another_version_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="recipe_version: 99"):
        dataset(Descriptor(household=Options(recipe_version=99)), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("amounts", [{"clips": 0}, {"test_houses": 0}, {"houses": 6}])
def test_an_empty_split_is_refused(amounts):
    with pytest.raises(ConfigError, match="is below 1"):
        HouseholdRecipe(**amounts)


def test_the_shipped_descriptor_names_this_generator():
    text = load(resource_dir("data") / "household.yaml")
    assert text["layout"] == "household"
    assert HouseholdRecipe(version=text["household"]["recipe_version"])
