"""The first notebook, as a participant meets it: in JupyterLab, with keys alone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

READY = """async () => {
  await jupyterapp.restored;
  const session = jupyterapp.shell.currentWidget.sessionContext;
  await session.ready;
  await session.session.kernel.info;
  while (session.session.kernel.connectionStatus !== "connected") {
    await new Promise(done => setTimeout(done, 50));
  }
}"""
RUN_ALL = """async () => { await jupyterapp.commands.execute("notebook:run-all-cells"); }"""


@pytest.fixture
def page(lab, page_factory):
    page = page_factory(viewport={"width": 1024, "height": 768})
    page.outside = []
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((lab.url, "data:", "blob:", lab.url.replace("http", "ws")))
            else page.outside.append(request.url)
        ),
    )
    page.goto(f"{lab.tree}/guided/00-start-here.ipynb?token={lab.token}")
    page.wait_for_selector(".jp-Notebook", timeout=60_000)
    page.evaluate(READY)
    yield page
    page.close()


def test_start_here_runs_and_the_list_answers_to_the_keyboard(page):
    page.evaluate(RUN_ALL)
    outputs = page.locator(".jp-Cell-outputWrapper")
    outputs.filter(has_text="<Framework: 23 use cases").first.wait_for(timeout=60_000)
    chosen = page.locator(".jp-Cell-outputWrapper img[alt^='Use case: Market Linkage']")
    chosen.wait_for(timeout=60_000)
    choice = page.locator(".jp-Cell-outputWrapper select")
    choice.focus()
    page.keyboard.press("ArrowDown")
    advisory = page.locator(".jp-Cell-outputWrapper img[alt^='Use case: Rural Advisory']")
    advisory.wait_for(timeout=30_000)
    assert advisory.evaluate("image => image.complete && image.naturalWidth > 500")
    assert page.locator(".jp-RenderedText[data-mime-type*='stderr']").count() == 0
    assert page.outside == []
