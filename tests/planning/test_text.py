import random

import pytest

from govstack_kit.planning import text

PIECES = [
    *("a", "b", " ", "  ", "\n", "\n\n", "- ", "* ", "1. ", "5. ", "12) ", "**", "*", "_", "**b**"),
    *("[x](https://e.org/a_b?c=1&amp;d=2)", "[", "]", "(", ")", "<script>", "</b>", "&amp;", "&"),
    *("|", "#", "# ", "=", "==", "---", "`", "```", "~~~", "\\", "{% x %}", "{{7*7}}", "<br>"),
    *("مرحبا", "\u202e", "👩\u200d🌾", "!", "![a](b.md)", "\u00a0", "\u200b", ">", "> ", "+ "),
    *("http://x.y", "\t", "    ", "\u3000", ":", "é", "日本", "[y](javascript:alert(1))", "\x00"),
]


@pytest.mark.parametrize("seed", range(8))
def test_any_text_reads_back_from_markdown(seed):
    made = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(500):
        given = "".join(made.choices(PIECES, k=made.randint(1, 12)))
        tidied = text.tidy(given)
        assert text.tidy(tidied) == tidied, given
        written = text.to_markdown(tidied)
        assert text.from_markdown(written) == tidied, given


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "# Steps\n\n## Steps",
        "{{ 7 * 7 }} {% include x %}",
        "| a | b |\n| - | - |",
        "&lt;script&gt;",
    ],
)
def test_hostile_text_becomes_words_only(hostile):
    tokens = text.parse(text.to_markdown(hostile))
    kinds = {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak",
                     "hardbreak", "text_special"}  # fmt: skip
    assert text.from_markdown(text.to_markdown(hostile)) == text.tidy(hostile)


def test_markup_of_pages_is_kept_and_decoration_dropped():
    page = (
        '{% hint style="info" %}\n**Case**\n\nSee [it](x.md)&#x20;\n{% endhint %}\n\n1. a\n   * b'
    )
    assert text.from_markdown(page) == "**Case**\n\nSee [it](x.md)\n\n1. a\n  - b"


def test_tables_and_headings_in_prose_become_lines():
    page = "#### More\n\n| a | b |\n|---|---|\n| c | d |"
    assert text.from_markdown(page) == "**More**\n\na | b\nc | d"


def test_control_characters_go_and_all_scripts_stay():
    assert text.line("a\x00\x1b[31m\ud800b\u2028c") == "a[31mb c"
    kept = "مرحبا 👩\u200d🌾 ไทย 日本 naïve"
    assert text.tidy(kept) == kept
    assert text.from_markdown(text.to_markdown(kept)) == kept


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "a b<c"]
)
def test_unsafe_addresses_are_never_links(address):
    assert text.link("x", address) == "x"
    assert text.plain(f"[x]({address})") == f"[x]({address})"
