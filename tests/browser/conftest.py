"""A real JupyterLab in a real headless Chromium, with folders of its own."""

import json
import os
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


@pytest.fixture(scope="session")
def page_factory(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser.new_page
        browser.close()


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab on a copy of the notebooks; yield its address."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "notebooks", folder)
    config = tmp_path / "config"
    (config / "labconfig").mkdir(parents=True)
    news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(news))
    own = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": tmp_path / "data",
        "JUPYTER_RUNTIME_DIR": tmp_path / "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": tmp_path / "workspaces",
        "JUPYTERLAB_SETTINGS_DIR": tmp_path / "settings",
        "JUPYTER_TOKEN": TOKEN,
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = [f"--port={port}", f"--ServerApp.root_dir={folder}"]
    options += ["--LabApp.expose_app_in_browser=True"]
    environment = {**os.environ, **{name: str(value) for name, value in own.items()}}
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server)
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}", token=TOKEN)
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


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
