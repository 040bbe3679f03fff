from typing import ClassVar, Literal

import pytest
from pydantic import Field

from nas import config
from nas.errors import ConfigError


class Item(config.StrictModel):
    name: str
    weight: float = 1.0


class Recipe(config.StrictModel):
    refused: ClassVar = {"oven": "there is none; use the pan"}

    kind: Literal["soup", "cake"]
    portions: int = Field(gt=0)
    labels: list[str] = Field(default_factory=list)
    items: list[Item] = Field(default_factory=list)
    by_name: dict[str, Item] = Field(default_factory=dict)


def parsed(tmp_path, text):
    path = tmp_path / "r.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.parse(Recipe, path)


GOOD = "kind: soup\nportions: 4\n"


def test_words_that_yaml_1_1_makes_booleans_stay_words(tmp_path):
    recipe = parsed(tmp_path, GOOD + "labels: [yes, no, on, off, Yes, y, n, 'true']\n")
    assert recipe.labels == ["yes", "no", "on", "off", "Yes", "y", "n", "true"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: soup\nportion: 4\n", ":2: portion: unknown key, did you mean `portions`?"),
        (GOOD + "zzz: 1\n", ":3: zzz: unknown key; known: kind, portions, labels"),
        (GOOD + "oven: 3\n", ":3: oven: there is none; use the pan"),
        ("kind: soup\n", ":1: portions: missing, and required"),
        ("kind: pie\nportions: 4\n", ":1: kind: input should be 'soup' or 'cake' (found 'pie')"),
        ("kind: soup\nportions: 0\n", ":2: portions: input should be greater than 0 (found 0)"),
        ("kind: soup\nportions: '4'\n", ":2: portions: must be a whole number, without unit"),
        ("kind: soup\nportions: 4 kg\n", "(found '4 kg')"),
        (GOOD + "labels: [a, true]\n", ":3: labels.1: input should be a valid string"),
        (GOOD + "labels:\n- a\n- 3\n", ":5: labels.1: input should be a valid string (found 3)"),
        (GOOD + "items:\n- name: a\n- nam: b\n", ":5: items.1.nam: unknown key, did you mean"),
        (GOOD + "by_name:\n  x:\n    name: 3\n", ":5: by_name.x.name: input should be a valid"),
        (GOOD + "items:\n- 3\n", ":4: items.0: expected `key: value` lines below it"),
        ("- soup\n", ":1: expected `key: value` lines, found a list"),
        ("soup\n", ":1: expected `key: value` lines, found text"),
        ("3\n", "found a number"),
        ("", "found an empty file"),
        ("# nothing\n", "found an empty file"),
        ("kind: soup\n\tportions: 4\n", ":2: not YAML: found character '\\t'"),
        ("kind: [soup\n", ":2: not YAML: "),
        ('kind: "soup\n', "not YAML: found unexpected end of stream"),
        (GOOD + "kind: cake\n", ':3: not YAML: found duplicate key "kind"'),
        (GOOD + "---\nkind: cake\n", "not YAML: "),
        (b"kind: s\xe9\n", ": not UTF-8 text; save the file as UTF-8"),
        (b"\0\1", "not YAML: unacceptable character"),
        ("a: " + "[" * 5_000, ": lists or mappings nested too deeply"),
        (GOOD + "labels: !!python/name:os.system x\n", ":3: labels: "),
        (GOOD + "labels: 2020-99-99\n", ": a value that cannot be: month must be in 1..12"),
        (GOOD + f"labels: {'9' * 5_000}\n", ": a value that cannot be: "),
        (GOOD + "labels: !!int x\n", ": a value that cannot be: "),
    ],
)
def test_bad_yaml_is_one_line_with_file_line_key_and_what_was_meant(tmp_path, text, message):
    with pytest.raises(ConfigError) as error:
        parsed(tmp_path, text)
    line = str(error.value)
    assert message in line
    assert line.startswith(f"{tmp_path}/r.yaml:")
    assert "\n" not in line


def test_several_mistakes_are_counted_and_the_misspelt_key_comes_first(tmp_path):
    with pytest.raises(ConfigError, match=r"r\.yaml:2: portion: .* \(and 1 more\)$"):
        parsed(tmp_path, "kind: soup\nportion: 4\n")


@pytest.mark.parametrize("opening", [b"\xef\xbb\xbf", b"%YAML 1.2\n---\n", b"# comment\r\n"])
def test_what_editors_put_at_the_start_does_not_matter(tmp_path, opening):
    assert parsed(tmp_path, opening + GOOD.encode()).portions == 4


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.yaml: cannot be read: No such file"):
        config.load(tmp_path / "absent.yaml")


def test_a_name_is_a_path_then_the_working_directory_then_the_packaged_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    packaged = config.resolve("constraints", "esp32")
    assert packaged == config.resource_dir("constraints") / "esp32.yaml"
    own = tmp_path / "constraints" / "esp32.yaml"
    own.parent.mkdir()
    own.write_text("board: mine\n")
    assert config.resolve("constraints", "esp32") == own
    assert config.resolve("constraints", "esp32.yaml") == own
    assert config.resolve("constraints", str(packaged)) == packaged
    assert "esp32c3" in config.available("constraints")


def test_an_unknown_name_suggests_and_lists(tmp_path):
    with pytest.raises(ConfigError) as error:
        config.resolve("constraints", "esp23c3")
    assert "did you mean `esp32c3`?" in str(error.value)
    assert "known: efr32mg24, esp32, esp32c3" in str(error.value)


def aliases(levels):
    """Return a few lines whose last stands for ten to the power of `levels` + 1 words."""
    above = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, levels + 1))
    return "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(above)


def test_aliases_do_not_fill_the_memory(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text(aliases(4))
    assert config.load(path)["a4"][9][9][9][9] == ["x"] * 10
    path.write_text(aliases(30))
    with pytest.raises(ConfigError, match=r"r.yaml: more than 262,144 values; use fewer aliases"):
        config.load(path)


def test_a_file_of_the_largest_size_is_read(tmp_path):
    path = tmp_path / "r.yaml"
    size = 1_048_576
    path.write_text(GOOD + "#" * (size - len(GOOD) - 1) + "\n")
    assert path.stat().st_size == size
    assert config.parse(Recipe, path).portions == 4
    path.write_text(path.read_text() + "\n")
    with pytest.raises(ConfigError, match=r"r.yaml: more than 1,048,576 bytes"):
        config.load(path)


def test_a_file_too_long_is_not_read(tmp_path):
    path = tmp_path / "long.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 32)  # a hole: it takes no room on the disk
    with pytest.raises(ConfigError, match=r"long.yaml: more than 1,048,576 bytes"):
        config.load(path)
