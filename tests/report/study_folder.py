"""A small study folder written by hand: every figure in it is a plain number chosen here."""

import json

LABELS = ["yes", "no", "<b>bold</b>", "</script><script>alert(1)</script>"]
HEADER = (
    "trial,state,pruned_by,family,val_loss,val_accuracy,rom_bytes,ram_bytes,macs,constant_bytes,"
    "arena_bytes,rung,epochs,seconds"
)
TRIALS = [
    "0,COMPLETE,,ds_cnn,0.40,0.88,60000,40000,900000,20000,16000,2,27,31.5",
    "1,PRUNED,budget:macs,ds_cnn,,,90000,50000,9000000,40000,30000,,,",
    "2,PRUNED,budget:rom_bytes,conv1d,,,300000,52000,3000000,260000,20000,,,",
    "3,PRUNED,budget:macs,conv1d,,,70000,48000,7000000,40000,20000,,,",
    "4,PRUNED,rung,conv1d,1.20,0.55,40000,30000,300000,9000,8000,0,3,4.0",
    "5,COMPLETE,,conv1d,0.60,0.80,40000,30000,400000,9000,8000,2,27,20.0",
    "6,COMPLETE,,ds_cnn,0.45,0.86,80000,60000,950000,25000,18000,2,27,33.0",
    "7,PRUNED,duplicate,ds_cnn,,,60000,40000,900000,20000,16000,,,",
]
COST = {
    "rom_bytes": 60000,
    "ram_bytes": 40000,
    "macs": 900000,
    "constant_bytes": 20000,
    "arena_bytes": 16000,
    "peak_activation_bytes": 15000,
    "parts": {"rom.weights": 18000},
}
BUILT = {
    "rom_bytes": 61200,
    "ram_bytes": 40000,
    "macs": 900000,
    "constant_bytes": 20000,
    "model_bytes": 41000,
    "arena_bytes": 16000,
}
CANDIDATE = {
    "family": "ds_cnn",
    "frontend": {
        "kind": "log_mel",
        "sample_rate_hz": 16000,
        "clip_ms": 1000,
        "window_ms": 30,
        "hop_ms": 20,
        "n_mels": 40,
        "fmin_hz": 80,
        "fmax_hz": 7600,
    },
    "network": {"width": 32},
    "training": {"learning_rate": 0.001},
}
TEST = {
    "float_accuracy": 0.91,
    "int8_accuracy": 0.9,
    "n": 100,
    "interval": [0.8256, 0.9448],
    "confusion": [[22, 3, 0, 0], [2, 23, 0, 0], [0, 0, 25, 0], [1, 4, 0, 20]],
    "per_class": {
        "precision": [0.88, 0.767, 1.0, 1.0],
        "recall": [0.88, 0.92, 1.0, 0.8],
        "f1": [0.88, 0.836, 1.0, 0.889],
    },
}
CURVE = [
    {"epoch": e, "train_loss": 2.0 / e, "val_loss": 2.2 / e, "val_accuracy": 1 - 0.6 / e}
    for e in range(1, 21)
]
MEMORY = [
    ("conv_2d", "stem", [25, 20, 16], 288000, 1600, 9000),
    ("depthwise_conv_2d", "block_1_depthwise", [25, 20, 16], 72000, 208, 16000),
    ("conv_2d", "block_1_pointwise", [25, 20, 32], 256000, 640, 15000),
    ("mean", "pool", [32], 0, 0, 12032),
    ("fully_connected", "logits", [4], 128, 144, 36),
    ("softmax", "softmax", [4], 0, 0, 8),
]
INFO = {
    "study": "demo",
    "command": "nas search --budget esp32.yaml --data <b>mine</b>",
    "seed": 7,
    "versions": {"nas": "0.1.0", "tensorflow": "2.21.0"},
    "data": {
        "name": "household",
        "digest": "ab12",
        "synthetic": True,
        "same_speaker": False,
        "clips": {"train": 300, "validation": 100, "test": 100},
    },
    "labels": LABELS,
    "budget": {
        "board": "esp32",
        "limits": {
            "rom_bytes": 262144,
            "ram_bytes": 98304,
            "macs": 6000000,
            "constant_bytes": None,
        },
    },
}


def result(trial, seed, *, int8_loss, int8_accuracy=0.88, test=None):
    return {
        "trial": trial,
        "seed": seed,
        "candidate": CANDIDATE,
        "labels": LABELS,
        "float": {"val_loss": 0.39, "val_accuracy": 0.89},
        "int8": {"val_loss": int8_loss, "val_accuracy": int8_accuracy},
        "test": test,
        "curve": CURVE,
        "estimated": COST,
        "built": BUILT,
        "seconds": 60.0,
    }


def winner(**more):
    """Return the winner's result: it and finalist 6 tied."""
    return result(0, 1, int8_loss=0.41, test=TEST) | {"tied": ["0-s1", "6-s1"]} | more


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def write_started(folder):
    """Write what a study leaves when it is stopped before its finalists."""
    write_json(folder / "study.json", INFO)
    (folder / "trials.csv").write_text("\n".join([HEADER, *TRIALS]) + "\n")
    (folder / "front.csv").write_text("\n".join([HEADER, TRIALS[5], TRIALS[0]]) + "\n")
    return folder


def write_finished(folder):
    """Write a study with three finalists and a winner."""
    write_started(folder)
    finalists = [
        result(0, 1, int8_loss=0.41),
        result(5, 1, int8_loss=0.62, int8_accuracy=0.80),
        result(6, 1, int8_loss=0.43, int8_accuracy=0.87),
    ]
    for one in finalists:
        write_json(folder / "finalists" / f"{one['trial']}-s{one['seed']}" / "result.json", one)
    write_json(folder / "winner" / "result.json", winner())
    keys = ("op", "name", "output_shape", "macs", "constant_bytes", "live_bytes")
    ops = [dict(zip(keys, row, strict=True)) for row in MEMORY]
    write_json(folder / "winner" / "memory.json", ops)
    return folder
