"""All guided parts as one page without code, and the server that shows it on this computer.

Definitions
-----------
The *app* is a notebook of one cell, shown by Voilà with a page of the kit's own that asks nothing
of the network. It listens on this computer only, and asks for its *token*: whoever else works on
this computer does not know it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit import widgets

if TYPE_CHECKING:
    import ipywidgets

    from govstack_kit.widgets.session import Session
    from govstack_kit.widgets.wizard import Wizard

NOTEBOOK = Path(__file__).with_name("app.ipynb")
PAGES = Path(__file__).with_name("jupyter")  # Voilà looks for templates in there
LEFT = 300  # seconds after which a kernel ends that no page is connected to
PATIENCE = 60  # seconds to wait until the server listens
PARTS = {  # the title of each part, and the function that makes it
    "Your plan": "guide_plan",
    "Prioritise": "guide_prioritise",
    "Define": "guide_define",
    "Align": "guide_align",
    "Map": "guide_map",
    "Select": "guide_select",
    "Costs": "guide_costs",
    "Roadmap": "guide_roadmap",
}


class _Tabs:
    """The parts as tabs, each made when it is opened first; only the open one is kept current."""

    def __init__(self, session: Session) -> None:
        import ipywidgets  # noqa: PLC0415 - heavy, and only needed where a widget is shown

        self._made: dict[str, Wizard] = {}
        self._session = session
        places = [ipywidgets.VBox() for _ in PARTS]
        self.widget = ipywidgets.Tab(children=places, titles=list(PARTS))
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
        title = list(PARTS)[place]
        if title not in self._made:
            part = getattr(widgets, PARTS[title])(self._session)
            self._made[title] = part.wizard
            self.widget.children[place].children = [part]
        else:
            self._made[title].reveal()


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
    from govstack_kit.widgets.session import Session  # noqa: PLC0415 - loads the tables

    return tabs(Session())


def command(folder: Path, port: int, token: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that serves the app, and its environment.

    Parameters
    ----------
    folder
        The folder with the team's notebooks or plans.
    port
        Where to listen, on this computer only.
    token
        What a page has to know to be let in; it stands in the environment, which nobody else reads.
    """
    from govstack_kit.widgets.session import VARIABLE, plans_folder  # noqa: PLC0415 - loads tables

    options = [
        "--Voila.ip=127.0.0.1",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        "--Voila.open_browser=False",
        "--Voila.log_level=ERROR",
        "--Voila.auto_token=True",  # the one in the environment
        "--VoilaConfiguration.template=govstack",
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
        "JUPYTER_TOKEN": token,
        VARIABLE: str(plans_folder(folder)),
    }
    return [sys.executable, "-m", "voila", str(NOTEBOOK), *options], environment


def address(port: int, token: str) -> str:
    """Return the address of the app, with the token.

    Examples
    --------
    >>> address(8866, "secret")
    'http://127.0.0.1:8866/?token=secret'
    """
    return f"http://127.0.0.1:{port}/?token={token}"


def serve(folder: Path, port: int, token: str, *, browser: bool) -> bool:
    """Run the server until it is interrupted; say whether it ended well.

    Parameters
    ----------
    folder, port, token
        As for :func:`command`.
    browser
        Whether to open a browser as soon as the server listens.
    """
    arguments, environment = command(folder, port, token)
    if browser:
        threading.Thread(target=_open, args=(port, token), daemon=True).start()
    with subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            return process.wait() == 0
        except KeyboardInterrupt:
            process.terminate()
            return True


def _open(port: int, token: str) -> None:
    """Open a browser as soon as the server listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                webbrowser.open(address(port, token))
                return
        time.sleep(0.2)
