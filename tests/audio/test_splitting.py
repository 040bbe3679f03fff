from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from nas.audio.dataset import Split
from nas.audio.splitting import deal, hash_order

SPEAKERS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4),
    st.dictionaries(st.integers(0, 3), st.integers(1, 9), min_size=1),
    min_size=1,
    max_size=30,
)


@given(SPEAKERS, st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_every_group_has_one_split_whatever_the_order(groups, seed):
    dealt = deal(groups, seed)
    assert set(dealt) == set(groups)
    assert deal(dict(reversed(groups.items())), seed) == dealt


@given(st.lists(st.integers(3, 60), min_size=1, max_size=4), st.integers(0, 3))
@settings(max_examples=50, deadline=None)
def test_a_class_with_three_groups_is_in_every_split(sizes, seed):
    names = {f"{label}-{k}": {label: 1} for label, n in enumerate(sizes) for k in range(n)}
    dealt = deal(names, seed)
    for label in range(len(sizes)):
        found = Counter(dealt[name] for name, counts in names.items() if label in counts)
        assert set(found) == set(Split)


def test_one_file_groups_come_out_70_15_15():
    dealt = deal({str(k): {0: 1} for k in range(200)}, 0)
    counts = Counter(dealt.values())
    assert (counts[Split.TRAIN], counts[Split.VALIDATION], counts[Split.TEST]) == (140, 30, 30)


def test_six_equal_speakers_come_out_four_one_one():
    dealt = deal({name: dict.fromkeys(range(10), 50) for name in "abcdef"}, 0)
    counts = Counter(dealt.values())
    assert (counts[Split.TRAIN], counts[Split.VALIDATION], counts[Split.TEST]) == (4, 1, 1)


def test_a_dominating_group_is_for_training():
    groups = {"big": {0: 100}} | {f"small{k}": {0: 10} for k in range(5)}
    assert deal(groups, 0)["big"] is Split.TRAIN


def test_order_depends_on_name_and_seed_only():
    assert hash_order(["b", "a", "c"], 0) == hash_order(["c", "b", "a"], 0)
    orders = {tuple(hash_order("abcdef", seed)) for seed in range(5)}
    assert len(orders) > 1
