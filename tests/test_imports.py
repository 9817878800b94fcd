"""Importing the kit is quick, quiet and touches nothing."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import govstack_kit

HEAVY = ["matplotlib", "ipywidgets", "IPython", "scipy", "sklearn", "networkx", "frictionless",
         "pyarrow", "jupyterlab", "typer", "pandas"]  # fmt: skip
ROOMS = [
    "framework",
    "interfaces",
    "planning",
    "selection",
    "tables",
    "upstream",
    "views",
    "widgets",
]


def python(code, *options):
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_import_loads_nothing_heavy_and_reads_no_data():
    code = f"""
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import govstack_kit
print([name for name in {HEAVY!r} if name in sys.modules])
print([name for name in opened if name.endswith((".csv", "datapackage.json"))])
"""
    assert python(code).split() == ["[]", "[]"]


def test_load_and_tables_need_neither_graph_nor_figures():
    code = f"""
import sys, govstack_kit
framework = govstack_kit.load()
govstack_kit.reuse(framework, "building_block")
print([name for name in {HEAVY[:-1]!r} if name in sys.modules])
"""
    assert python(code, "-W", "error").strip() == "[]"


@pytest.mark.parametrize("name", govstack_kit.__all__)
def test_public_names_exist(name):
    assert getattr(govstack_kit, name).__doc__
    assert name in dir(govstack_kit)


def test_public_names_are_those_of_the_stub():
    stub = ast.parse(Path(govstack_kit.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    (listed,) = (
        ast.literal_eval(node.value)
        for node in stub.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert {*listed, *ROOMS} == set(govstack_kit.__all__)
    assert len(listed) <= 60
    assert listed == sorted(listed)


def test_unknown_public_name():
    with pytest.raises(AttributeError, match="sensitivty"):
        govstack_kit.sensitivty  # noqa: B018 - what is tested
    with pytest.raises(AttributeError, match="Did you mean roadmap"):
        govstack_kit.raodmap  # noqa: B018 - what is tested


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_list_what_they_have(room):
    module = getattr(govstack_kit, room)
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name).__doc__, name


@pytest.mark.parametrize("name", govstack_kit.__all__)
def test_public_functions_are_explained_with_an_example(name):
    function = getattr(govstack_kit, name)
    if not inspect.isfunction(function):
        return
    text = inspect.getdoc(function)
    takes = ["Parameters\n---"] if inspect.signature(function).parameters else []
    for section in (*takes, "Returns\n---", "Examples\n---", ">>> "):
        assert section in text, section
    for parameter in inspect.signature(function).parameters:
        assert parameter in text, parameter


def test_arguments_of_another_kind_are_refused_in_a_sentence(framework):
    plan = govstack_kit.Plan.demonstration()
    calls = [
        lambda: govstack_kit.roadmap(plan, framework),
        lambda: govstack_kit.business_case(plan, framework),
        lambda: govstack_kit.compare_options(framework, plan, plan),
        lambda: govstack_kit.guide_align(plan),
        lambda: govstack_kit.guide_define("plan"),
    ]
    for call in calls:
        with pytest.raises(govstack_kit.GovStackKitError, match=r"not (this|'plan')"):
            call()
