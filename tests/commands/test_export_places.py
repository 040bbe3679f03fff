"""Exports into places that do not take them: right, or one line and nothing half-written."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nas.commands.export import export_model
from nas.config import resource_dir
from nas.errors import ConfigError
from tests.export.toy import toy_model

REPOSITORY = Path(__file__).parents[2]
NOBODY = 65_534
RUN = """
import os, resource, sys
from nas.cli import main
limit, user = int(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
if user:
    try:  # imports all there is, which another user may not read
        main(["export", sys.argv[3], os.path.dirname(sys.argv[3]) + "/before"])
    except SystemExit as left:
        assert left.code == 0, left.code
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
main(["export", *sys.argv[3:]])
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(toy_model())
    return path


def export(model, out, *, limit=0, user=0, **environment):
    """Run the command in a process of its own; return its exit code and stderr."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(limit), str(user), str(model), str(out)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def check_refused(done, folder, *left):
    """Hold that one line was said, and that `folder` holds `left` alone."""
    code, said = done
    errors = [line for line in said.splitlines() if line.startswith("nas: ")]
    assert code == 2, said
    assert len(errors) == 1
    assert "cannot be written" in errors[0]
    assert sorted(path.name for path in folder.iterdir()) == sorted(left)


def test_no_space_for_a_large_file(tmp_path, model):
    """RLIMIT_FSIZE: model.tflite fits, the vectors do not."""
    (tmp_path / "place").mkdir()
    done = export(model, tmp_path / "place/out", limit=6_000)
    check_refused(done, tmp_path / "place")
    assert "File too large" in done[1]


def test_no_space_for_what_a_runtime_is_asked(tmp_path, model):
    """The folder is not to blame: the model does not fit where temporary files go."""
    (tmp_path / "place").mkdir()
    code, said = export(model, tmp_path / "place/out", limit=1_000, TMPDIR=str(tmp_path))
    assert code == 1
    last = said.splitlines()[-1]
    assert last.startswith(f"nas: {tmp_path}/tmp")
    assert last.endswith(": File too large; raise the limit of file sizes (ulimit -f)")
    assert not list((tmp_path / "place").iterdir())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount")
def test_a_full_file_system(tmp_path, model):
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        done = export(model, place / "out")
        check_refused(done, place)
        assert "No space left" in done[1]
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_folder_of_someone_else():
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        place, model = Path(name, "place"), Path(name, "model.tflite")
        place.mkdir(mode=0o755)
        (place / "thesis.txt").write_text("mine")
        model.write_bytes(toy_model())
        done = export(model, place / "out", user=NOBODY, TMPDIR=tempfile.gettempdir())
        check_refused(done, place, "thesis.txt")
        assert "Permission denied" in done[1]


@pytest.mark.skipif(os.getuid() == 0, reason="root writes where it may not")
def test_a_read_only_folder(tmp_path, model):
    place = tmp_path / "place"
    place.mkdir(mode=0o555)
    check_refused(export(model, place / "out"), place)


@pytest.mark.parametrize(
    "name", ["with space", "größe ✓", "quo'te", '"double"', "-dash", "$HOME;ls", "tab\there"]
)
def test_names_that_shells_dislike(tmp_path, model, name):
    """The tree is whole; make takes blanks nowhere in paths, so it runs inside the folder."""
    out = tmp_path / name / "out put"
    tree = export_model(model, out)
    assert tree.path == out
    done = subprocess.run(["make", "-s"], cwd=out, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "8 vectors of the network equal" in done.stdout


def test_a_relative_place(tmp_path, model, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export_model(model, Path("out"))
    assert (tmp_path / "here/out/Makefile").is_file()
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["out"]


def test_the_current_folder(tmp_path, model, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export_model(model, Path())
    assert (tmp_path / "here/Makefile").is_file()


@pytest.mark.parametrize("kind", ["file", "folder", "tree"])
def test_what_is_there_is_kept(tmp_path, model, kind):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "folder":
        out.mkdir()
        (out / "thesis.txt").write_text("mine")
    else:
        export_model(model, out)
        (out / "notes.txt").write_text("mine")
    before = sorted(path.name for path in out.iterdir()) if out.is_dir() else out.read_text()
    with pytest.raises(ConfigError, match="is there already"):
        export_model(model, out)
    after = sorted(path.name for path in out.iterdir()) if out.is_dir() else out.read_text()
    assert after == before


def test_a_file_in_the_way(tmp_path, model):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="cannot be written"):
        export_model(model, tmp_path / "file/out")


def test_a_name_that_is_too_long(tmp_path, model):
    with pytest.raises(ConfigError, match="cannot be written: File name too long"):
        export_model(model, tmp_path / ("x" * 250))


@pytest.mark.parametrize("part", ["x" * 5_000, "/".join(["deep"] * 1_500)], ids=["name", "path"])
def test_a_path_of_thousands_of_letters_is_shown_in_part(tmp_path, model, part):
    with pytest.raises(ConfigError, match="cannot be written: File name too long") as caught:
        export_model(model, tmp_path / part)
    assert len(str(caught.value)) < 500
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.tflite"]


def test_folders_above_are_not_left_either(tmp_path, model):
    with pytest.raises(ConfigError, match="cannot be written"):
        export_model(model, tmp_path / "new/er" / ("x" * 250))
    assert [path.name for path in tmp_path.iterdir()] == ["model.tflite"]


def test_not_into_the_sources(tmp_path, model, monkeypatch):
    """A copy that holds its own target would copy itself without end."""
    monkeypatch.setattr("nas.config.resource_dir", lambda _: tmp_path)
    with pytest.raises(ConfigError, match="lies inside"):
        export_model(model, tmp_path / "deep/out")
    assert [path.name for path in tmp_path.iterdir()] == ["model.tflite"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/tmp/elsewhere"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EMFILE, "Too many open files", "/lib/libc.so"),
    ],
    ids=["a file elsewhere", "no file", "a library"],
)
def test_an_error_elsewhere_is_not_laid_on_the_folder(tmp_path, model, monkeypatch, error):
    """Before anything is written to it, as where a runtime asked for outputs has no room."""

    def full(*_):
        raise error

    monkeypatch.setattr("nas.export.network_tree.reference_outputs", full)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the very one
        export_model(model, tmp_path / "out")
    assert caught.value is error


def test_a_source_that_cannot_be_read_is_named(tmp_path, model, monkeypatch):
    """`shutil` gathers errors: the first one is told, of the file that it is about."""
    sources = tmp_path / "sources"
    shutil.copytree(resource_dir("firmware"), sources / "firmware")
    (sources / "firmware/kernels/mean_s8.c").unlink()
    (sources / "firmware/kernels/mean_s8.c").symlink_to("nothing.c")
    monkeypatch.setattr("nas.config.resource_dir", lambda name: sources / name)
    with pytest.raises(FileNotFoundError) as caught:
        export_model(model, tmp_path / "out")
    assert caught.value.filename == str(sources / "firmware/kernels/mean_s8.c")
    assert not (tmp_path / "out").exists()


def test_files_are_on_the_disk_before_the_rename(tmp_path, model, monkeypatch):
    """Each file and folder of the tree is synced, and then the folder that holds its name."""
    synced, renamed = [], []
    sync, swap = os.fsync, Path.replace

    def noted(descriptor):
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    def swapped(self, target):
        if self.name == "new":
            names = {str(path).split("/new/", 1)[1] for path in synced if "/new/" in str(path)}
            there = {str(path.relative_to(self)) for path in self.rglob("*")}
            renamed.append(there - names)
        return swap(self, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", swapped)
    export_model(model, tmp_path / "out")
    assert renamed == [set()]
    assert synced[-1] == tmp_path
