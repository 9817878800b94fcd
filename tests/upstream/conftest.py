"""A small upstream of its own: repositories as GovStack publishes them, and a server for them."""

import http.server
import io
import shutil
import threading
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from govstack_kit import Framework
from govstack_kit.framework.installed import write_package
from govstack_kit.upstream.assemble import assemble

USE_CASE = """\
# AGR-2 - Rural Advisory Service for Farmers
| | |
| --- | --- |
| ID | AGR-2 |
| Name | Rural Advisory Service for Farmers |
| Sector | Agriculture |
| Version | 1.0 |
| Status | Published |

## SDG Targets
* SDG 2

## Steps
### 1 - Information Campaign
Farmers hear of it.

**Workflows**

* Client communication

**Building Blocks**

* Messaging
### 2 - Registration
Farmers register.
"""
PAYMENTS = """\
# 6 Functional Requirements
## 6.1 Vouchers
* Vouchers are printed (REQUIRED)
* Vouchers have a date (OPTIONAL)
## 6.2 Receipts
* A receipt is sent (RECOMMENDED)
"""
FILES = {
    "GovStackWorkingGroup/product-use-cases/use-cases/agr-2.md": USE_CASE,
    "GovStackWorkingGroup/bb-payments/spec/4-key-digital-functionalities.md": (
        "# 4 Key Digital Functionalities\n## 4.1 Paying\nPays people.\n## 4.2 Vouchers\nGives them."
    ),
    "GovStackWorkingGroup/bb-payments/spec/6-functional-requirements.md": PAYMENTS,
    "GovStackWorkingGroup/bb-payments/api/pay.yaml": (
        "openapi: 3.0.0\npaths: {/vouchers: {post: {operationId: make}, get: {}}}"
    ),
    "GovStackWorkingGroup/specifications/security-requirements/5-cross-cutting-requirements.md": (
        "# 5 Cross-cutting requirements\n## 5.1 Keys\n* Keys are kept safe (REQUIRED)"
    ),
    "DPGAlliance/publicgoods-candidates/nominees/kite.json": (
        '{"name": "Kite", "stage": "DPG", "website": "https://kite.example", '
        '"SDGs": [{"SDGNumber": 2}], "type": ["software"], "license": [{"spdx": "MIT"}], '
        '"description": "It flies."}'
    ),
    "DPGAlliance/publicgoods-candidates/nominees/hope.json": '{"name": "Hope", "stage": "nominee"}',
    "mgifford/dpg-dpi-govstack-map/data/manual/projects.yml": (
        "- {id: kite, name: Kite, website: 'https://www.kite.example/', govstack_listed: true,\n"
        "   govstack_building_blocks: [Payment]}\n"
        "- {id: reel, name: Reel, govstack_building_blocks: [Messaging], sdgs: [3]}\n"
        "- {id: tail, name: Tail}\n"
    ),
}  # fmt: skip


EMPTY = [
    "sdg_target_words",
    "workflow_words",
    "building_block_words",
    "sdg_indicators",
    "building_block_functions",
    "requirements",
    "key_functionalities",
    "api_operations",
    "api_fields",
    "api_parts",
    "products",
    "product_licences",
    "product_goals",
    "product_countries",
    "product_building_blocks",
    "product_lists",
]


@pytest.fixture(scope="session")
def bare(framework):
    """A small framework without the rows that the made-up upstream is to give."""
    tables = framework.tables() | {name: getattr(framework, name).iloc[:0] for name in EMPTY}
    dif = framework.use_cases.query("catalogue == 'dif'")["use_case"].head(2)
    for name, frame in tables.items():
        cases = frame.get("use_case", frame.get("step", pd.Series(dtype="str")))
        cases = cases.str.replace(r"\.\d+$", "", regex=True)
        if len(cases):
            wanted = cases.isin(["AGR-2", "HLTC-3", *dif])
            tables[name] = frame[wanted].reset_index(drop=True)
    return Framework(tables)


@pytest.fixture(scope="session")
def snapshot(shared, tmp_path_factory):
    """Everything published that the kit reads, in one folder; not to be changed."""
    folder = tmp_path_factory.mktemp("snapshot")
    shutil.copytree(shared / "upstream", folder, dirs_exist_ok=True)
    more = shared / "upstream_more"
    for name in ("bb-identity", "cfr-architecture"):
        place = f"GovStackWorkingGroup/{name}"
        shutil.copytree(more / place, folder / place, dirs_exist_ok=True)
    lists = [(place / "SOURCES.csv").read_text(encoding="utf-8") for place in (folder, more)]
    (folder / "SOURCES.csv").write_text("".join(lists), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def published(snapshot, framework):
    """The published snapshot, assembled with our words; not to be changed."""
    return assemble(snapshot, framework)


class World:
    """A folder of repositories whose files a test may change."""

    def __init__(self, folder):
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def path(self, name):
        (found,) = [file for file in FILES if file.endswith(name)] or [name]
        return self.folder / found

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name, before, after):
        path = self.path(name)
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def archive(self, repository, commit="c0ffee" + "0" * 34):
        """Return a repository as the archive that GitHub makes of it."""
        buffer = io.BytesIO()
        place = self.folder / repository
        top = Path(f"{place.name}-main")
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(place.rglob("*")):
                if path.is_file():
                    entry = zipfile.ZipInfo(
                        str(top / path.relative_to(place)), (2026, 3, 4, 0, 0, 0)
                    )
                    archive.writestr(entry, path.read_bytes())
            archive.comment = commit.encode()
        return buffer.getvalue()


def packed(framework, place):
    write_package(framework.tables(), place / "data")
    return place / "data"


@pytest.fixture(scope="session")
def bare_package(bare, tmp_path_factory):
    """Tables without requirements and products, as a package; not to be changed."""
    return packed(bare, tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="session")
def described_package(bare, tmp_path_factory):
    """The made-up upstream as a package, described by somebody; not to be changed."""
    place = tmp_path_factory.mktemp("described")
    tables = assemble(World(place / "upstream").folder, bare).tables
    tables["requirements"]["title"] = "Ours: " + tables["requirements"]["requirement"]
    return packed(Framework(tables), place)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "upstream")


class Upstream(http.server.ThreadingHTTPServer):
    """Serves the archives of a world; `answers` overrides what a path is answered with."""

    daemon_threads = True

    def __init__(self, world):
        super().__init__(("127.0.0.1", 0), Handler)
        self.world, self.asked, self.answers, self.tags = world, [], {}, True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        repository = self.path.split("/archive/")[0].strip("/")
        answer = server.answers.get(repository)
        there = (server.world.folder / repository).is_dir() and self.path.endswith("/HEAD.zip")
        code, body = answer or ((200, server.world.archive(repository)) if there else (404, b""))
        tag = f'"{hash(body)}"'
        server.asked.append((self.command, repository))
        if self.command == "HEAD":
            body = b""
        elif code == "cut":  # promises more than it sends
            self.send_response(200)
            self.send_header("Content-Length", str(2 * len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200 if code == "cut" else code)
        self.send_header("Content-Length", str(len(body)))
        if server.tags:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - named by http.server

    def log_message(self, *_):
        pass


@pytest.fixture
def server(world, monkeypatch):
    """A server of the made-up upstream, which updates ask instead of GitHub."""
    serving = Upstream(world)
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("GOVSTACK_KIT_UPSTREAM", serving.url)
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()
