"""Files that a letter only links to: awaited, asked for, sent by the letter's own page, fetched only
when everything allows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox.actions import ask_for_files, fetch_file, grant_for, wait_no_longer
from fengcai.apps.mailbox.actions.sending import take_sent
from fengcai.apps.mailbox.answering import page_token
from fengcai.apps.mailbox.jobs import order_expiry
from fengcai.apps.mailbox.models import Case, PendingFile
from fengcai.apps.mailbox.queries import senders_case, senders_page
from fengcai.apps.messages.models import Message
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, Stale
from fengcai.engines.uploads import CompletedUpload, UploadRefused
from fengcai.engines.uploads.grants import read_grant
from tests.apps.mailbox.letters import FILM, HEART, NAME, Office, hurry, letter, work, zipped
from tests.factories.collecting import CLOSES, DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]
NAMED = NAME.format(HEART) + ".mp4"
LATER = datetime(2999, 1, 2, 21, 59)
QQ = (
    "见附件\n\n从QQ邮箱发来的超大附件\n\n{} (128.03M, {}年{}月{}日 21:59 到期)"
    "进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download&code=2\n"
)


def linked(ends: datetime = LATER, **changes: Any) -> bytes:
    text = QQ.format(NAMED, ends.year, f"{ends.month:02}", f"{ends.day:02}")
    return letter(text=text, **changes)


def sent(
    case: Case, folder: Path, data: bytes = FILM, at: datetime = DAY, name: str = NAMED
) -> CompletedUpload:
    """As if this were uploaded by the letter's page."""
    pending = case.pending.first()
    path = folder / f"{uuid4().hex}.part"
    path.write_bytes(data)
    import hashlib

    return CompletedUpload(
        id=uuid4(), purpose="mailbox.file", received=path, size=len(data),
        sha256=hashlib.sha256(data).hexdigest(), filename=name, began_at=at, finished_at=at,
        subject={"case": str(case.pk), "pending": pending.pk if pending else None},
        owner=f"letter:{case.pk}",
    )  # fmt: skip


def take(upload: CompletedUpload) -> None:
    from django.db import transaction

    with transaction.atomic():
        take_sent(upload)


def test_a_linked_film_is_awaited_sent_and_taken_in(office: Office, tmp_path: Path) -> None:
    case = office.come(linked())
    row = case.pending.get()
    assert (row.provider, row.name, row.state, row.url[:18]) == (
        "qq", NAMED, "waiting", "http://mail.qq.com",
    )  # fmt: skip
    assert row.size == pytest.approx(128.03 * 2**20, rel=0.01)
    assert (case.state, case.unit_id) == ("taken", office.made.units[HEART].pk)
    [receipt] = Message.objects.filter(template="mailbox.receipt")
    assert "信里只有下载链接，文件还没有收到" in receipt.body
    # The row in the outbox does not keep the address that opens the page.
    assert page_token(case) not in receipt.body

    take(sent(case, tmp_path))
    work()
    case.refresh_from_db()
    version = FileVersion.objects.get()
    assert (version.slot, version.entry.unit.name, version.asset.filename) == ("main", HEART, NAMED)
    assert case.pending.get().state == "arrived"
    assert case.files.get().key == ""
    assert [row.said for row in senders_page(page_token(case), DAY).files] == ["已收入作品"]
    Asset.objects.update(state=Asset.State.INSPECTED)
    hurry()
    work()
    assert Message.objects.filter(template="mailbox.receipt").count() == 1


def test_a_film_that_is_sent_after_the_deadline_is_kept_and_not_taken(
    office: Office, tmp_path: Path
) -> None:
    case = office.come(linked())
    late = CLOSES + timedelta(minutes=5)
    take(sent(case, tmp_path, at=late))
    work()
    case.refresh_from_db()
    assert (case.state, FileVersion.objects.count()) == ("resolve", 0)
    assert "晚于截止时间" in case.why
    assert case.files.get().key != ""


def test_an_archive_that_is_sent_is_opened_as_an_attached_one_is(
    office: Office, tmp_path: Path
) -> None:
    office.made.contacts[HEART].email = "li@example.cn"
    office.made.contacts[HEART].save()
    case = office.come(linked())
    packed = zipped(**{"..__心血管内科.mp4": FILM, "说明.txt": b"x"})
    take(sent(case, tmp_path, packed, name="作品.ZIP"))
    work()
    case.refresh_from_db()
    version = FileVersion.objects.get()
    assert (case.state, version.asset.filename) == ("taken", "心血管内科.mp4")
    rows = case.files.values_list("name", "origin", "state", "why")
    assert list(rows) == [
        ("作品.ZIP", "sent", "waiting", "压缩包，里面有 2 个文件"),
        ("心血管内科.mp4", "packed", "taken", ""),
        ("说明.txt", "packed", "waiting", "没有一项收这种格式的文件"),
    ]
    # One that cannot be opened says why; one that comes late is late, whatever lies in it.
    take(sent(case, tmp_path, b"Rar!\x1a\x07 no", name="a.rar"))
    late = CLOSES + timedelta(minutes=5)
    take(sent(case, tmp_path, zipped(**{"b.mp4": FILM}), at=late, name="b.zip"))
    work()
    case.refresh_from_db()
    assert "打不开" in case.files.get(name="a.rar").why
    assert (case.state, FileVersion.objects.count()) == ("resolve", 1)
    assert "晚于截止时间" in case.why


def test_a_letter_without_a_unit_keeps_what_is_sent_until_it_has_one(
    office: Office, tmp_path: Path
) -> None:
    from fengcai.apps.mailbox.actions import assign

    text = QQ.format("作品.mp4", "2999", "01", "02")
    case = office.come(letter("我的作品", text=text))
    take(sent(case, tmp_path))
    work()
    case.refresh_from_db()
    assert (case.state, FileVersion.objects.count()) == ("resolve", 0)
    assign(
        contest=office.made.contest, case_id=case.pk, unit=office.made.units[HEART],
        version=case.version, by=office.made.organiser, at=DAY,
    )  # fmt: skip
    work()
    assert FileVersion.objects.get().entry.unit.name == HEART


def test_the_page_of_a_letter_opens_nothing_else(office: Office, tmp_path: Path) -> None:
    case = office.come(linked())
    other = office.come(linked(id="<2@e>", subject="你好"))
    token = page_token(case)
    assert senders_case(token, DAY) == case
    for wrong in (token[:-1], token + "x", case.pk.hex, "", "x.y", page_token(case).upper()):
        with pytest.raises(NotFound):
            senders_case(wrong, DAY)
    foreign = other.pending.get().pk
    with pytest.raises(NotFound):
        grant_for(case=case, pending=foreign, at=DAY)
    grant = read_grant(grant_for(case=case, pending=None, at=DAY)["grant"], at=DAY)
    assert (grant.purpose, grant.subject) == (
        "mailbox.file", {"case": str(case.pk), "pending": None},
    )  # fmt: skip
    # It closes with time, and when the office sets the letter aside.
    assert case.open_until is not None
    with pytest.raises(NotFound, match="过期"):
        senders_case(token, case.open_until + timedelta(seconds=1))
    Case.objects.update(state="aside")
    with pytest.raises(NotFound):
        senders_case(token, DAY)
    with pytest.raises(UploadRefused, match="搁置"):
        take(sent(case, tmp_path))


def test_the_sender_is_warned_once_before_a_link_expires(office: Office) -> None:
    from django.utils import timezone

    soon = timezone.localtime(timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    case = office.come(linked(soon))
    far = office.come(linked(id="<2@e>", sender="b@example.cn"))
    for _ in range(2):
        order_expiry()
        work()
    [warning] = Message.objects.filter(template="mailbox.expiring")
    assert warning.address == "li@example.cn"
    assert NAMED in warning.body
    assert case.pending.get().alerted_at is not None
    assert far.pending.get().alerted_at is None


def test_only_the_organiser_asks_and_waits_no_longer(office: Office) -> None:
    case = office.come(linked())
    by, contest = office.made.organiser, office.made.contest
    given: dict[str, Any] = {"contest": contest, "case_id": case.pk, "at": DAY}
    with pytest.raises(NotPermitted):
        ask_for_files(words="", version=case.version, by=office.made.contacts[HEART], **given)
    ask_for_files(words="请补传", version=case.version, by=by, **given)
    with pytest.raises(Stale):
        ask_for_files(words="", version=case.version, by=by, **given)
    case.refresh_from_db()
    row = case.pending.get()
    wait_no_longer(pending=row.pk, version=case.version, by=by, **given)
    case.refresh_from_db()
    with pytest.raises(Refused, match="不再等待"):
        wait_no_longer(pending=row.pk, version=case.version, by=by, **given)


class _Provider(BaseHTTPRequestHandler):
    """What the page behind a link may be."""

    def do_GET(self) -> None:
        here = self.server
        self.send_response(200)
        self.send_header("Content-Type", here.kind)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(FILM)
        here.asked.append(self.path)  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    server.kind, server.asked = "video/mp4", []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def fetch(office: Office, case: Case) -> PendingFile:
    case.refresh_from_db()
    fetch_file(
        contest=office.made.contest, case_id=case.pk, pending=case.pending.get().pk,
        version=case.version, by=office.made.organiser, at=DAY,
    )  # fmt: skip
    work()
    return case.pending.get()


def test_a_link_is_fetched_only_by_an_officer_from_a_host_that_the_settings_name(
    office: Office, provider: Any, settings: Any
) -> None:
    port = provider.server_address[1]
    case = office.come(linked())
    case.pending.update(url=f"http://127.0.0.1:{port}/film")
    assert provider.asked == []
    # Nothing is set; then everybody may be fetched from for other purposes, which is not enough.
    for on, hosts in ((False, "127.0.0.1"), (True, ""), (True, "mail.qq.com")):
        settings.FENGCAI_FETCH, settings.FENGCAI_FETCH_HOSTS = on, hosts
        with pytest.raises(Refused, match="FENGCAI_FETCH_HOSTS"):
            fetch(office, case)
    # A host that is named and yet inside: the guard says no.
    settings.FENGCAI_FETCH, settings.FENGCAI_FETCH_HOSTS = True, "127.0.0.1"
    settings.FENGCAI_FETCH_INSIDE = ""
    row = fetch(office, case)
    assert (row.state, provider.asked) == ("waiting", [])
    assert row.why != ""
    # A page in the place of a file is no file.
    settings.FENGCAI_FETCH_INSIDE = f"127.0.0.1:{port}"
    provider.kind = "text/html"
    assert fetch(office, case).state == "waiting"
    provider.kind = "video/mp4"
    assert fetch(office, case).state == "arrived"
    got = case.files.get()
    assert (got.origin, got.name, got.size) == ("fetched", NAMED, len(FILM))
