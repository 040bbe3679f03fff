import re
from html.parser import HTMLParser

import pytest

from nas.report import write_report
from tests.report.study_folder import INFO, TEST, result, winner, write_json
from tests.report.test_boards import FACTS as BOARDS
from tests.report.test_boards import board
from tests.report.test_limits import FACTS as LIMITS

LOADING = {"src", "srcset", "href", "data", "action", "poster"}


class Page(HTMLParser):
    """Collects visible text, attributes that load something, and what is in scripts."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.shown, self.scripts, self.tags, self.inside = [], [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in LOADING]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        (self.scripts if self.inside == "script" else self.shown).append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.shown).split())


def page_of(folder):
    return Page(write_report(folder).read_text())


def test_the_page_loads_nothing_from_anywhere(finished):
    page = page_of(finished)
    assert page.loads == []
    assert "link" not in page.tags
    assert "iframe" not in page.tags


def test_plotly_is_inside_once(finished):
    text = write_report(finished).read_text()
    assert len(re.findall(r"plotly\.js v\d", text)) == 1


def test_labels_stay_text_everywhere(finished):
    page = page_of(finished)
    assert "<b>bold</b>" in page.text
    assert page.tags.count("b") == 1  # the study's name; none of the labels
    assert "nas search --budget esp32.yaml --data <b>mine</b>" in page.text
    assert not any(script.strip() == "alert(1)" for script in page.scripts)
    figure = next(script for script in page.scripts if "figure-confusion" in script)
    assert "<b>" not in figure
    assert "&lt;b&gt;bold" in figure.encode().decode("unicode_escape")


def test_the_headline_says_how_sure_it_is_and_on_what(finished):
    text = page_of(finished).text
    assert "90.0 % of test clips right as int8, within the budget of esp32" in text
    assert "90.0 % (95 % interval 82.6 to 94.5 %, 100 clips)" in text
    assert "household (synthetic)" in text
    assert "These sounds were made by a generator" in text
    assert "A near-tie: trial 6, seed 1 (int8 validation loss 0.430, 900,000 MACs)" in text
    assert "did not fit" not in text


def test_what_did_not_fit_once_built_is_said(finished):
    over = {"5-s1": "rom_bytes 300,000 of 262,144", "6-s1": "macs 7,000,000 of 6,000,000"}
    write_json(finished / "winner" / "result.json", winner(too_large=over))
    said = "5-s1 (rom_bytes 300,000 of 262,144); 6-s1 (macs 7,000,000 of 6,000,000)"
    assert said in page_of(finished).text


def test_a_test_split_read_twice_is_said(finished):
    said = "the test split was read 2 times in this study; later figures are not independent"
    write_json(finished / "winner" / "result.json", winner(test_reads=[{"trial": 0}]))
    assert "not independent" not in page_of(finished).text
    reads = [{"trial": 5}, {"trial": 0}]
    write_json(finished / "winner" / "result.json", winner(test_reads=reads))
    assert said in page_of(finished).text


def test_a_published_same_speaker_split_is_said(finished):
    data = {"name": "fsdd", "synthetic": False, "same_speaker": True}
    write_json(finished / "study.json", INFO | {"data": data})
    text = page_of(finished).text
    assert "fsdd (same-speaker split)" in text
    assert "made by a generator" not in text


def test_every_figure_is_there_when_the_study_is_finished(finished):
    text = write_report(finished).read_text()
    names = set(re.findall(r'id="figure-(\w+)"', text))
    costs = {"rom_bytes", "ram_bytes", "macs"}
    assert names == costs | {"rejected", "curves", "confusion", "memory"}


def test_an_interrupted_search_has_a_page_too(started):
    text = page_of(started).text
    assert "No winner yet" in text
    assert "Give the same command again" in text
    assert "The winner" not in text


def test_a_study_that_has_only_begun_has_a_page(tmp_path):
    write_json(tmp_path / "study.json", {})
    assert "No trial has been recorded yet." in page_of(tmp_path).text


def test_a_winner_whose_test_split_is_unread(finished):
    write_json(finished / "winner" / "result.json", result(0, 1, int8_loss=0.41))
    text = page_of(finished).text
    assert "Winner: trial 0, test split not read yet" in text
    assert "Class by class" not in text


def test_a_winner_that_is_not_built_yet_shows_its_estimate(finished):
    write_json(finished / "winner" / "result.json", result(0, 1, int8_loss=0.41) | {"built": None})
    (finished / "winner" / "memory.json").unlink()
    text = page_of(finished).text
    assert "ROM 60,000 – –" in text
    assert "Memory by op" not in text


def test_estimated_stands_beside_built(finished):
    # 61200 / 60000
    assert "ROM 60,000 61,200 1.020" in page_of(finished).text


def test_class_scores_are_those_of_the_result(finished):
    text = page_of(finished).text
    assert "yes 25 88.0 % 88.0 % 88.0 %" in text
    assert TEST["per_class"]["recall"][3] == 0.8
    assert "25 100.0 % 80.0 % 88.9 %" in text


@pytest.mark.parametrize("missing", ["seed", "command", "labels", "budget", "versions"])
def test_an_older_study_json_without_a_key_still_gives_a_page(started, missing):
    write_json(started / "study.json", {k: v for k, v in INFO.items() if k != missing})
    assert "How to get this again" in page_of(started).text


def test_what_the_search_itself_cost_is_said(started):
    stats = {
        "rejected_total": 4210,
        "price_ms": {"n": 9, "median": 0.61, "p95": 1.0},
        "record_ms": {"n": 9, "median": 0.42, "p95": 0.9},
    }
    write_json(started / "search_stats.json", stats)
    text = page_of(started).text
    assert "4,210 were rejected untrained" in text
    assert "price one: 0.61 ms; to record one: 0.42 ms" in text


def test_seed_and_digest_are_found_where_the_search_keeps_them(started):
    data = {"name": "household", "synthetic": True}
    identity = {"seed": 11, "data_digest": "cd34"}
    kept = {key: value for key, value in INFO.items() if key != "seed"}
    write_json(started / "study.json", kept | {"data": data, "identity": identity})
    text = page_of(started).text
    assert "seed 11" in text
    assert "digest cd34" in text


def test_limits_and_boards_have_sections_when_they_are_given(finished):
    assert "Which limit binds" not in page_of(finished).text
    boards = BOARDS | {"boards": [board("<i>mine</i>", unit_price_usd=4.5), board("microbit")]}
    page = Page(write_report(finished, limits=LIMITS, boards=boards).read_text())
    assert "The limit that binds is RAM: 899 were over it" in page.text
    assert "RAM 50,000 899 700 +25.0 % 60.0 %" in page.text
    assert "The same trials on other boards" in page.text
    assert "<i>mine</i> cortex-m4 64.0 1,024 128 4.50 35 232 0.321" in page.text
    assert "RAM 50.0 %, latency 97.0 %" in page.text
    assert "i" not in page.tags
    assert page.loads == []


def test_limits_of_a_study_that_has_none_are_left_out(finished):
    page = Page(write_report(finished, limits=LIMITS | {"limits": []}).read_text())
    assert "Which limit binds" not in page.text
