"""The wheel is whole: away from the checkout, it has the data, the notebooks and the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


def python(*words, **options):
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel without the network and install it into a folder of its own."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    python("-c", build, wheels, cwd=ROOT)
    (wheel,) = wheels.glob("*.whl")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    python("-m", "pip", "install", *options, "--target", target, wheel)
    return target


@pytest.fixture
def away(installed, tmp_path):
    """Run Python with the installed wheel, in a folder outside the checkout."""
    env = os.environ | {"PYTHONPATH": str(installed)}
    return lambda *words: python(*words, cwd=tmp_path, env=env)


def test_the_installed_package_is_the_one_under_test(away, installed):
    where = away("-c", "import govstack_kit; print(govstack_kit.__file__)").strip()
    assert Path(where) == installed / "govstack_kit" / "__init__.py"


def test_the_wheel_has_all_data_and_notebooks(installed):
    for folder in ("data", "notebooks"):
        inside = installed / "govstack_kit" / folder
        wanted = [
            path.relative_to(ROOT / folder)
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix in {".csv", ".json", ".ipynb"}
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
        assert wanted
        for path in wanted:
            assert (inside / path).read_bytes() == (ROOT / folder / path).read_bytes()
    assert (installed / "govstack_kit" / "py.typed").is_file()
    assert (installed / "govstack_kit" / "__init__.pyi").is_file()


def test_the_wheel_has_what_the_widgets_and_the_app_are_shown_with(installed):
    folder = ROOT / "govstack_kit" / "widgets"
    inside = installed / "govstack_kit" / "widgets"

    def shown_with(place):
        return {
            path.relative_to(place): path.read_bytes()
            for path in place.rglob("*")
            if path.is_file() and path.suffix not in {".py", ".pyc"}
            if not any(part.startswith((".", "__")) for part in path.relative_to(place).parts)
        }

    wanted = shown_with(folder)
    named = ["app.js", "app.css", "guided.js", "guided.css", "explorer.js", "explorer.css"]
    assert {*map(Path, named)} <= set(wanted)
    assert shown_with(inside) == wanted


def test_load_reads_the_data_inside_the_wheel(away, installed):
    code = (
        "import govstack_kit; from govstack_kit.framework import installed\n"
        "print(installed.folder(), len(govstack_kit.load().sdg_targets))"
    )
    assert away("-c", code).split() == [str(installed / "govstack_kit" / "data"), "169"]


def test_new_copies_the_notebooks_inside_the_wheel(away, tmp_path):
    assert "govstack-kit lab mine" in away("-m", "govstack_kit.cli", "new", "mine")
    copies = sorted(path.relative_to(tmp_path / "mine") for path in tmp_path.rglob("*.ipynb"))
    assert Path("guided", "00-start-here.ipynb") in copies
    for path in copies:
        original = ROOT / "notebooks" / path
        assert (tmp_path / "mine" / path).read_bytes() == original.read_bytes()


def test_the_wheel_knows_its_version_and_command(away, installed):
    assert away("-m", "govstack_kit.cli", "--version").startswith("govstack-kit ")
    (entry,) = installed.glob("*.dist-info/entry_points.txt")
    assert "govstack-kit = govstack_kit.cli:main" in entry.read_text()
