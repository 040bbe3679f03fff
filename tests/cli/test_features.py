"""``nas features``: what is printed and drawn, and that nothing heavy is loaded for it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from nas.cli import main
from tests.paths import REPOSITORY


@pytest.fixture
def chirp(tmp_path: Path) -> str:
    """A tone that rises from 300 to 6,000 Hz over one second."""
    time = np.arange(16_000) / 16_000
    path = tmp_path / "chirp <b>.wav"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * (300 * time + 2_850 * time**2)), 16_000)
    return str(path)


def said(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> tuple[str, str]:
    with pytest.raises(SystemExit) as left:
        main(("features", *words))
    streams = capsys.readouterr()
    assert left.value.code == code
    return streams.out, streams.err


def test_the_map_rises_with_the_tone(chirp: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, 0, chirp)
    lines = out.splitlines()
    assert err == ""
    assert lines[0].endswith("chirp <b>.wav: 1 s")
    assert "log_mel, 49 frames of 40 mels, 30/20 ms at 16,000 Hz" in lines
    assert any(line.startswith("against float64: 100 % of 1,960 values") for line in lines)
    drawn = [line.ljust(49) for line in lines[lines.index("") + 1 : -1]]
    assert len(drawn) == 20
    columns = ["".join(column).replace("%", "@") for column in zip(*drawn, strict=True)]
    loudest = [column.find("@") for column in columns]
    seen = [row for row in loudest if row >= 0]
    assert len(seen) > 40
    assert seen[0] > 15  # low bands are at the bottom
    assert seen[-1] < 4
    assert seen == sorted(seen, reverse=True)


def test_json_holds_settings_values_and_error(
    chirp: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = said(capsys, 0, chirp, "--json", "--set", "n_mels=16", "--set", "hop_ms=25")
    found = json.loads(out)
    assert found["settings"]["n_mels"] == 16
    assert (found["n_frames"], found["n_bins"]) == (39, 16)
    assert np.array(found["features"]).shape == (39, 16)
    assert found["scale"] == 1 / 32
    assert found["error"]["largest"] <= 3
    assert found["recorded_hz"] == 16_000
    assert found["plot"] is None


def test_a_page_and_a_picture_are_drawn(
    chirp: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page, picture = tmp_path / "out.html", tmp_path / "new" / "out.PNG"
    out, _ = said(capsys, 0, chirp, "--plot", str(page))
    assert out.endswith(f"plot: {page}\n")
    text = page.read_text()
    assert "<title>chirp &lt;b&gt;.wav: log_mel, 49 frames of 40 mels" in text
    assert "<b>" not in text.replace("<body", "")[-200_000:]
    assert text.count('"type":"heatmap"') == 3
    said(capsys, 0, chirp, "--plot", str(picture))
    with Image.open(picture) as image:
        assert image.format == "PNG"
        assert image.size[0] == 992
        assert len(image.getcolors(1 << 20) or []) > 50


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["--plot", "out.svg"], 2, "nas: --plot out.svg: a plot ends in .html or .png"),
        (["--kind", "nope"], 2, "nas: --kind nope: unknown; known: log_mel"),
        (["--set", "n_mels=0"], 2, "nas: --set n_mels=0: 0 is outside 8 to 128"),
        (["--plot"], 2, "requires an argument"),
    ],
)
def test_misuse_is_one_line(
    chirp: str, capsys: pytest.CaptureFixture[str], words: list[str], code: int, line: str
) -> None:
    out, err = said(capsys, code, chirp, *words)
    assert out == ""
    assert err.count("\n") == 1
    assert line in err


def test_a_missing_file_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, err = said(capsys, 3, "none.wav")
    assert err == "nas: none.wav: cannot be read: No such file or directory\n"


def test_nothing_heavy_is_loaded(chirp: str) -> None:
    code = (
        "import sys\nfrom nas.cli import main\n"
        f"try: main(['features', {chirp!r}, '--json'])\n"
        "except SystemExit as left: assert not left.code\n"
        "slow = {'tensorflow', 'tf_keras', 'optuna', 'pandas', 'plotly', 'PIL'}\n"
        "heavy = slow & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
