"""Send a recording to the sketch `listen_serial`, as fast as it was spoken.

python send.py PORT FILE.wav

Needs Python 3 and pyserial. The recording is a WAV of one channel and 16 bit at the firmware's
rate; another one is refused, with a command that makes it fit.
"""

import sys
import time
import wave

RATE_HZ = 0  # of the firmware, which the export writes here
BAUD = 500_000
FRAME = 32  # samples


def main():
    """Read the recording first: what the firmware would not hear is not sent."""
    if len(sys.argv) != 3:
        sys.exit("usage: python send.py PORT FILE.wav")
    name, path = sys.argv[1:]
    samples = samples_of(path)
    try:
        import serial
    except ImportError:
        sys.exit("send.py needs pyserial: python -m pip install pyserial")
    try:
        port = serial.Serial(name, BAUD, timeout=0)
    except serial.SerialException as error:
        sys.exit(f"{name}: cannot be opened: {error}")
    send(port, samples)


def samples_of(path):
    """Return the bytes of the recording, or leave with a line that says what to do."""
    try:
        with wave.open(path) as clip:
            heard = clip.getframerate(), clip.getnchannels(), 8 * clip.getsampwidth()
            if heard == (RATE_HZ, 1, 16):
                return whole_frames(clip.readframes(clip.getnframes()), path)
        found = "{} Hz, {} channel(s), {} bit".format(*heard)
    except OSError as error:
        sys.exit(f"{path}: cannot be read: {error.strerror}")
    except (wave.Error, EOFError) as error:
        found = f"no plain WAV ({error})"
    sys.exit(
        f"{path}: {found}; the firmware hears {RATE_HZ} Hz, 1 channel, 16 bit: "
        f'ffmpeg -i "{path}" -ar {RATE_HZ} -ac 1 -c:a pcm_s16le converted.wav'
    )


def whole_frames(samples, path):
    """Return the samples with silence up to a whole frame, or leave where there are none."""
    if not samples:
        sys.exit(f"{path}: holds no samples; record it again")
    return samples + bytes(-len(samples) % (2 * FRAME))


def send(port, samples):
    """Send frames, numbered and summed, and print what the board says."""
    start = time.monotonic()
    for number in range(len(samples) // (2 * FRAME)):
        frame = samples[2 * FRAME * number : 2 * FRAME * (number + 1)]
        port.write(bytes([0xA5, 0x5A, number % 256]) + frame + bytes([sum(frame) % 256]))
        time.sleep(max(0.0, start + number * FRAME / RATE_HZ - time.monotonic()))
        show(port)
    time.sleep(1.0)
    show(port)


def show(port):
    """Print what came from the board."""
    sys.stdout.write(port.read(1000).decode(errors="replace"))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
