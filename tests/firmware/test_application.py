"""firmware/app on this computer: its events, its promises, its warnings."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nas.config import resource_dir
from nas.cost.compiler import CORES
from nas.detector import Detector
from nas.export.host_program import host_program, stream_events
from nas.export.run import Int8Model
from nas.export.tree import export
from nas.frontend import reference
from tests.export import toy
from tests.export.tones import HALF_FRAMES, LABELS, SETTINGS, tone, tones_model
from tests.tools import require

APP = sorted((resource_dir("firmware") / "app").glob("*.c"))
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror")
PERIOD = 13 * SETTINGS.hop_length
"""Decisions every 200 ms are 12.5 hops, so 13."""
LATE = """
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include "nas.h"

static nas_app_t app;
static int16_t samples[1 << 20];
static size_t n_samples, portion;
static volatile size_t heard;

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    printf("%llu %u %d %s\\n", (unsigned long long)event->time, (unsigned)event->class_index,
           event->score, event->label);
}

static void record(int signal_number)
{
    const size_t left = n_samples - heard;
    const size_t wanted = left < portion ? left : portion;
    const size_t room = nas_app_room(&app);
    (void)signal_number;
    heard += nas_app_record(&app, samples + heard, wanted < room ? wanted : room);
}

int main(int argc, char **argv)
{
    const struct itimerval often = {{0, 50}, {0, 50}};
    struct sigaction action = {0};
    portion = (size_t)atoi(argv[1]);
    n_samples = fread(samples, sizeof(*samples), 1 << 20, stdin);
    nas_app_init(&app, on_event, NULL);
    if (argc > 2) { /* a timer's interrupt records, whatever the main loop is at */
        action.sa_handler = record;
        action.sa_flags = SA_RESTART;
        sigaction(SIGALRM, &action, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
        while (heard < n_samples) {
            nas_app_poll(&app);
        }
    }
    while (heard < n_samples) {
        record(0);
        nas_app_poll(&app);
    }
    nas_app_poll(&app);
    return 0;
}
"""
BUSY = """
#include "nas.h"

static nas_app_t app;
static int16_t samples[NAS_AUDIO_RING_LENGTH];
void __real_nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples);
void __wrap_nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples);

void __wrap_nas_audio_ring_drop(nas_audio_ring_t *ring, size_t n_samples)
{
    __real_nas_audio_ring_drop(ring, n_samples);
    (void)nas_app_record(&app, samples, NAS_AUDIO_RING_LENGTH); /* the ring is never empty */
}

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    (void)event;
}

int main(void)
{
    nas_app_init(&app, on_event, NULL);
    for (int i = 0; i < 10; ++i) {
        (void)nas_app_record(&app, samples, NAS_AUDIO_RING_LENGTH);
        nas_app_poll(&app);
    }
    return app.decisions < 10U;
}
"""


def events(tree: Path, samples: np.ndarray, cache: Path) -> list[tuple[int, int, int]]:
    return list(stream_events(host_program(tree, cache), [samples.tobytes()]))


def int16(samples: np.ndarray) -> np.ndarray:
    return np.rint(samples * 32_768).astype(np.int16)


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    """Trees that hear tones, by window: one decision, and a mean of two."""
    require("cc", package="gcc")
    return tmp_path_factory.mktemp("tones")


def tones_tree(folder: Path, window: int) -> Path:
    out = folder / f"tree-{window}"
    if not out.exists():
        export(
            out,
            model=tones_model(),
            settings=SETTINGS,
            labels=LABELS,
            golden=toy.clips(1),
            candidate=None,
            decision_ms=200,
        )
        header = out / "generated/detector.h"
        changed = header.read_text().replace("WINDOW 2", f"WINDOW {window}")
        header.write_text(changed)
    return out


def two_tones():
    """Silence, low for 0.6 s, silence, high for 0.6 s, silence; and where the tones start."""
    rate = SETTINGS.sample_rate_hz
    gap = [np.zeros(round(seconds * rate)) for seconds in (1.137, 1.511, 1.0)]
    parts = [gap[0], tone("low", 0.6), gap[1], tone("high", 0.6), gap[2]]
    starts = [len(gap[0]), len(gap[0]) + round(0.6 * rate) + len(gap[1])]
    return int16(np.concatenate(parts)), starts


def test_events_have_the_times_of_the_tones(tones):
    """A tone wins when its window holds 16.5 frames of it: that is the truth, from its start."""
    samples, starts = two_tones()
    found = events(tones_tree(tones, 1), samples, tones)
    assert [index for _, index, _ in found] == [0, 1]
    for (time, _, _), start in zip(found, starts, strict=True):
        truth = start + HALF_FRAMES * SETTINGS.hop_length + SETTINGS.win_length / 2
        assert abs(time - truth) <= PERIOD
        first = SETTINGS.win_length + (SETTINGS.n_frames - 1) * SETTINGS.hop_length
        assert (time - first) % PERIOD == 0  # the end of a window that was decided on


def test_a_mean_of_two_decisions_comes_one_decision_later(tones):
    samples, _ = two_tones()
    one, two = (events(tones_tree(tones, window), samples, tones) for window in (1, 2))
    assert [time + PERIOD for time, _, _ in one] == [time for time, _, _ in two]


def test_a_lasting_tone_fires_once_in_a_refractory_time(tones):
    """1,000 ms are 4.8 decisions of 208 ms, so four are quiet and the fifth may fire."""
    times = [t for t, _, _ in events(tones_tree(tones, 2), int16(tone("low", 6.0)), tones)]
    assert len(times) >= 4
    assert {b - a for a, b in pairwise(times)} == {5 * PERIOD}


def test_silence_never_fires(tones):
    assert events(tones_tree(tones, 1), np.zeros(80_000, np.int16), tones) == []


def noise(count=12, seed=3):
    return np.concatenate(toy.clips(count, seed=seed))


def expected(samples):
    """Events of the reference side: NumPy front end, LiteRT, the Python twin of the detector."""
    settings = toy.SETTINGS
    first = settings.win_length + (settings.n_frames - 1) * settings.hop_length
    ends = range(first, len(samples) + 1, PERIOD)
    windows = np.stack([np.pad(samples[end - first : end], (0, 8_000 - first)) for end in ends])
    outputs = Int8Model(toy.toy_model()).predict(reference.features(windows, settings))
    detector = Detector([0, 0, 0, 0], window=2, refractory=4)
    fired = [(end, detector.push(row.tolist())) for end, row in zip(ends, outputs, strict=True)]
    return [(end, *one) for end, one in fired if one]


def test_a_stream_gives_the_events_of_the_reference_side(tree, tmp_path):
    require("cc", package="gcc")
    samples = noise(40)
    wanted = expected(samples)
    assert len(wanted) > 5
    assert events(tree.path, samples, tmp_path) == wanted


@pytest.fixture(scope="module")
def late(tree, tmp_path_factory):
    """The application fed in portions by its main loop or by a timer."""
    return sanitized(tree, tmp_path_factory.mktemp("late"), LATE)


def sanitized(tree, folder, text, *options):
    """Return a program of the tree's sources and `text`, under the sanitizers."""
    (folder / "main.c").write_text(text)
    areas = [tree.path / area for area in ("kernels", "frontend", "app", "generated")]
    sources = [str(p) for a in areas for p in a.glob("*.c") if p.name != "test_vectors.c"]
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    sanitize = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    program = str(folder / "program")
    compiler = require("cc", package="gcc")
    command = [compiler, "-std=c99", *sanitize, *places, *sources, str(folder / "main.c")]
    subprocess.run([*command, *options, "-o", program], check=True)
    return program


@pytest.mark.parametrize(
    "words", [["1"], ["100"], ["256"], ["511"], ["5000"], ["64", "timer"], ["700", "timer"]]
)
def test_portions_and_interrupts_change_nothing(late, words):
    samples = noise()
    done = subprocess.run(
        [late, *words], input=samples.tobytes(), capture_output=True, check=True, timeout=120
    )
    assert not done.stderr
    labels = ["yes", "no", 'qu"ote??/', "ünknown"]
    wanted = [f"{t} {index} {score} {labels[index]}" for t, index, score in expected(samples)]
    assert done.stdout.decode().splitlines() == wanted


def test_a_poll_returns_where_the_network_is_too_slow(tree, tmp_path):
    """Its caller has other things to do: to report lost samples, to feed a watchdog."""
    program = sanitized(tree, tmp_path, BUSY, "-Wl,--wrap=nas_audio_ring_drop")
    subprocess.run([program], check=True, timeout=120)


@pytest.mark.parametrize("compiler", ["gcc", "clang", *sorted(CORES)])
def test_no_warning_with_any_compiler(tree, tmp_path, compiler):
    core = CORES.get(compiler)
    package = core.package.split(" and ")[0] if core else compiler
    command = [require(core.compiler if core else compiler, package=package)]
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    for level in ("-O0", "-O2", "-Os"):
        for source in APP:
            words = [*(core.flags if core else ()), *WARNINGS, level, *places, "-c", str(source)]
            out = str(tmp_path / "object.o")
            done = subprocess.run([*command, *words, "-o", out], capture_output=True, check=False)
            assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(("window", "right"), [("0", False), ("65536", False), ("65535", True)])
def test_a_window_that_cannot_work_does_not_compile(tree, tmp_path, window, right):
    compiler = require("cc", package="gcc")
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    out = ["-c", str(tree.path / "app/application.c"), "-o", str(tmp_path / "object.o")]
    command = [compiler, *WARNINGS, f"-DNAS_DETECTOR_WINDOW={window}", *places, *out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is right, done.stderr
    assert right or "nas_detector_window_is_1_to_65535" in done.stderr


def test_a_cpp_application_includes_it(tree, tmp_path):
    """Arduino's sketches are C++; what is C must be linked as C."""
    compiler = require("g++", package="g++")
    source = tmp_path / "sketch.cpp"
    source.write_text(
        '#include "nas.h"\nstatic nas_app_t app;\n'
        "int main() { nas_app_init(&app, nullptr, nullptr); nas_app_poll(&app); }\n"
    )
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    out = tmp_path / "sketch.o"
    command = [compiler, "-std=c++11", *WARNINGS[1:], *places, "-c", str(source), "-o", str(out)]
    subprocess.run(command, check=True)
    undefined = subprocess.run(["nm", "-u", str(out)], check=True, capture_output=True, text=True)
    assert {"nas_app_init", "nas_app_poll"} <= set(undefined.stdout.split())


def test_nothing_is_asked_of_a_library_but_copies(tree, tmp_path):
    """No heap, no stdio, no floats: all that a Cortex-M0 build of a tree leaves undefined."""
    core = CORES["cortex-m0"]
    compiler = require(core.compiler, package="gcc-arm-none-eabi")
    names = ("kernels", "frontend", "app")
    sources = [str(p) for name in names for p in (tree.path / name).glob("*.c")]
    sources += [
        str(tree.path / f"generated/{name}.c") for name in ("model", "labels", "frontend_tables")
    ]
    places = [f"-I{tree.path / place}" for place in ("include", "generated", "app")]
    out = str(tmp_path / "all.o")
    flags = ["-std=c99", "-O2", *core.flags, "-nostdlib", "-r", *places]
    subprocess.run([compiler, *flags, *sources, "-o", out], check=True)
    nm = ["arm-none-eabi-nm", "-u", out]
    listed = subprocess.run(nm, check=True, capture_output=True, text=True).stdout.split()
    undefined = {name for name in listed if name != "U"}
    whole_numbers = re.compile(r"__aeabi_(u?[il]div(mod)?|uldivmod|ldivmod|lmul|l(lsl|lsr|asr))")
    helpers = re.compile(r"__gnu_thumb1_case_\w+|__clz[sd]i2")
    rest = {n for n in undefined if not (whole_numbers.fullmatch(n) or helpers.fullmatch(n))}
    assert rest <= {"memcpy", "memset", "memmove"}
