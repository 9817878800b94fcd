"""The app: all parts as tabs, and the command that serves it. No browser."""

import pytest

from govstack_kit.widgets import app
from govstack_kit.widgets.session import VARIABLE


def test_only_the_open_part_is_made_and_kept_up_to_date(fees, monkeypatch):
    monkeypatch.setattr(app, "PARTS", {k: app.PARTS[k] for k in ("Your plan", "Define")})
    tabs = app.tabs(fees)
    assert [len(place.children) for place in tabs.children] == [1, 0]
    tabs.selected_index = 1
    assert [len(place.children) for place in tabs.children] == [1, 1]
    assert fees.notice == ""


@pytest.mark.parametrize("folder", ["guided", "."])
def test_the_command_listens_here_only_and_asks_for_a_token(tmp_path, folder):
    arguments, environment = app.command(tmp_path / folder, 8866, "secret")
    assert "--Voila.ip=127.0.0.1" in arguments
    assert "--Voila.port=8866" in arguments
    assert not any("secret" in argument for argument in arguments)  # others can read these
    assert environment["JUPYTER_TOKEN"] == "secret"  # noqa: S105
    assert environment[VARIABLE] == str(tmp_path / "my-plans")
    assert app.address(8866, "secret").endswith("?token=secret")
