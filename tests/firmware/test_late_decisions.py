"""Samples come while the network runs: the application in simulated time, on this computer."""

import subprocess
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from nas.budget import Budget
from nas.cost import price
from nas.cost.latency import basis, hops
from nas.export.tree import export
from nas.tflite import read
from tests.export import toy
from tests.tools import require

HOP = toy.SETTINGS.hop_length
RATE = toy.SETTINGS.sample_rate_hz
DECISION_MS = 250
BLOCKS = (1, 160, 251, HOP)
SAMPLES = np.concatenate(toy.clips(30, seed=3))
CLOCKS = (4_000_000, 10_000_000)
"""Hz of a board on which a decision of the toy takes several hops."""
MAIN = """
#include <stdio.h>
#include <stdlib.h>
#include "nas.h"

#define FIRST (NAS_WIN_LENGTH + (NAS_RUN_IN_FRAMES + NAS_N_FRAMES - 1) * NAS_HOP_LENGTH)
#define STEP (NAS_DECISION_FRAMES * NAS_HOP_LENGTH)

static nas_app_t app;
static int16_t samples[1 << 20];
static unsigned ends[1 << 20]; /* time at which each sample that found room ended */
static size_t n_samples, block, decision, now, came, recorded;

/* The next block is there when its last sample is. */
static void pass(size_t time)
{
    now += time;
    while (came + block <= now && came + block <= n_samples) {
        const size_t taken = nas_app_record(&app, samples + came, block);
        for (size_t i = 0; i < taken; ++i) {
            ends[recorded++] = (unsigned)(came + i + 1);
        }
        came += block;
    }
}

void __real_nas_model_run(void);
void __wrap_nas_model_run(void);

void __wrap_nas_model_run(void)
{
    __real_nas_model_run();
    pass(decision);
}

static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    printf("%llu %u\\n", (unsigned long long)event->time, ends[FIRST + app.decisions * STEP - 1]);
}

int main(int argc, char **argv)
{
    (void)argc;
    decision = (size_t)atoi(argv[1]);
    block = (size_t)atoi(argv[2]);
    n_samples = fread(samples, sizeof(*samples), 1 << 20, stdin);
    nas_app_init(&app, on_event, NULL);
    app.listener.audio.lost = (uint32_t)atoi(argv[3]);
    while (came + block <= n_samples) {
        pass(came + block > now ? came + block - now : 0);
        nas_app_poll(&app);
    }
    printf("%u %u\\n", (unsigned)nas_app_lost(&app), (unsigned)(came - recorded));
    return 0;
}
"""


@dataclass(frozen=True)
class Ran:
    """What the application told: times of events, and what they are in truth."""

    events: list[tuple[int, int]]
    lost: int
    really_lost: int


def budget(clock_hz):
    device = {"core": "cortex-m4", "clock_hz": clock_hz, "reserved_sram_bytes": 0}
    device |= {"flash_bytes": 1 << 30, "sram_bytes": 1 << 30}
    limits = {"macs": 1}
    return Budget.model_validate(
        {"board": "any", "device": device, "limits": limits, "decision_ms": DECISION_MS}
    )


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The application with the ring priced for each clock, and with two hops (0)."""
    folder = tmp_path_factory.mktemp("late")
    (folder / "main.c").write_text(MAIN)
    model = folder / "model.tflite"
    model.write_bytes(toy.toy_model())
    costs = {hz: price(read(model).graph, toy.SETTINGS, budget(hz)) for hz in CLOCKS}
    rings = {hz: cost.parts["ram.audio_ring"] // (2 * HOP) for hz, cost in costs.items()} | {0: 2}
    return costs, {hz: program(folder / str(hz), ring) for hz, ring in rings.items()}


def program(folder, ring):
    tree = export(
        folder,
        model=toy.toy_model(),
        settings=toy.SETTINGS,
        labels=["a", "b", "c", "d"],
        golden=toy.clips(1),
        candidate=None,
        decision_ms=DECISION_MS,
        audio_ring_hops=ring,
    ).path
    areas = [tree / area for area in ("kernels", "frontend", "app", "generated")]
    sources = [str(p) for a in areas for p in a.glob("*.c") if p.name != "test_vectors.c"]
    places = [f"-I{tree / place}" for place in ("include", "generated", "app")]
    every = ["-DNAS_DETECTOR_WINDOW=1", "-DNAS_DETECTOR_REFRACTORY=0U"]  # an event a decision
    sanitize = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    command = [require("cc", package="gcc"), "-std=c99", *every, *sanitize, *places, *sources]
    out = str(folder / "program")
    wrap = "-Wl,--wrap=nas_model_run"
    subprocess.run([*command, str(folder.parent / "main.c"), wrap, "-o", out], check=True)
    return out


def ran(path, decision, block, lost_before=0):
    words = [path, str(round(decision)), str(block), str(lost_before)]
    done = subprocess.run(words, input=SAMPLES.tobytes(), capture_output=True, check=True)
    *events, (lost, really) = [tuple(map(int, row.split())) for row in done.stdout.splitlines()]
    return Ran(events, lost, really)


@pytest.mark.parametrize("clock_hz", CLOCKS)
def test_the_ring_that_was_priced_loses_nothing(programs, clock_hz):
    """The network takes the whole priced latency, and as much more as its basis expects."""
    costs, built = programs
    busy = costs[clock_hz].latency_ms * RATE / 1_000
    most = busy * (1 + basis(budget(clock_hz)).expected_error)
    assert 2 * HOP < busy < most < hops(toy.SETTINGS, DECISION_MS) * HOP
    for decision, block in product((busy, most), BLOCKS):
        found = ran(built[clock_hz], decision, block)
        assert (found.lost, found.really_lost) == (0, 0)
        assert len(found.events) > 10
        assert all(told == truth for told, truth in found.events)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("decision", [3 * HOP, 9 * HOP + 77, 40 * HOP])
def test_two_hops_lose_samples_which_are_counted_and_in_the_times(programs, decision, block):
    found = ran(programs[1][0], decision, block)
    assert found.lost == found.really_lost > 0
    assert len(found.events) > 5
    assert all(told == truth for told, truth in found.events)


def test_a_count_of_32_bits_that_begins_again_at_0_leaves_the_times_right(programs):
    """As if all but 5,000 of 2^32 samples had been lost before the start."""
    before = (1 << 32) - 5_000
    found = ran(programs[1][0], 9 * HOP, 160, before - (1 << 32))
    assert found.lost == found.really_lost - 5_000 > 0
    assert all(told == truth + before for told, truth in found.events)
