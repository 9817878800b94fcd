"""A guided part on a page, as people use it: pressed, written in, read and waited for."""

import os
import re
from pathlib import Path

PATIENCE = 90_000  # milliseconds
RESTART = """async () => {
  const session = jupyterapp.shell.currentWidget.sessionContext;
  await session.restartKernel();
  await session.session.kernel.info;
  await jupyterapp.commands.execute("notebook:run-all-cells");
}"""
FOCUS = """() => {
  const at = document.activeElement;
  return at.labels?.[0]?.textContent ?? at.textContent.trim();
}"""
PICTURES = os.environ.get("GOVSTACK_KIT_PICTURES")  # a folder for screenshots, to look at


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


class Part:
    """A guided part on a page, as people use it."""

    def __init__(self, page, title):
        self.page = page
        self.box = page.locator(".gsk", has=page.locator(f".gsk-bar b:text-is('{title}')"))

    def button(self, name, **options):
        return self.box.get_by_role("button", name=name, **options).first

    def settle(self):
        self.page.kernel.settle()

    def press(self, name, **options):
        self.settle()
        self.button(name, **options).click()

    def press_while_it_moves(self, name):
        """Press a button as people do: the page moves between their press and their release."""
        self.settle()
        button = self.button(name)
        button.scroll_into_view_if_needed()
        self.settle()
        box = button.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.box.evaluate("box => { box.style.paddingTop = '90px'; }")
        assert button.bounding_box()["y"] != box["y"]
        self.page.mouse.up()
        self.box.evaluate("box => { box.style.paddingTop = ''; }")

    def field(self, label):
        return self.box.get_by_label(label, exact=True).first

    def write(self, label, text):
        self.settle()
        self.field(label).fill(text)
        self.page.keyboard.press("Tab")

    def choose(self, label, starts):
        """Choose the entry of a list whose words start so."""
        self.settle()
        said = re.escape(starts).replace(r"\ ", r"\s")  # the page has spaces that do not break
        wanted = self.field(label).locator("option", has_text=re.compile(f"^{said}"))
        wanted.wait_for(state="attached", timeout=PATIENCE)
        self.field(label).select_option(label=wanted.text_content())
        self.settle()

    def add(self, label, name):
        """Add a row to a list with Enter, and wait until it is there."""
        self.settle()
        self.field(label).fill(name)
        self.page.keyboard.press("Enter")
        self.lists(name)

    def lists(self, name):
        self.box.locator("option", has_text=name).first.wait_for(state="attached", timeout=PATIENCE)
        self.settle()

    def at(self, question):
        self.box.locator(".gsk-heading", has_text=question).wait_for(timeout=PATIENCE)

    def says(self, text):
        self.box.get_by_text(text).first.wait_for(timeout=PATIENCE)

    def rows(self):
        """Return the heights of the rows."""
        return self.box.locator(".gsk-row").evaluate_all(
            "rows => rows.map(row => row.getBoundingClientRect().height)"
        )

    def keys(self, *presses):
        self.settle()
        for press in presses:
            self.page.keyboard.press(press)

    def focus(self, wanted):
        """Wait until what has the focus is called `wanted`."""
        self.page.wait_for_function(
            f"wanted => ({FOCUS})().startsWith(wanted)", arg=wanted, timeout=PATIENCE
        )

    def next(self, question):
        button = self.box.locator(".gsk-foot .gsk-main")
        button.wait_for(timeout=PATIENCE)
        self.settle()
        button.click()
        self.at(question)
