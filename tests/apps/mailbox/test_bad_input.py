"""Letters that are too many, too large, hostile or broken: each is a case, and one sentence says why."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.archives import ArchiveRefused
from fengcai.apps.mailbox.models import Case
from fengcai.engines import storage
from tests.apps.mailbox.letters import FILM, HEART, NAME, Office, letter, zipped

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]


def test_two_hundred_attachments_are_all_listed(office: Office) -> None:
    files = {f"{n:03}.mp4": bytes([n]) * 50 for n in range(199)}
    case = office.come(letter("一堆文件", {**files, NAME.format(HEART) + ".mp4": FILM}))
    assert case.files.count() == 200
    # The one that is named by the rule is taken; the rest is kept with the letter.
    assert (case.state, FileVersion.objects.get().asset.filename) == (
        "taken", NAME.format(HEART) + ".mp4",
    )  # fmt: skip


def test_an_attachment_named_as_a_path_is_only_a_name(office: Office) -> None:
    case = office.come(letter(files={"../../x.mp4": FILM}))
    assert case.state == "taken"
    name = FileVersion.objects.get().asset.filename
    assert "/" not in name
    assert name.endswith("x.mp4")


def test_a_subject_of_five_thousand_characters_is_cut_and_matched(office: Office) -> None:
    raw = letter("x", {"a.mp4": FILM}).replace(
        b"Subject: x", b"Subject: " + ("心血管内科 " + "很长" * 2500).encode()
    )
    case = office.come(raw)
    assert case.unit_id == office.made.units[HEART].pk
    assert len(case.subject) <= 500


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"\xff\xfe" * 999,
        b"Subject: =?x-gbk?B?////?=\n\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 300,
        "From: 甲@乙\nSubject: \ud800\n\n".encode("utf-8", "surrogatepass"),
        b"From: a@b.c\nSubject: \0\0 heart\n\n\0",
    ],
)
def test_whatever_the_bytes_are_there_is_a_case_and_its_original(
    office: Office, raw: bytes
) -> None:
    case = office.come(raw)
    assert case.state in ("resolve", "aside")
    assert case.why
    assert storage.verify(case.key, case.sha256)
    assert Case.objects.count() == 1


def bomb(members: int = 1, size: int = 64 * 1024**2) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(members):
            with archive.open(f"{n}.mp4", "w") as member:
                for _ in range(size // 2**20):
                    member.write(bytes(2**20))
    return out.getvalue()


def lie_about_size(data: bytes, said: int) -> bytes:
    """The same archive, whose directory says another size."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        real = archive.infolist()[0].file_size
    return data.replace(real.to_bytes(4, "little"), said.to_bytes(4, "little"))


def encrypted() -> bytes:
    data = bytearray(zipped(**{"a.mp4": FILM}))
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bomb(), "膨胀"),
        (encrypted(), "有密码"),
        (b"PK\x03\x04 no zip at all", "打不开"),
        (zipped(**{f"{n}.txt": b"" for n in range(501)}), "超过 500 个"),
    ],
)
def test_an_archive_that_is_not_opened_says_why_and_the_letter_is_kept(
    office: Office, data: bytes, said: str
) -> None:
    case = office.come(letter(files={"心血管内科.zip": data}))
    assert case.state == "resolve"
    assert said in case.files.get().why
    assert FileVersion.objects.count() == 0


def test_an_archive_never_gives_more_than_it_promised(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(lie_about_size(zipped(**{"a.mp4": b"x" * 70_000}), 1_000))
    with pytest.raises(ArchiveRefused, match="坏的"):
        archives.take_out(path, 0, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_in_an_archive_are_read_in_the_charset_of_who_made_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    raw = zipped(**{"ABCDEFGHIJ.mp4": b"x", "dir__": b"", "link": b"a"})
    path.write_bytes(raw.replace(b"ABCDEFGHIJ", "心血管内科".encode("gbk")))
    names = [member.name for member in archives.members(path)]
    assert names == ["心血管内科.mp4", "link"]
    path.write_bytes(zipped(**{"C:\\x\\..\\y.mp4": b"x", "__etc__passwd": b"x"}))
    assert [(m.name, bool(m.odd)) for m in archives.members(path)] == [
        ("y.mp4", True), ("passwd", True),
    ]  # fmt: skip


def test_a_bounce_of_our_own_receipt_is_set_aside_and_not_answered(office: Office) -> None:
    raw = (
        b"From: MAILER-DAEMON@mail.example\nTo: bao@hospital.example\nSubject: Undelivered\n"
        b"Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nfailed\n"
        b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; li@example.cn\n"
        b"Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
        + letter(files={"心血管内科.mp4": FILM}) + b"\n--b--\n"
    )  # fmt: skip
    case = office.come(raw)
    assert (case.state, case.answered) == ("aside", "")
    assert "退信" in case.why


def test_the_same_letter_in_other_bytes_is_not_taken_twice(office: Office) -> None:
    raw = letter(files={"a.mp4": FILM})
    office.come(raw)
    again = office.come(b"X-Moved: yes\n" + raw)
    assert (again.state, Case.objects.count()) == ("aside", 2)
    assert "没有重复收件" in again.why
    # Another film under the same Message-ID is another letter.
    other = office.come(letter(files={"a.mp4": FILM + b"?"}, sender="李护士 <li@example.cn>"))
    assert other.state == "resolve"
    assert FileVersion.objects.count() == 1
