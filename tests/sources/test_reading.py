"""Opening what strangers wrote: encodings, sizes, links, and YAML or JSON made to do harm."""

import os
import time

import pandas as pd
import pytest

from govstack_kit.sources._reading import (
    DEEPEST,
    LARGEST,
    UNPLACED,
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

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_nested_too_deeply(self, write, opening):
        with pytest.raises(SourceError, match=r"a\.json is nested too deeply"):
            load_json(write(opening * 200_000, "a.json"))


class TestYaml:
    def test_plain_data(self):
        text = "a: 2024-01-01\nb: [1, 1.5, yes, null]\nc: |\n  two\n  lines\n"
        expected = {"a": "2024-01-01", "b": [1, 1.5, True, None], "c": "two\nlines\n"}
        assert load_yaml_text(text, "x") == expected

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
            "\n".join(" " * n + "a:" for n in range(3000)),
            "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        ],
    )
    def test_nested_too_deeply(self, text):
        with pytest.raises(SourceError, match="x is not plain YAML: it is nested too deeply"):
            load_yaml_text(text, "x")

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
            ("a: *gone", "it refers to itself|line 1: found undefined alias"),
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
