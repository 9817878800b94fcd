"""All guided parts as one page without code, and the server that shows it on this computer.

Definitions
-----------
The app is served by Solara's server: many pages share one process, and each has a session of its
own. It asks nothing of the network, listens on this computer only, and asks for its *token*, which
nobody else who works on this computer knows.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import warnings
import webbrowser
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets
from platformdirs import user_data_path

from govstack_kit.planning.page import write_page
from govstack_kit.widgets import markup
from govstack_kit.widgets.markup import GUIDED
from govstack_kit.widgets.session import VARIABLE, Session, plans_folder
from govstack_kit.widgets.wizard import DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from govstack_kit.widgets.wizard import Wizard

APP = GUIDED["app"]
START = APP["start"]
PARTS = {part["title"]: part["guide"] for part in APP["parts"]}
HERE = Path(__file__).parent
COOKIE = "govstack-kit"
LONG = 24  # bytes of a token
LEFT = "12h"  # how long the server keeps a page that is no longer connected
PAGE = {  # what Solara's page says, and instead: its language, and that it may be made larger
    "<html>": '<html lang="en">',
    ", maximum-scale=1, user-scalable=no, minimal-ui": "",
}
REFUSED = (
    "This page needs the whole address that was printed when the app was started, with its token. "
    "Copy it from the window in which the app runs."
)


class Front(anywidget.AnyWidget):  # type: ignore[misc]
    """The frame of the app, or its welcome; drawn from plain data."""

    _esm = HERE / "app.js"
    _css = HERE / "app.css"
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, told: Callable[[dict[str, Any]], object]) -> None:
        super().__init__(kind=kind)
        self.on_msg(lambda _page, content, _buffers: told(content))


class App:
    """The parts with a way to each, made when they are opened; only the open one is current.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        modules = {title: f"{__package__}.guide_{guide}" for title, guide in PARTS.items()}
        self._guides = {title: import_module(name).GUIDE for title, name in modules.items()}
        self.made: dict[str, Wizard] = {}
        press = session.guard(lambda told: self.open(told["press"], told.get("question")))
        self._frame, self._welcome = Front("frame", press), Front("welcome", press)
        self._places = {title: ipywidgets.VBox() for title in PARTS}
        self._places[START] = self._welcome
        self.widget = ipywidgets.VBox([self._frame, self._welcome, *self._places.values()][:-1])
        self.widget.add_class("gsk-app")
        self.opened, self._states = START, dict[str, str]()
        session.observe(session.guard(lambda _change: self._tell()), names=["changed", "saved_at"])
        self.open(START)

    def open(self, title: str, question: int | None = None) -> None:
        """Show a part, at one of its questions if that is told."""
        if title not in self._places:
            return
        for wizard in self.made.values():
            wizard.visible = False
        self.opened = title
        if title in self.made:
            self.made[title].reveal()
        elif title != START:
            self._make(title)
        if question is not None and title != START:
            self.made[title].go(question)
        for name, place in self._places.items():
            place.layout.display = None if name == title else "none"
        self._tell()
        self._frame.send({"opened": title})

    def _make(self, title: str) -> None:
        part = self._guides[title].open(self.session)
        wizard = self.made[title] = part.wizard
        titles = [*PARTS, START]
        after = titles[titles.index(title) + 1]
        wizard.after, wizard.moved = (after, lambda: self.open(after)), self._tell
        wizard.show()
        self._places[title].children = [part]

    def _tell(self) -> None:
        """Say where people are, how each part stands, and what was saved."""
        session, states, open_part = self.session, self._states, self.made.get(self.opened)
        if open_part:  # how the others stand is worked out when people look: it takes long
            states[self.opened] = open_part.standing
        else:
            made = self.made
            for title, guide in self._guides.items():
                states[title] = made[title].standing if title in made else guide.standing(session)
        self._frame.state = {
            "plan": session.title,
            "saved": session.saved_at,
            "open": self.opened,
            "question": open_part.current if open_part else None,
            "parts": [
                {"title": title, "state": states.get(title, "")} for title in [START, *PARTS]
            ],
        }
        if self.opened == START:
            todo = [title for title in PARTS if states[title] != DONE]
            self._welcome.state = APP | {
                "files": self._files(),
                "next": todo[0] if todo else "",
                "parts": [part | {"state": states[part["title"]]} for part in APP["parts"]],
            }

    def _files(self) -> list[dict[str, str]]:
        """Return what the team can take along: its plan, and a page for each service."""
        plan, said = self.session.plan, APP["files"]
        if self.session.demonstrating or plan.path is None:
            return []
        found = [(plan.path.name, said["plan"], plan.path.read_bytes())]
        for case in plan.rows("use_cases"):
            page = write_page(self.session.framework, plan, case["use_case"]).encode()
            found.append((f"{case['use_case']}.md", said["page"].format(**case), page))
        return [
            {"name": name, "label": label, "url": markup.address(raw, "application/octet-stream")}
            for name, label, raw in found
        ]


def app(session: Session | None = None) -> ipywidgets.VBox:
    """Return the app: all guided parts on the plan of the folder that the command was given.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> box = app(gk.open_session("nowhere/plan"))
    >>> [part["title"] for part in box.children[0].state["parts"]][:3]
    ['Start', 'Your plan', 'Prioritise']
    """
    return App(session or Session()).widget


# --- the server -----------------------------------------------------------------------------------


class _Asked:
    """Lets in who knows the token: from the address at first, from a cookie from then on."""

    def __init__(self, app: Any, token: str) -> None:  # noqa: ANN401 - whatever serves
        self._app, self._token = app, token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        from starlette.requests import HTTPConnection  # noqa: PLC0415 - an extra
        from starlette.responses import PlainTextResponse, RedirectResponse  # noqa: PLC0415

        asked = HTTPConnection(scope)
        if self._knows(asked.cookies.get(COOKIE, "")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif self._knows(asked.query_params.get("token", "")):
            answer = RedirectResponse(asked.url.path)
            answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict")
            await answer(scope, receive, send)
        else:
            await PlainTextResponse(REFUSED, status_code=403)(scope, receive, send)

    def _knows(self, said: str) -> bool:
        return secrets.compare_digest(said.encode("utf-8", "replace"), self._token.encode())


def served(token: str) -> Starlette:
    """Return the app as what a web server serves; whoever asks has to know the token."""
    # Solara changes how widgets work in the whole process: it is imported where it serves only.
    import solara  # noqa: PLC0415
    from solara.server import app as solara_app  # noqa: PLC0415
    from solara.server import settings  # noqa: PLC0415
    from solara.server import starlette as solara_server  # noqa: PLC0415
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.middleware import Middleware  # noqa: PLC0415
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415
    from starlette.responses import PlainTextResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    @solara.component  # type: ignore[untyped-decorator]
    def page() -> None:
        solara.display(solara.use_memo(app, []))

    async def served_page(request: Request) -> Response:
        answer: Response = await solara_server.root(request)
        body = bytes(answer.body).decode()
        for before, after in PAGE.items():
            body = body.replace(before, after)
        answer.body = body.encode()
        answer.headers["content-length"] = str(len(answer.body))
        return answer

    globals()["Page"] = page  # where Solara looks for it
    solara_app.apps["__default__"] = solara_app.AppScript(__name__)
    settings.main.mode, settings.telemetry.mixpanel_enable = "production", False
    settings.theme.title, settings.theme.show_banner = "GovStack Kit", False
    settings.theme.loader, settings.theme.force_refresh = "plain", True
    settings.kernel.cull_timeout = LEFT
    started = secrets.token_hex(8)  # a page that meets another one knows that the app was restarted
    return Starlette(
        routes=[
            Route("/", endpoint=served_page),
            Route("/alive", endpoint=lambda _request: PlainTextResponse(started)),
            *solara_server.routes,
        ],
        lifespan=solara_server.lifespan,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(_Asked, token=token),
            *solara_server.middleware,
        ],
    )


def kept_token() -> str:
    """Return the token of this user: the same at each start, so that open pages find back.

    It stands in a file that nobody else can read, or is new where there can be none.
    """
    path = user_data_path("govstack-kit", appauthor=False) / "app-token"
    try:
        if path.is_file() and len(token := path.read_text(encoding="ascii").strip()) >= LONG:
            return token
        token = secrets.token_urlsafe(LONG)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # one that is too short may be open to others
        path.touch(mode=0o600)
        path.write_text(token, encoding="ascii")
    except (OSError, ValueError):
        return secrets.token_urlsafe(LONG)
    return token


def address(port: int, token: str) -> str:
    """Return the address of the app, with the token.

    Examples
    --------
    >>> address(8866, "secret")
    'http://127.0.0.1:8866/?token=secret'
    """
    return f"http://127.0.0.1:{port}/?token={token}"


def serve(folder: Path, port: int, token: str, *, browser: bool) -> None:
    """Run the server until it is interrupted.

    Parameters
    ----------
    folder
        The folder with the team's notebooks or plans.
    port, token
        Where to listen, on this computer only, and what a page has to know.
    browser
        Whether to open a browser as soon as the server listens.
    """
    import uvicorn  # noqa: PLC0415 - an extra

    os.environ["MPLBACKEND"] = "agg"
    os.environ[VARIABLE] = str(plans_folder(folder))
    # An own page on this computer is no frame of another site, which is what Solara warns of.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")
    options: dict[str, Any] = {"log_level": "error", "timeout_graceful_shutdown": 2}
    server = uvicorn.Server(uvicorn.Config(served(token), "127.0.0.1", port, **options))
    if browser:
        about = (server, address(port, token))
        threading.Thread(target=_open_browser, args=about, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C, once everything has ended
        server.run()


def _open_browser(server: uvicorn.Server, url: str) -> None:
    """Open a browser as soon as the server listens."""
    while not (server.started or server.should_exit):
        threading.Event().wait(0.1)
    if server.started:
        webbrowser.open(url)
