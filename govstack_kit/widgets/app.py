"""All guided parts as one page without code, and the server that shows it on this computer.

Definitions
-----------
The *app* is a notebook of one cell, shown by Voilà with a page of the kit's own that asks nothing
of the network. It listens on this computer only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit.widgets import places

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets

    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Wizard

NOTEBOOK = Path(__file__).with_name("app.ipynb")
PAGES = Path(__file__).with_name("jupyter")  # Voilà looks for templates in there
TEMPLATE = "govstack"
LEFT = 300  # seconds after which a kernel ends that no page is connected to


class _Tabs:
    """The parts as tabs, each made when it is opened first; only the open one is kept current."""

    def __init__(self, session: Session) -> None:
        import ipywidgets  # noqa: PLC0415 - heavy, and only needed where a widget is shown

        from govstack_kit.widgets import (  # noqa: PLC0415
            align,
            costing,
            define,
            mapping,
            phasing,
            plans,
            ranking,
            selecting,
        )

        self._made: dict[int, Wizard] = {}
        self._session = session
        self._parts: dict[str, Callable[[Session], Wizard]] = {
            "Your plan": plans.wizard,
            "Prioritise": ranking.wizard,
            "Define": define.wizard,
            "Align": align.wizard,
            "Map": mapping.wizard,
            "Select": selecting.wizard,
            "Costs": costing.wizard,
            "Roadmap": phasing.wizard,
        }
        places_ = [ipywidgets.VBox() for _ in self._parts]
        self.widget = ipywidgets.Tab(children=places_, titles=list(self._parts))
        self.widget.add_class("gsk-tabs")
        self.widget.observe(
            session.guard(lambda change: self.open(change["new"])), names="selected_index"
        )
        self.widget.selected_index = 0
        self.open(0)

    def open(self, place: int | None) -> None:
        """Show a part."""
        for wizard in self._made.values():
            wizard.visible = False
        if place is None:
            return
        if place not in self._made:
            from govstack_kit.widgets import parts, waiting  # noqa: PLC0415 - heavy, as above

            self.widget.children[place].children = [parts.html(waiting.NOTE)]
            self._made[place] = list(self._parts.values())[place](self._session)
            self.widget.children[place].children = [self._made[place].widget]
        self._session.refresh()
        self._made[place].reveal()


def tabs(session: Session) -> ipywidgets.Tab:
    """Return all guided parts as tabs.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> list(tabs(gk.open_session("nowhere/plan")).titles)
    ['Your plan', 'Prioritise', 'Define', 'Align', 'Map', 'Select', 'Costs', 'Roadmap']
    """
    return _Tabs(session).widget


def app() -> ipywidgets.Tab:
    """Return the app: all guided parts on the plan of the folder that the command was given."""
    from govstack_kit.widgets.models import Session  # noqa: PLC0415 - loads the tables

    return tabs(Session())


def command(folder: Path, port: int, *, browser: bool) -> tuple[list[str], dict[str, str]]:
    """Return the command that serves the app, and its environment.

    Parameters
    ----------
    folder
        The folder with the team's notebooks or plans.
    port
        Where to listen, on this computer only.
    browser
        Whether to open a browser.
    """
    options = [
        "--Voila.ip=127.0.0.1",  # only this computer can reach it, so it needs no token
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        f"--Voila.open_browser={browser}",
        "--Voila.log_level=ERROR",
        f"--VoilaConfiguration.template={TEMPLATE}",
        "--VoilaConfiguration.theme=light",
        "--VoilaConfiguration.allow_template_override=NO",
        "--VoilaConfiguration.allow_theme_override=NO",
        "--VoilaConfiguration.strip_sources=True",
        f"--MappingKernelManager.cull_idle_timeout={LEFT}",  # a page that was closed leaves its own
        f"--MappingKernelManager.cull_interval={LEFT // 5}",
    ]
    if os.name != "nt":  # nobody else on this computer can listen, and no port is taken
        options.append("--KernelManager.transport=ipc")
    paths = {
        name: os.pathsep.join([str(PAGES), *filter(None, [os.environ.get(name)])])
        for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")  # the page; that no other host may ask
    }
    environment = {
        **os.environ,
        **paths,
        "JUPYTER_PREFER_ENV_PATH": "1",  # this installation's kernel before one of the user's
        places.VARIABLE: str(places.plans_folder(folder)),
    }
    return [sys.executable, "-m", "voila", str(NOTEBOOK), *options], environment


def ends(arguments: list[str], environment: dict[str, str]) -> bool:
    """Run the server until it is interrupted; say whether it ended well."""
    with subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            return process.wait() == 0
        except KeyboardInterrupt:
            process.terminate()
            return True
