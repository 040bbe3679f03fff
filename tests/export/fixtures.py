import pytest

from nas.export.tree import export
from tests.export.toy import SETTINGS, clips, toy_model


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """An exported tree of the toy network, not built."""
    return export(
        tmp_path_factory.mktemp("export") / "firmware",
        model=toy_model(),
        settings=SETTINGS,
        labels=["yes", "no", 'qu"ote??/', "ünknown"],
        golden=clips(3),
        candidate={"family": "toy"},
        decision_ms=200,
    )


@pytest.fixture(scope="session")
def built_tree(tree):
    """The same tree, built and verified."""
    import subprocess

    from tests.tools import require

    require("cc", package="gcc")
    make = require("make", package="make")
    subprocess.run([make, "-C", str(tree.path)], check=True, capture_output=True)
    return tree.path
