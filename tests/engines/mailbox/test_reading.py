"""What becomes of a mail: its parts, its attachments, what is nested in it, and what is too much."""

from __future__ import annotations

import base64
import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.engines.mailbox import Limits, read
from tests.engines.mailbox.writing import (
    file_part,
    mail,
    multipart,
    named,
    text_part,
    word,
)

pytestmark = pytest.mark.intake


def told(letter: object) -> list[str]:
    return [one.kind for one in letter.problems]  # type: ignore[attr-defined]


def test_a_plain_mail() -> None:
    raw = mail(
        subject="心内科投稿", sender=f"{word('张三')} <zhang@163.com>", more="Cc: b@c.cn\r\n"
    )
    with read(raw) as letter:
        assert (letter.message_id, letter.sender, letter.sender_name) == (
            "1@example.cn", "zhang@163.com", "张三",
        )  # fmt: skip
        assert letter.to == ("intake@example.cn", "b@c.cn")
        assert letter.subject == "心内科投稿"
        assert letter.date == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
        assert letter.text == "请查收。"
        assert (letter.size, letter.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
        assert (letter.attachments, letter.links, letter.nested, letter.problems) == (
            (),
            (),
            (),
            (),
        )
        assert not letter.automatic
        assert not letter.bounce


def test_attachments_are_the_bytes_that_were_sent(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4_001
    raw = mail(text_part("正文"), file_part(data, named("作品.mp4"), kind="video/mp4"))
    letter = read(raw, spool=tmp_path)
    (one,) = letter.attachments
    assert (one.name, one.content_type, one.size, one.inline, one.whole) == (
        "作品.mp4", "video/mp4", len(data), False, True,
    )  # fmt: skip
    assert one.sha256 == hashlib.sha256(data).hexdigest()
    with one.open() as file:
        assert file.read() == data
    letter.close()
    assert [path.name for path in tmp_path.iterdir()] == [one.sha256]  # the caller's, to keep


def test_a_letter_of_its_own_folder_leaves_nothing() -> None:
    letter = read(mail(file_part(b"1", named("a.txt"))))
    folder = letter.attachments[0].path.parent
    letter.close()
    assert not folder.exists()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 57, 58, 262_143, 262_144, 262_145, 700_001])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_every_size_in_every_encoding(size: int, encoding: str) -> None:
    data = (b"0123456789=ABC.-\xe5\xbf\x83" * (size // 19 + 1))[:size]
    written = data
    if encoding == "base64":
        written = base64.encodebytes(data).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    elif encoding == "quoted-printable":
        written = b"=\r\n".join(
            b"".join(b"=%02X" % byte for byte in data[at : at + 25]) for at in range(0, size, 25)
        )
    part = (
        b"Content-Type: video/mp4; name=a.mp4\r\nContent-Transfer-Encoding: "
        + encoding.encode() + b"\r\n\r\n" + written
    )  # fmt: skip
    with read(mail(part)) as letter:
        with letter.attachments[0].open() as file:
            assert file.read() == data
        assert letter.problems == ()


@settings(max_examples=40)
@given(st.binary(max_size=3_000), st.integers(1, 90))
def test_base64_whatever_the_lines(data: bytes, width: int) -> None:
    whole = base64.b64encode(data)
    lines = b"\n".join(whole[at : at + width] for at in range(0, len(whole), width))
    part = b"Content-Type: a/b; name=x\nContent-Transfer-Encoding: BASE64\n\n" + lines
    with read(mail(part).replace(b"\r\n", b"\n")) as letter, letter.attachments[0].open() as file:
        assert file.read() == data


def test_base64_in_several_runs() -> None:
    part = (
        b"Content-Type: a/b; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\nYWI=\r\nY2Q=\r\nZQ"
    )
    with read(mail(part)) as letter, letter.attachments[0].open() as file:
        assert file.read() == b"abcde"


def test_uuencode() -> None:
    part = (
        b"Content-Type: a/b; name=x.txt\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
        b"begin 644 x.txt\r\n#0V%T\r\n`\r\nend\r\n"
    )
    with read(mail(part)) as letter, letter.attachments[0].open() as file:
        assert file.read() == b"Cat"


@pytest.mark.parametrize(
    "said",
    [
        b'filename="=?gb2312?B?0MTE2r/G?=.mp4"',
        b"filename==?gb2312?B?0MTE2r/G?=.mp4",
        b'filename="=?gb2312?Q?=D0=C4=C4=DA=BF=C6?=\r\n =?gb2312?Q?.mp4?="',
        b"filename*=gb2312''%D0%C4%C4%DA%BF%C6.mp4",
        b"filename*0*=GB2312'zh'%D0%C4%C4;\r\n filename*1*=%DA%BF%C6;\r\n filename*2=.mp4",
        b"filename=\"x.mp4\"; filename*=utf-8''%E5%BF%83%E5%86%85%E7%A7%91.mp4",
        b'filename="%E5%BF%83%E5%86%85%E7%A7%91.mp4"',
        b'filename="' + "心内科.mp4".encode() + b'"',
        b'filename="' + "心内科.mp4".encode("gbk") + b'"',
        b"filename=" + "心内科.mp4".encode("gbk"),
        b'FileName = "=?GBK?B?0MTE2r/GLm1wNA==?="; size=3',
        b'filename="' + "心内科.mp4".encode("gbk"),  # never closed
    ],
)
def test_file_names_however_they_are_written(said: bytes) -> None:
    with read(mail(file_part(b"1", said))) as letter:
        assert letter.attachments[0].name == "心内科.mp4"


def test_a_raw_name_whose_last_byte_is_a_backslash() -> None:
    """誠 is D5 5C in GBK: the quote after it is no escaped one."""
    said = b'filename="' + "誠".encode("gbk") + b'"; size=1'
    with read(mail(file_part(b"1", said))) as letter:
        assert letter.attachments[0].name == "誠"


def test_qq_names_the_file_in_the_type() -> None:
    part = file_part(b"1", "size=1", kind=f'application/octet-stream; name="{word("心内科.mp4")}"')
    with read(mail(part)) as letter:
        assert letter.attachments[0].name == "心内科.mp4"


def test_alternatives_are_one_text() -> None:
    both = multipart(
        text_part("正文 A"),
        text_part("<p>正文&nbsp;B</p>", kind="html"),
        kind="alternative",
        boundary="x",
    )
    with read(mail(both, file_part(b"1", named("a.pdf")))) as letter:
        assert letter.text == "正文 A"
        assert len(letter.attachments) == 1


def test_a_page_and_a_footer_are_both_read() -> None:
    with read(mail(text_part("<p>正文", kind="html"), text_part("-- \n免责声明"))) as letter:
        assert letter.text == "正文\n\n-- \n免责声明"


def test_an_alternative_that_is_blank_gives_way_to_the_page() -> None:
    both = multipart(
        text_part(" \n"), text_part("<p>正文", kind="html"), kind="alternative", boundary="x"
    )
    with read(mail(both, text_part("页脚"))) as letter:
        assert letter.text == "正文\n\n页脚"


def test_a_type_that_is_none_is_text() -> None:
    with read(b"From: a@b.cn\r\nContent-Type: text\r\n\r\nwords") as letter:
        assert (letter.text, letter.attachments) == ("words", ())


def test_a_page_becomes_its_text() -> None:
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><!-- <p>no --><script>x</script>"
        "<div>心内科<br>张三</div><table><tr><td>题目</td><td>急救 &lt;1&gt;</td></tr></table>"
        "<p>a < b</p></body>"
    )
    with read(mail(text_part(page, kind="html", charset="gb2312", codec="gbk"))) as letter:
        assert letter.text == "心内科\n张三\n\n题目 急救 <1>\n\na < b"


def test_text_that_was_folded_for_width() -> None:
    part = b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\none \r\ntwo\r\n> three\r\nfour"
    with read(mail(part)) as letter:
        assert letter.text == "one two\n> three\nfour"


def test_pictures_of_the_text_are_not_handed_in() -> None:
    picture = (
        b"Content-Type: image/png; name=logo.png\r\nContent-ID: <a>\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAAA"
    )
    related = multipart(
        text_part("<img src=cid:a>", kind="html"), picture, kind="related", boundary="r"
    )
    with read(mail(related, file_part(b"1", named("a.pdf")))) as letter:
        assert [(one.name, one.inline) for one in letter.attachments] == [
            ("logo.png", True), ("a.pdf", False),
        ]  # fmt: skip


def test_letters_inside_letters() -> None:
    inner = mail(
        text_part("里面"), file_part(b"2", named("内.mp4")), subject="内", boundary="=_inner"
    )
    attached = b"Content-Type: message/rfc822\r\n\r\n" + inner
    encoded = file_part(inner, named("转发.eml"))
    typed = file_part(inner, named("x"), kind="message/rfc822")
    with read(mail(text_part("外面"), attached, encoded, typed)) as letter:
        assert [one.subject for one in letter.nested] == ["内", "内", "内"]
        assert [one.text for one in letter.letters()] == ["外面", "里面", "里面", "里面"]
        assert [x.name for one in letter.letters() for x in one.attachments] == ["内.mp4"] * 3
        assert {one.sha256 for one in letter.nested} == {hashlib.sha256(inner).hexdigest()}
        assert letter.problems == ()


def test_an_eml_that_is_no_letter_is_a_file() -> None:
    with read(mail(file_part(b"PK\x03\x04 not a letter", named("x.eml")))) as letter:
        assert [one.name for one in letter.attachments] == ["x.eml"]
        assert letter.nested == ()


def test_a_chain_of_forwards_ends_somewhere() -> None:
    raw = mail(subject="0")
    for n in range(1, 40):
        raw = mail(b"Content-Type: message/rfc822\r\n\r\n" + raw, subject=str(n), boundary=f"b{n}")
    with read(raw) as letter:
        subjects = [one.subject for one in letter.letters()]
        assert subjects == [str(n) for n in range(39, 32, -1)]
        assert [told(one) for one in letter.letters()][-1] == ["too-deep"]


def test_multiparts_inside_multiparts_end_somewhere() -> None:
    part = text_part("tief")
    for n in range(60):
        part = multipart(part, boundary=f"b{n}x")
    with read(mail(part)) as letter:
        assert told(letter) == ["too-deep"]
        assert letter.text == ""


def test_two_hundred_attachments() -> None:
    parts = [file_part(str(n).encode(), named(f"{n}.txt")) for n in range(200)]
    with read(mail(*parts)) as letter:
        assert [one.name for one in letter.attachments] == [f"{n}.txt" for n in range(200)]
        assert letter.problems == ()
    with read(mail(*parts), limits=Limits(attachments=150)) as letter:
        assert len(letter.attachments) == 150
        assert told(letter) == ["too-many-attachments"]
    with read(mail(*parts), limits=Limits(parts=10)) as letter:
        assert len(letter.attachments) == 9
        assert told(letter) == ["too-many-parts"]


def test_two_attachments_of_the_same_bytes_are_two() -> None:
    with read(mail(file_part(b"1", named("a.txt")), file_part(b"1", named("b.txt")))) as letter:
        assert [one.name for one in letter.attachments] == ["a.txt", "b.txt"]
        assert letter.attachments[0].path == letter.attachments[1].path


def test_a_subject_of_five_thousand_characters() -> None:
    subject = "\r\n ".join(word("科" * 10) for _ in range(500))
    with read(mail(subject=subject.encode())) as letter:
        assert letter.subject == "科" * 500
        assert [one.text for one in letter.problems] == ["主题有 5000 个字，只显示前 500 个。"]


def test_an_attachment_over_the_limit_is_cut_and_told() -> None:
    raw = mail(file_part(b"x" * 3_000, named("a.mp4")))
    with read(raw, limits=Limits(attachment_bytes=1_000)) as letter:
        assert (letter.attachments[0].size, letter.attachments[0].whole) == (1_000, False)
        assert told(letter) == ["attachment-cut"]


def test_a_text_over_the_limit_is_cut_and_told() -> None:
    for part in (text_part("科" * 900), text_part("<p>" + "科" * 900, kind="html")):
        with read(mail(part), limits=Limits(text_characters=100, html_bytes=400)) as letter:
            assert letter.text == "科" * 100
            assert told(letter) == ["text-cut"]


def test_a_mail_that_ends_in_the_middle() -> None:
    raw = mail(text_part("正文"), file_part(b"x" * 3_000, named("a.mp4")))
    with read(raw[: len(raw) // 2]) as letter:
        assert told(letter) == ["cut-off"]
        assert (letter.subject, letter.text) == ("投稿", "正文")
        assert 0 < letter.attachments[0].size < 3_000
        assert not letter.attachments[0].whole


def test_a_part_inside_that_was_never_closed_is_no_mail_cut_off() -> None:
    inner = multipart(text_part("innen"), boundary="x").replace(b"--x--\r\n", b"")
    with read(mail(inner, file_part(b"1", named("a.txt")))) as letter:
        assert (letter.text, told(letter), letter.attachments[0].whole) == ("innen", [], True)


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        (b"", ["no-header"]),
        (b"\r\n\r\n", ["no-header"]),
        (b"\0" * 5_000, ["no-header"]),
        (b"just words\r\nand more", ["no-header"]),
        (b"Subject: x", ["no-sender"]),
        (b"From: nobody\r\n\r\nx", ["no-sender"]),
        (b"From: a@b.cn\r\nContent-Type: multipart/mixed\r\n\r\nwords", ["no-boundary"]),
        (b"From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nwords", ["cut-off"]),
        (b"From: a@b.cn\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\xff", ["charset"]),
        (b"From: a@b.cn\r\nX: " + b"y" * 600_000 + b"\r\n\r\n", ["header-cut"]),
    ],
)  # fmt: skip
def test_what_is_hardly_a_mail_is_a_letter_with_problems(raw: bytes, kinds: list[str]) -> None:
    with read(raw) as letter:
        assert told(letter) == kinds
        assert all(one.text.endswith("。") for one in letter.problems)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (file_part(b"1", "filename=winmail.dat", kind="application/ms-tnef"), "tnef"),
        (file_part(b"1", "filename=smime.p7m", kind="application/pkcs7-mime"), "encrypted"),
        (b"Content-Type: message/partial; id=1; number=1; total=3\r\n\r\nx", "partial"),
        (b"Content-Type: message/external-body; access-type=url\r\n\r\nx", "external"),
    ],
)
def test_what_cannot_be_opened_is_named(part: bytes, kind: str) -> None:
    with read(mail(text_part("正文"), part)) as letter:
        assert told(letter) == [kind]
        assert len(letter.attachments) == 1


def test_an_archive_is_not_opened() -> None:
    """A bomb stays what it is: some bytes in a file."""
    bomb = b"PK\x03\x04" + b"\0" * 2_000
    with read(mail(file_part(bomb, named("作品.zip")))) as letter:
        assert (letter.attachments[0].size, letter.nested, letter.problems) == (len(bomb), (), ())


@settings(max_examples=40)
@given(st.binary(max_size=800))
def test_no_bytes_are_an_error(noise: bytes) -> None:
    raw = mail(text_part("x"), file_part(b"1", named("a.txt")))
    for broken in (noise, raw[: len(noise)] + noise, raw.replace(b"=_b1", noise[:20])):
        with read(broken) as letter:
            str(letter).encode()


def test_words_that_are_almost_the_boundary() -> None:
    part = b"Content-Type: text/plain\r\n\r\n--=_b\r\n--=_b11\r\nx--=_b1\r\n ---=_b1\r\nend"
    with read(mail(part, text_part("zwei"))) as letter:
        assert letter.text == "--=_b\n--=_b11\nx--=_b1\n ---=_b1\nend\n\nzwei"


@pytest.mark.parametrize("shift", range(0, 400, 19))
def test_a_boundary_across_two_windows(shift: int) -> None:
    data = b"x" * (256 * 1024 - 300 + shift)
    part = b"Content-Type: a/b; name=x\r\n\r\n" + data
    with read(mail(part, text_part("danach"))) as letter:
        assert (letter.attachments[0].size, letter.text) == (len(data), "danach")


def test_a_large_mail_costs_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    peaks = []
    for megabytes in (1, 12):
        path = tmp_path / f"{megabytes}.eml"
        path.write_bytes(
            mail(text_part("正文"), file_part(bytes(megabytes * 1024**2), named("a.mp4")))
        )
        tracemalloc.start()
        letter = read(path, spool=tmp_path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert letter.attachments[0].size == megabytes * 1024**2
    assert peaks[1] < peaks[0] * 1.1
    assert peaks[1] < 4 * 1024**2


def test_a_full_disk_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read(mail(file_part(b"1", named("a.txt"))), spool=tmp_path / "gone")
