"""A real JupyterLab in a real headless Chromium, with folders of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))  # so that tests find guided_parts beside them
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TOKEN, PATIENCE = "test-token", 60


@pytest.fixture(scope="session")
def chromium():
    """Return the path of the machine's own Chromium, or skip."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get("CI") and Path("/etc/debian_version").exists() and os.geteuid() == 0:
            pytest.fail("no Chromium: .ci/run should have installed it")
        pytest.skip("no Chromium on this machine: install it to run the browser tests")
    return found


ID, IDLE = re.compile(r'"msg_id"\s*:\s*"([^"]+)"'), re.compile(r'"execution_state"\s*:\s*"idle"')
QUIET = """() => new Promise(done => {
  let timer;
  const watch = new MutationObserver(() => wait());
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { watch.disconnect(); done(); }, 120);
  };
  const what = { childList: true, subtree: true, attributes: true, characterData: true };
  for (const part of document.querySelectorAll(".gsk")) watch.observe(part, what);
  wait();
})"""


class Kernel:
    """What a page has asked of its kernel: a request is open until the kernel is idle after it.

    The kernel says "idle" after all that it had to say about a request, on the same channel, so the
    page has heard everything then.
    """

    def __init__(self, page):
        self.page, self.open = page, {}
        page.on("websocket", self._listen)

    def _listen(self, socket):
        asked = self.open[socket] = set()
        socket.on("framesent", lambda frame: asked.update(ID.findall(_text(frame))[:1]))
        socket.on("framereceived", lambda frame: self._hear(asked, _text(frame)))
        socket.on("close", lambda _: self.open.pop(socket, None))

    def _hear(self, asked, text):
        if IDLE.search(text):
            asked.difference_update(ID.findall(text))

    def settle(self):
        """Wait until the kernel has answered everything and the guided parts do not change."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.page.evaluate(QUIET)
            if not any(self.open.values()):
                return
        pytest.fail(f"the kernel did not answer {sum(map(len, self.open.values()))} requests")


def _text(frame):
    return frame if isinstance(frame, str) else frame.decode("utf-8", errors="replace")


@pytest.fixture(scope="session")
def page_factory(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )

        def new_page(**options):
            page = browser.new_page(**options)
            page.kernel = Kernel(page)
            return page

        yield new_page
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start JupyterLab on the folder in which each test has its own; yield its address."""
    own_folder, root = tmp_path_factory.mktemp("jupyterlab"), tmp_path_factory.getbasetemp()
    config = own_folder / "config"
    (config / "labconfig").mkdir(parents=True)
    news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(news))
    own = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": own_folder / "data",
        "JUPYTER_RUNTIME_DIR": own_folder / "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": own_folder / "workspaces",
        "JUPYTERLAB_SETTINGS_DIR": own_folder / "settings",
        "JUPYTER_TOKEN": TOKEN,
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = [f"--port={port}", f"--ServerApp.root_dir={root}"]
    options += ["--LabApp.expose_app_in_browser=True"]
    environment = {**os.environ, **{name: str(value) for name, value in own.items()}}
    with (own_folder / "lab.log").open("w") as log:
        process = subprocess.Popen(
            [*command, *options], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def lab(server, tmp_path, tmp_path_factory):
    """Return a copy of the notebooks in a workspace of its own."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "work")
    place = (tmp_path / "work").relative_to(tmp_path_factory.getbasetemp()).as_posix()
    tree = f"{server}/lab/workspaces/{tmp_path.name}/tree/{place}"
    return SimpleNamespace(url=server, token=TOKEN, tree=tree)


def wait_for(address, server):
    for _ in range(PATIENCE * 5):
        assert server.poll() is None, "JupyterLab ended while starting"
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("JupyterLab did not answer in time")


READY = """async () => {
  await jupyterapp.restored;
  const session = jupyterapp.shell.currentWidget.sessionContext;
  await session.ready;
  await session.session.kernel.info;
  while (session.session.kernel.connectionStatus !== "connected") {
    await new Promise(done => setTimeout(done, 50));
  }
}"""


RESTART = """async () => {
  const session = jupyterapp.shell.currentWidget.sessionContext;
  await session.restartKernel();
  await session.session.kernel.info;
  while (session.session.kernel.connectionStatus !== "connected") {
    await new Promise(done => setTimeout(done, 50));
  }
}"""
RUN = """sources => {
  const shared = jupyterapp.shell.currentWidget.content.model.sharedModel;
  const cells = sources.map(source => ({ cell_type: "code", metadata: {}, outputs: [], source }));
  shared.transact(() => {
    shared.deleteCellRange(0, shared.cells.length);
    shared.insertCells(0, cells);
  });
  jupyterapp.commands.execute("notebook:run-all-cells");
}"""


@pytest.fixture(scope="session")
def notebook(server, page_factory, tmp_path_factory):
    """Open an empty notebook in JupyterLab once, for each test to write its cells into.

    The page keeps ``outside``, the addresses asked for elsewhere, and ``errors``, what scripts
    complained about since the test began.
    """
    import nbformat

    folder = tmp_path_factory.mktemp("notebook")
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell()])
    empty.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(empty, folder / "own.ipynb")
    page = page_factory()
    page.outside, page.errors, page.folder = [], [], folder
    ours = (server, server.replace("http", "ws"), "data:", "blob:")
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(ours) else page.outside.append(asked.url),
    )
    page.goto(f"{server}/lab/workspaces/own/tree/{folder.name}/own.ipynb?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook", timeout=60_000)
    page.evaluate(READY)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    yield page
    page.close()


@pytest.fixture
def plans(notebook):
    """Start the kernel anew, without plans; return the folder where they will be."""
    notebook.evaluate(RESTART)
    folder = notebook.folder / "my-plans"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def run_cells(notebook, plans):  # noqa: ARG001 - the kernel is new
    """Write cells into the notebook and run them; return its page."""

    def run(*cells, width=1024, height=768, reduced_motion="no-preference"):
        notebook.set_viewport_size({"width": width, "height": height})
        notebook.emulate_media(reduced_motion=reduced_motion)
        notebook.errors.clear()
        notebook.evaluate(RUN, cells)
        return notebook

    return run
