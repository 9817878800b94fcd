"""The app: the way from part to part, what it tells of each, and the module. No browser."""

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from govstack_kit.widgets import app as module
from govstack_kit.widgets.app import PARTS, START, App
from govstack_kit.widgets.session import Session


def test_only_the_open_part_is_made_and_kept_up_to_date(fees):
    app = App(fees)
    assert [len(place.children) for place in app.widget.children[2:]] == [0] * len(PARTS)
    app.open("Define")
    assert [len(place.children) for place in app.widget.children[2:]].count(1) == 1
    app.open(START)
    assert not app.made["Define"].visible
    assert fees.notice == ""


def test_an_empty_plan_is_told_how_each_part_stands(tmp_path):
    app = App(Session(tmp_path / "new"))
    welcome = app.widget.children[1].state
    assert welcome["next"] == "Your plan"
    assert {part["state"] for part in welcome["parts"]} <= {"not started", "blocked", "in progress"}
    assert welcome["files"] == []
    assert app.session.notice == ""


def test_a_change_costs_nothing_for_the_parts_that_are_out_of_sight(fees):
    app = App(fees)
    app.open("Align")
    app.open("Define")
    app.made["Align"].questions = None  # whoever asks how it stands would fail
    fees.change("Rename", lambda plan: plan.set("plan", title="Another"))
    assert app.widget.children[0].state["plan"] == "Another"
    assert fees.notice == ""


def test_every_part_leads_on_to_the_next_and_the_last_back_to_the_start(fees):
    app, titles = App(fees), [*PARTS, START]
    for title, after in itertools.pairwise(titles):
        app.open(title)
        assert app.made[title].after[0] == after
        app.made[title].after[1]()
        assert app.opened == after


def test_a_page_that_comes_back_is_where_it_was(fees):
    app = App(fees)
    app.open("Define", 2)
    again = App(fees)
    told = app.widget.children[0].state
    again.open(told["open"], told["question"])
    assert again.made["Define"].current == 2
    app.open("nowhere")  # a page of an older version may name another part
    assert app.opened == "Define"


@pytest.fixture
def address(tmp_path):
    """Start the app as its command does, without a browser; yield its address with the token."""
    command = [sys.executable, "-m", "govstack_kit.cli", "app", str(tmp_path), "--no-browser"]
    own = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[-1]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read().endswith("The app has ended.\n")


def answer(url, **headers):
    until = time.monotonic() + 30
    while True:
        try:
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with opener.open(urllib.request.Request(url, headers=headers)) as found:  # noqa: S310
                return found.status, found.url, found.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, url, error.read().decode()
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_only_who_knows_the_token_is_let_in_and_only_by_the_name_of_this_computer(address):
    base, token = address.split("?token=")
    assert answer(base)[0] == 403
    assert "whole address" in answer(f"{base}?token=wrong")[2]
    assert answer(f"{base}?token=%C3%A9")[0] == 403
    assert answer(f"{base}alive")[0] == 403
    status, url, page = answer(address)
    assert status == 200
    assert token not in url
    assert '<html lang="en">' in page
    assert "user-scalable=no" not in page
    assert answer(address, Host="evil.example")[0] == 400


def test_the_token_is_the_same_at_the_next_start_and_nobody_else_can_read_it(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "user_data_path", lambda *_names, **_more: tmp_path / "deep")
    token = module.kept_token()
    assert module.kept_token() == token
    assert (tmp_path / "deep" / "app-token").stat().st_mode & 0o077 == 0
    (tmp_path / "deep" / "app-token").write_text("short")
    assert len(module.kept_token()) > 20
