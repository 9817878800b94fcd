"""environment.yml and constraints.txt say the same as pyproject.toml."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from govstack_kit.errors import EXTRAS

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMES_ON_CONDA_FORGE = {
    "lazy-loader": "lazy_loader",
    "playwright": "playwright-python",  # conda-forge's "playwright" is the Node.js program
}


def declared() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"]
    texts = [*PROJECT["dependencies"], *extras["test"]]
    texts += [text for name in ("notebooks", "app", "select", "upstream") for text in extras[name]]
    found = {text: Requirement(text) for text in texts if not text.startswith(PROJECT["name"])}
    return list(found.values())


def test_a_light_core_comes_without_notebooks_solver_and_readers_of_upstream():
    core = {Requirement(text).name for text in PROJECT["dependencies"]}
    assert core.isdisjoint({"jupyterlab", "ipywidgets", "solara", "scipy", "highspy", "pooch"})


def test_every_package_of_an_extra_is_known_to_the_sentence_that_names_it():
    roots = {"markdown-it-py": "markdown_it", "beautifulsoup4": "bs4", "PyYAML": "yaml"}
    known = {root for extra in EXTRAS.values() for root in extra}
    for name in ("notebooks", "app", "select", "upstream"):
        texts = PROJECT["optional-dependencies"][name]
        packages = {Requirement(text).name for text in texts} - {PROJECT["name"]}
        assert {roots.get(package, package) for package in packages} <= known, name


def conda() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pinned() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [canonicalize_name(pin.name) for pin in pins]
    assert len(set(names)) == len(names), "constraints.txt names a package twice"
    return dict(zip(names, pins, strict=True))


def test_conda_asks_for_the_same_packages_and_versions():
    found = {entry for entry in conda()["dependencies"] if isinstance(entry, str)}
    wanted = {
        f"{NAMES_ON_CONDA_FORGE.get(item.name, item.name.lower())}{item.specifier}"
        for item in declared()
        if item.name != "solara"  # by pip: conda-forge has only parts of it
    }
    assert found == wanted | {"pip", f"python{PROJECT['requires-python']}"}


def test_conda_takes_everything_from_conda_forge_and_the_kit_from_the_checkout():
    environment = conda()
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["dependencies"][-1] == {"pip": ["-e .[app]"]}


@pytest.mark.parametrize("item", declared(), ids=lambda item: item.name)
def test_every_dependency_is_pinned_within_its_bounds(item):
    pin = pinned().get(canonicalize_name(item.name))
    assert pin, f"constraints.txt does not pin {item.name}"
    (exact,) = pin.specifier
    assert exact.operator == "=="
    assert item.specifier.contains(exact.version)


def test_every_pin_is_exact():
    loose = [
        str(pin)
        for pin in pinned().values()
        if [specifier.operator for specifier in pin.specifier] != ["=="]
    ]
    assert loose == []
