"""Opening what strangers wrote: encodings, sizes, links, and YAML or JSON made to do harm."""

import os
import time

import pandas as pd
import pytest

from govstack_kit.sources._reading import (
    DEEPEST,
    LARGEST,
    UNPLACED,
    LargeError,
    SourceError,
    Unplaced,
    files,
    load_json,
    load_yaml,
    load_yaml_text,
    read_text,
    table,
)


@pytest.fixture
def write(tmp_path):
    def write_file(raw, name="file.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return path

    return write_file


def linked(place, target):
    try:
        place.symlink_to(target)
    except OSError:
        pytest.skip("this system makes no symbolic links")


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_encodings(self, write, encoding):
        assert (
            read_text(write("Caf\u00e9 \u201cA\u201d".encode(encoding)))
            == "Caf\u00e9 \u201cA\u201d"
        )

    def test_utf_16_either_way_round(self, write):
        for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            assert read_text(write(mark + "d\u00e9j\u00e0".encode(encoding))) == "d\u00e9j\u00e0"

    def test_line_ends(self, write):
        assert read_text(write(b"a\r\nb\rc\n")) == "a\nb\nc\n"

    def test_bytes_that_no_encoding_has(self, write):
        assert read_text(write(b"a\x81\xff")) == "a\ufffd\u00ff"

    @pytest.mark.parametrize("raw", [b"\0", b"PK\3\4\0\0", b"a" * 4000 + b"\0"])
    def test_binary(self, write, raw):
        with pytest.raises(SourceError, match=r"^file\.txt is not a text file$"):
            read_text(write(raw))

    def test_empty(self, write):
        assert read_text(write(b"")) == ""

    def test_too_large_is_refused_unread(self, tmp_path):
        with (tmp_path / "big.md").open("wb") as file:
            file.truncate(100_000_000)
        start = time.process_time()
        with pytest.raises(SourceError, match=r"big\.md has 100 MB, more than a source may have"):
            read_text(tmp_path / "big.md")
        assert time.process_time() - start < 1

    def test_as_large_as_allowed(self, tmp_path):
        with (tmp_path / "big.md").open("wb") as file:
            file.write(b"a" * LARGEST)
        assert len(read_text(tmp_path / "big.md")) == LARGEST

    def test_missing_or_a_folder(self, tmp_path):
        with pytest.raises(SourceError, match=r"gone\.md cannot be read \(No such file"):
            read_text(tmp_path / "gone.md")
        (tmp_path / "folder").mkdir()
        with pytest.raises(SourceError, match="folder cannot be read"):
            read_text(tmp_path / "folder")

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads every file")
    def test_no_permission(self, write):
        path = write("a")
        path.chmod(0)
        with pytest.raises(SourceError, match="Permission denied"):
            read_text(path)


class TestFiles:
    def test_sorted_at_every_depth_and_by_ending(self, write, tmp_path):
        for name in ("b.md", "a/z.MD", "a/c/x.md", "a/y.txt", "c.markdown"):
            write("", name)
        found = [path.relative_to(tmp_path).as_posix() for path in files(tmp_path, ".md")]
        assert found == ["b.md", "a/z.MD", "a/c/x.md"]

    def test_links_are_left_out(self, write, tmp_path):
        secret = write("secret", "outside/secret.md")
        inside = tmp_path / "inside"
        inside.mkdir()
        linked(inside / "file.md", secret)
        linked(inside / "folder", secret.parent)
        linked(inside / "loop", inside)
        linked(inside / "nowhere.md", tmp_path / "nowhere")
        assert list(files(inside, ".md")) == []

    def test_a_folder_named_like_a_file(self, tmp_path):
        (tmp_path / "folder.md").mkdir()
        assert list(files(tmp_path, ".md")) == []

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
    def test_a_pipe_would_never_end(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.md")
        assert list(files(tmp_path, ".md")) == []


class TestJson:
    def test_read(self, write):
        assert load_json(write('\ufeff{"a": [1, "\u00e9"]}', "a.json")) == {"a": [1, "\u00e9"]}

    def test_place_of_a_mistake(self, write):
        with pytest.raises(SourceError, match=r"^a\.json is not JSON: line 2, column 7: Expecting"):
            load_json(write('{\n "a": ,\n}', "a.json"))

    @pytest.mark.parametrize("text", ["", '{"a": 1', "[1, 2", '"a'])
    def test_truncated(self, write, text):
        with pytest.raises(SourceError, match=r"a\.json is not JSON: line 1"):
            load_json(write(text, "a.json"))

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            (r'{"a": "\ud800"}', r"line 1: \ud800"),
            ('{\n"\\uDFFFb": 1}', r"line 2: \uDFFF"),
            (r'"\ud83d\ud83d\ude00"', r"line 1: \ud83d"),
            (r'"\ude00\ud83d"', r"line 1: \ude00"),
            (r'"\\\ud800"', r"line 1: \ud800"),
        ],
    )
    def test_half_a_character_is_refused(self, write, text, place):
        with pytest.raises(SourceError) as error:
            load_json(write(text, "a.json"))
        assert str(error.value) == (
            f"a.json has half a character: {place} stands alone; write it with its other half, or "
            "take it out"
        )

    def test_whole_characters_and_backslashes(self, write):
        text = r'["\ud83d\ude00", "\\ud800", "\uD83D\uDE00", "\ud7ff"]'
        found = ["\N{GRINNING FACE}", r"\ud800", "\N{GRINNING FACE}", "\ud7ff"]
        assert load_json(write(text, "a.json")) == found

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_nested_too_deeply(self, write, opening):
        with pytest.raises(SourceError, match=r"a\.json is nested too deeply"):
            load_json(write(opening * 200_000, "a.json"))


class TestYaml:
    def test_plain_data(self):
        text = "a: 2024-01-01\nb: [1, 1.5, true, null]\nc: |\n  two\n  lines\n"
        expected = {"a": "2024-01-01", "b": [1, 1.5, True, None], "c": "two\nlines\n"}
        assert load_yaml_text(text, "x") == expected

    def test_booleans_are_those_of_yaml_1_2(self):
        text = "[yes, no, on, off, y, N, Yes, TRUE, false, 'true', !!bool on]"
        words = ["yes", "no", "on", "off", "y", "N", "Yes"]
        assert load_yaml_text(text, "x") == [*words, True, False, "true", True]

    def test_names_are_text_as_written(self):
        text = "{on: 1, no: 2, true: 3, 1.10: 4, 0x1F: 5, 200: 6, null: 7, ~: 8, '': 9, 1e3: 10}"
        names = ["on", "no", "true", "1.10", "0x1F", "200", "null", "~", "", "1e3"]
        assert load_yaml_text(text, "x") == {name: n for n, name in enumerate(names, 1)}
        merged = load_yaml_text("a: &a {off: 1, 007: 2}\nb: {<<: *a, 1.0: 3}", "x")
        assert merged["b"] == {"off": 1, "007": 2, "1.0": 3}
        # A list of names has them as the names themselves; another value is what it says.
        text = "{required: [1.10, null, true], type: [1.10, null, true]}"
        assert load_yaml_text(text, "x") == {
            "required": ["1.10", "null", "true"],
            "type": [1.1, None, True],
        }

    def test_file(self, write):
        assert load_yaml(write("a: \u00e9", "a.yaml")) == {"a": "\u00e9"}

    @pytest.mark.parametrize(
        "text",
        [
            "!!python/object/apply:os.system ['touch {file}']",
            "a: !!python/object/new:os.system ['touch {file}']",
            "!!python/name:os.system",
            "!!python/module:os",
            "!Own {a: 1}",
            "a: !<tag:example.org,2000:x> 1",
        ],
    )
    def test_tags_run_nothing(self, tmp_path, text):
        file = tmp_path / "made"
        text = text.replace("{file}", str(file))
        with pytest.raises(SourceError, match=r"^x\.yaml is not plain YAML: line 1: .*tag"):
            load_yaml_text(text, "x.yaml")
        assert not file.exists()

    @staticmethod
    def bomb(first, more, levels):
        lines = [f"a0: &a0 {first}"]
        lines += [
            f"a{n}: &a{n} {more.format(', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, levels)
        ]
        return "\n".join(lines)

    @pytest.mark.parametrize(
        ("first", "more"), [("[x, x]", "[{}]"), ("{k: v}", "{{<<: [{}]}}"), ("long" * 99, "[{}]")]
    )
    def test_bombs(self, first, more):
        start = time.process_time()
        with pytest.raises(SourceError, match="x is not plain YAML: it grows without bound"):
            load_yaml_text(self.bomb(first, more, 12), "x")
        assert time.process_time() - start < 2

    def test_harmless_anchors(self):
        assert load_yaml_text("a: &a [1]\nb: *a\nc: &c {d: 1}\ne: {<<: *c, f: 2}", "x") == {
            "a": [1],
            "b": [1],
            "c": {"d": 1},
            "e": {"d": 1, "f": 2},
        }

    @pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "&a [&b [*a, *b]]"])
    def test_references_to_itself(self, text):
        with pytest.raises(SourceError, match="x is not plain YAML: it refers to itself"):
            load_yaml_text(text, "x")

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 5000,
            "{a: " * 5000,
            "- " * 5000,
            "? " * 40_000 + "a",
            "- ? " * 20_000 + "a",
            "- - ? - " * 10_000,
            "? - " * 20_000,
            "a:\n" + "- " * 20_000,
            "{? " * 20_000,
            "[? " * 20_000,
            "[!!seq " * 20_000,
            "!!seq [" * 20_000,
            "\n".join(" " * n + "? " for n in range(1000)),
            "\n".join(" " * n + "a: !!map" for n in range(1000)),
            "\n".join(" " * n + f"a: &a{n}" for n in range(1000)),
            "---\n" + "? " * 20_000,
            "\n".join(f"a{n}: &a{n} [*a{n - 1}]" if n else "a0: &a0 [x]" for n in range(1000)),
            "\n".join(f"a{n}: &a{n} {{k: *a{n - 1}}}" if n else "a0: &a0 1" for n in range(1000)),
            "\n".join(" " * n + "a:" for n in range(3000)),
            "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        ],
        ids=lambda text: ascii(text[:12]),
    )
    def test_nested_too_deeply(self, text):
        with pytest.raises(SourceError, match="x is not plain YAML: it is nested too deeply"):
            load_yaml_text(text, "x")

    def test_too_many_values(self, monkeypatch):
        monkeypatch.setattr("govstack_kit.sources._reading.MOST_NODES", 1_000)
        text = "".join(f"a{n}: {{b: [c]}}\n" for n in range(250))
        with pytest.raises(
            LargeError, match=r"^x\.yaml is too large: it has more than 1,000 values$"
        ):
            load_yaml_text(text, "x.yaml")
        for text in ("- a\n" * 999, "[" + "a, " * 999 + "]"):
            assert load_yaml_text(text, "x") == ["a"] * 999

    @pytest.mark.parametrize("anchor", ["a", "-a", "_a", "1"])
    def test_bombs_by_any_name(self, anchor):
        with pytest.raises(SourceError, match="it grows without bound"):
            load_yaml_text(self.bomb("[x, x]", "[{}]", 12).replace("a", anchor), "x")

    def test_nested_as_deeply_as_interfaces_are(self):
        data = load_yaml_text("[" * 100 + "]" * 100, "x")
        for _ in range(99):
            (data,) = data
        assert data == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a: 'x", "line 1: found unexpected end of stream"),
            ("a: 1\nb: [1", r"line \d: "),
            ("a: 1\n---\nb: 2", "line 2: but found another document"),
            ("a: *gone", "line 1: found undefined alias"),
            ("a: &b 1\nc: *gone", "line 2: found undefined alias"),
            ("a: b: c", "line 1: mapping values are not allowed"),
            ("? [a]\n: b", "line 1: found unhashable key"),
            ("a: \x01", "unacceptable character|special characters"),
            ("a: " + "1" * 5000, "Exceeds the limit"),
        ],
    )
    def test_mistakes_are_sentences(self, text, said):
        with pytest.raises(SourceError, match=rf"^x\.yaml is not plain YAML: ?({said})"):
            load_yaml_text(text, "x.yaml")

    def test_binary_file(self, write):
        with pytest.raises(SourceError, match=r"a\.yaml is not a text file"):
            load_yaml(write(b"a: \0", "a.yaml"))


class TestFrames:
    def test_unplaced_is_sorted_cut_and_typed(self):
        unplaced = Unplaced()
        unplaced.add("b.md", 2, " x " * 200, "why")
        unplaced.add("b.md", 1, "y", "why")
        unplaced.add("a.md", 10, "", "why")
        frame = unplaced.frame()
        assert list(frame.columns) == UNPLACED
        assert frame[["file", "line"]].to_numpy().tolist() == [
            ["a.md", 10],
            ["b.md", 1],
            ["b.md", 2],
        ]
        assert frame["text"].str.len().max() == 200

    def test_empty_frames_keep_their_types(self):
        for frame in (Unplaced().frame(), table([], {"a": "str", "line": "int64"})):
            assert frame.empty
            assert frame["line"].dtype == "int64"
            assert isinstance(frame.dtypes.iloc[0], pd.StringDtype)
