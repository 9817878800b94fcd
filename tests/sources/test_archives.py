"""Archives that strangers made: whatever is in them, nothing is written outside the target."""

import io
import os
import stat
import struct
import zipfile

import pytest

from govstack_kit.errors import UpdateError
from govstack_kit.sources import _archives
from govstack_kit.sources._archives import unpack

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def make(tmp_path):
    """Make an archive of names and contents; an entry may be a ZipInfo."""

    def make(*entries, comment=b"", method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "deep" / "repo.zip"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in entries:
                archive.writestr(name, content)
            archive.comment = comment
        return path

    return make


@pytest.fixture
def target(tmp_path):
    return tmp_path / "deep" / "target"


def special(name, kind, mode=0o777):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (kind | mode) << 16
    entry.create_system = 3
    return entry


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}


def outside(tmp_path):
    """Return everything but the archive and its target."""
    return {name for name in files(tmp_path) if not name.startswith(("deep/target", "deep/repo"))}


def test_an_archive_as_github_makes_it(make, target):
    dated = zipfile.ZipInfo("repo-main/spec/a.md", (2026, 2, 3, 4, 5, 6))
    archive = make(
        (zipfile.ZipInfo("repo-main/", (2025, 1, 1, 0, 0, 0)), b""),
        (dated, "text"),
        ("repo-main/logo.png", b"\x89PNG"),
        ("repo-main/api/x.yaml", "a: 1"),
        comment=COMMIT.encode(),
    )
    unpacked = unpack(archive, target)
    assert files(target) == {"spec/a.md", "api/x.yaml"}
    assert unpacked.commit == COMMIT
    assert unpacked.left == []


def test_the_date_is_that_of_the_newest_file(make, target):
    old, new = (zipfile.ZipInfo(f"r/{n}.md", (2026, n, 3, 0, 0, 0)) for n in (1, 2))
    assert unpack(make((new, "b"), (old, "a")), target).date == "2026-02-03"


def test_an_archive_without_one_folder_around_everything(make, target):
    assert unpack(make(("a.md", "1"), ("b/c.md", "2")), target).commit == ""
    assert files(target) == {"a.md", "b/c.md"}


@pytest.mark.parametrize(
    "name",
    ["/etc/evil.md", "../evil.md", "r/../../evil.md", "C:/evil.md", "c:evil.md", "r\\..\\evil.md",
     "\\\\host\\evil.md", "r/a\\b.md", "r/../r/evil.md"],
)  # fmt: skip
def test_names_that_lead_out_are_refused(make, target, tmp_path, name):
    with pytest.raises(UpdateError, match=r"repo\.zip is not an honest archive: .*Nothing was"):
        unpack(make(("r/good.md", "x"), (name, "x")), target)
    assert outside(tmp_path) == set()
    assert not target.exists()


@pytest.mark.parametrize("leads", ["/etc/passwd", "../../x", "a/../../../x", "C:\\x", "\\\\h\\x"])
def test_links_that_lead_out_are_refused(make, target, tmp_path, leads):
    archive = make(("r/a.md", "x"), (special("r/link.md", stat.S_IFLNK), leads))
    with pytest.raises(UpdateError, match=r"the link 'r/link\.md' leads out of the folder"):
        unpack(archive, target)
    assert outside(tmp_path) == set()


def test_links_inside_become_files_with_the_name(make, target):
    """As git makes them on Windows; the reader of the registry knows them."""
    archive = make(("r/a/x.json", "{}"), (special("r/a/y.json", stat.S_IFLNK), "../a/x.json"))
    unpack(archive, target)
    link = target / "a" / "y.json"
    assert not link.is_symlink()
    assert link.read_text() == "../a/x.json"


def test_a_link_cannot_become_a_folder_for_others(make, target, tmp_path):
    link = special("r/sub", stat.S_IFLNK)
    archive = make((link, "."), ("r/sub/evil.md", "x"), ("r/z.md", "x"))
    unpacked = unpack(archive, target)
    assert unpacked.left == ["sub/evil.md"]
    assert files(target) == {"sub", "z.md"}
    assert outside(tmp_path) == set()


def test_a_link_that_is_too_long_is_refused(make, target):
    archive = make((special("r/l.md", stat.S_IFLNK), os.urandom(5000)), ("r/a.md", ""))
    with pytest.raises(UpdateError, match="too long"):
        unpack(archive, target)


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_devices_are_refused(make, target, kind):
    with pytest.raises(UpdateError, match="is a device"):
        unpack(make((special("r/dev.md", kind), b"")), target)


def test_encrypted_files_are_refused(make, target):
    archive = make(("r/a.md", "secret"), method=zipfile.ZIP_STORED)
    raw = bytearray(archive.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + flags] |= 1
    archive.write_bytes(raw)
    with pytest.raises(UpdateError, match="is encrypted"):
        unpack(archive, target)


def test_a_bomb_is_refused_before_anything_is_written(make, target):
    archive = make(("r/a.md", "x"), ("r/bomb.md", b"\0" * 10_000_000))
    with pytest.raises(UpdateError, match=r"grows to \S+ times"):
        unpack(archive, target)
    assert not target.exists()


def test_a_bomb_that_lies_about_its_size(make, target):
    archive = make(("r/bomb.md", b"\0" * 3_000_000))
    raw = bytearray(archive.read_bytes())
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", raw, raw.index(signature) + size, 100)
    archive.write_bytes(raw)
    with pytest.raises(UpdateError, match=r"damaged or incomplete|larger than it says"):
        unpack(archive, target)
    assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) <= 100


def test_too_many_files_are_refused(make, target, monkeypatch):
    monkeypatch.setattr(_archives, "MOST_ENTRIES", 10)
    with pytest.raises(UpdateError, match="it has 11 files"):
        unpack(make(*((f"r/{n}.md", "") for n in range(11))), target)


def test_too_many_bytes_are_refused(make, target, monkeypatch):
    monkeypatch.setattr(_archives, "MOST_BYTES", 10_000)
    with pytest.raises(UpdateError, match="its files have more than"):
        unpack(make(*((f"r/{n}.md", os.urandom(3000)) for n in range(5))), target)


def test_a_large_file_stays_in_the_archive(make, target, monkeypatch):
    monkeypatch.setattr(_archives, "LARGEST", 1000)
    unpacked = unpack(make(("r/big.json", os.urandom(2000)), ("r/a.md", "x")), target)
    assert unpacked.left == ["big.json"]
    assert files(target) == {"a.md"}


def test_two_files_of_one_name(make, target):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = make(("r/a.md", "first"), ("r/a.md", "second"))
    assert unpack(archive, target).left == ["a.md"]
    assert (target / "a.md").read_text() == "first"


def test_a_truncated_archive(make, target):
    archive = make(("r/a.md", os.urandom(5000)))
    archive.write_bytes(archive.read_bytes()[:3000])
    with pytest.raises(UpdateError, match=r"repo\.zip is damaged or incomplete"):
        unpack(archive, target)


def test_an_archive_with_a_wrong_byte(make, target):
    archive = make(("r/a.md", os.urandom(5000)), method=zipfile.ZIP_STORED)
    raw = bytearray(archive.read_bytes())
    raw[2000] ^= 0xFF
    archive.write_bytes(raw)
    with pytest.raises(UpdateError, match="damaged or incomplete"):
        unpack(archive, target)


@pytest.mark.parametrize("content", [b"", b"<html>Sign in to the hotel</html>", b"PK\x05\x06"])
def test_no_archive_at_all(tmp_path, target, content):
    path = tmp_path / "repo.zip"
    path.write_bytes(content)
    with pytest.raises(UpdateError, match="damaged or incomplete"):
        unpack(path, target)


def test_an_unknown_method_of_compression(make, target):
    archive = make(("r/a.md", "x"), method=zipfile.ZIP_STORED)
    raw = bytearray(archive.read_bytes())
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        raw[raw.index(signature) + method] = 99
    archive.write_bytes(raw)
    with pytest.raises(UpdateError, match="damaged or incomplete"):
        unpack(archive, target)


def test_an_empty_archive(tmp_path, target):
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    path = tmp_path / "repo.zip"
    path.write_bytes(buffer.getvalue())
    assert unpack(path, target).left == []
    assert files(target) == set()
