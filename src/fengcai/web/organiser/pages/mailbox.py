"""What the mail desk shows, and what its forms send to the actions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.queries import unit as unit_of
from fengcai.apps.mailbox import actions
from fengcai.apps.mailbox.polling import check
from fengcai.apps.mailbox.presets import PRESETS
from fengcai.apps.mailbox.queries import (
    ALL,
    FILTERS,
    NAMED,
    PER_PAGE,
    RESOLVE,
    Asked,
    connection_of,
    desk,
    letter,
    opening,
    registered,
    what_the_rules_say,
)
from fengcai.apps.mailbox.states import Security
from fengcai.apps.refusals import Refused
from fengcai.web.shared.texts import storable, whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.mailbox.models import Connection
    from fengcai.apps.people.models import User

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Choice:
    """A view of the list, with how many letters it has."""

    name: str
    count: int
    url: str
    current: bool


def asked_for(sent: QueryDict) -> Asked:
    """What the address asks for; what makes no sense counts as not asked."""
    show = sent.get("show", RESOLVE)
    return Asked(
        show=show if show in FILTERS else RESOLVE,
        words=storable(sent.get("q", "")).strip()[:100],
        page=max(1, min(whole_number(sent.get("page")) or 1, 100_000)),
    )


def desk_page(contest: Contest, user: User, sent: QueryDict) -> dict[str, Any]:
    """The list as the address asks for it."""
    asked = asked_for(sent)
    found = desk(contest=contest, user=user, asked=asked)
    here = reverse("office-mailbox", args=[contest.slug])
    return {
        "rows": found.rows,
        "views": [
            Choice(
                name, found.counts[show], f"{here}?{urlencode({'show': show})}", show == asked.show
            )
            for show, name in FILTERS.items()
            if show != NAMED or show == asked.show or found.counts[NAMED]
        ],
        "asked": asked,
        "page": Paginator(range(found.total), PER_PAGE).get_page(asked.page),
        "query": urlencode({"show": asked.show, "q": asked.words}),
        "nothing": found.counts[ALL] == 0,
        **_box(contest),
    }


def _box(contest: Contest) -> dict[str, Any]:
    box = connection_of(contest)
    return {"box": box, **how(box)}


def letter_page(
    contest: Contest, user: User, case_id: UUID, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One letter."""
    found = letter(contest=contest, user=user, case_id=case_id, at=timezone.now())
    chosen = whole_number((typed or {}).get("unit"))
    if not chosen:
        chosen = found.case.unit_id or (found.candidates[0].pk if found.candidates else 0)
    return {"letter": found, "case": found.case, "typed": typed or {}, "chosen": chosen}


def _assign(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    unit = unit_of(contest, whole_number(sent.get("unit")))
    actions.assign(
        contest=contest, case_id=case_id, unit=unit, version=_version(sent),
        alias=sent.get("alias", ""), by=user, at=timezone.now(),
    )  # fmt: skip
    return f"已归到{unit.name}，正在收附件；稍后刷新就能看到结果。"


def _aside(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.set_aside(
        contest=contest, case_id=case_id, reason=sent.get("reason", ""), version=_version(sent),
        by=user, at=timezone.now(),
    )  # fmt: skip
    return "已搁置。信和附件都保留着，随时可以重新打开。"


def _reopen(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.reopen(
        contest=contest, case_id=case_id, version=_version(sent), by=user, at=timezone.now()
    )
    return "已重新打开。"


def _take(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    track, _, slot = sent.get("place", "").partition("/")
    work = sent.get("work", "")
    actions.take_file(
        contest=contest, case_id=case_id, file=whole_number(sent.get("file")), track=track,
        slot=slot, entry=_uuid(work), version=_version(sent), by=user, at=timezone.now(),
    )  # fmt: skip
    return "已收入作品。"


def _finish(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.finish(
        contest=contest, case_id=case_id, version=_version(sent), by=user, at=timezone.now()
    )
    return "已处理完毕，会给发件人发回执。"


def _ask(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.ask_for_files(
        contest=contest, case_id=case_id, words=sent.get("words", ""), version=_version(sent),
        by=user, at=timezone.now(),
    )  # fmt: skip
    return "已请发件人补传，邮件里有专用的上传链接。"


def _reply(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.reply(
        contest=contest, case_id=case_id, words=sent.get("words", ""), version=_version(sent),
        by=user, at=timezone.now(),
    )  # fmt: skip
    return "回信已交给发件箱，送达与否可以在那里看到。"


def _wait(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.wait_no_longer(
        contest=contest, case_id=case_id, pending=whole_number(sent.get("pending")),
        version=_version(sent), by=user, at=timezone.now(),
    )  # fmt: skip
    return "不再等这个文件。"


def _fetch(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.fetch_file(
        contest=contest, case_id=case_id, pending=whole_number(sent.get("pending")),
        version=_version(sent), by=user, at=timezone.now(),
    )  # fmt: skip
    return "正在后台取文件，结果会写在这封信的经过里。"


def _drop(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.drop_original(
        contest=contest, case_id=case_id, version=_version(sent), by=user, at=timezone.now()
    )
    return "原件已删除。网页邮箱里的那一封本系统不动，请自行删除。"


def _keep(contest: Contest, user: User, case_id: UUID, sent: QueryDict) -> str:
    actions.keep_original(
        contest=contest, case_id=case_id, reason=sent.get("keep", ""), version=_version(sent),
        by=user, at=timezone.now(),
    )  # fmt: skip
    return "原件保留，理由已记下。"


ACTS: Mapping[str, Callable[[Contest, User, UUID, QueryDict], str]] = {
    "assign": _assign, "aside": _aside, "reopen": _reopen, "take": _take, "finish": _finish,
    "ask": _ask, "reply": _reply, "wait": _wait, "fetch": _fetch, "drop": _drop, "keep": _keep,
}  # fmt: skip


def _version(sent: QueryDict) -> int:
    return whole_number(sent.get("version"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def streamed(opened: IO[bytes]) -> AsyncIterator[bytes]:
    """A file in pieces, each read in a thread; closed at the end."""
    try:
        while chunk := await sync_to_async(opened.read)(CHUNK):
            yield chunk
    finally:
        opened.close()


def settings_page(contest: Contest, typed: QueryDict | None = None) -> dict[str, Any]:
    """The form as it stands, or as it was typed."""
    box = connection_of(contest)
    address, said = what_the_rules_say(contest)
    if typed is not None:
        values: dict[str, Any] = {name: typed.get(name, "") for name in NAMES}
        values |= {name: name in typed for name in TICKED}
    elif box is not None:
        values = {name: getattr(box, name) for name in NAMES if name not in ("secret", "since")}
        values |= {"since": f"{timezone.localtime(box.since):%Y-%m-%d}", "receipts": box.receipts,
                   "registered_only": box.registered_only}  # fmt: skip
    else:
        now = timezone.now()
        # Who writes before collecting opens is heard from the day on which the mailbox is connected.
        begin = timezone.localtime(min(opening(contest) or now - BEFORE, now))
        values = {"preset": _preset_for(address), "account": address, "address": address,
                  "folder": "INBOX", "since": f"{begin:%Y-%m-%d}", "receipts": True,
                  "registered_only": True}  # fmt: skip
    return {"box": box, "values": values, "presets": PRESETS, "securities": Security.choices,
            "rules_say": said, "rules_address": address, "registered": registered(contest),
            "opening": opening(contest), **how(box)}  # fmt: skip


def how(box: Connection | None) -> dict[str, Any]:
    """Whether letters come in as they arrive, are asked for every minute, or by the clock alone."""
    held = box is not None and box.watched_until and box.watched_until > timezone.now()
    return {"held": bool(held), "pushed": bool(held and box and box.pushed)}


BEFORE = timedelta(days=30)
"""From when on letters are read where the rules do not say yet when collecting opens."""
TICKED = ("receipts", "registered_only")
NAMES = ("preset", "host", "port", "security", "account", "secret", "address", "folder", "since")


def _preset_for(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    known = {"163.com": "163", "126.com": "126", "yeah.net": "yeah", "qq.com": "qq",
             "foxmail.com": "qq"}  # fmt: skip
    return known.get(domain, "")


def settings_typed(sent: QueryDict) -> dict[str, Any]:
    """What the form sends, for `connect`. Raises `Refused` for a date that is none."""
    try:
        day = datetime.strptime(sent.get("since", ""), "%Y-%m-%d").date()  # noqa: DTZ007
        since = timezone.make_aware(datetime.combine(day, time()))
    except (ValueError, OverflowError):
        raise Refused(
            "有的内容还不对，请看各栏说明；没有保存。", fields={"since": "请选择日期"}
        ) from None
    port = sent.get("port", "").strip()
    return {
        **{name: sent.get(name, "") for name in NAMES if name not in ("port", "since")},
        "port": (whole_number(port) or -1) if port else None,
        "since": since,
        **{name: name in sent for name in TICKED},
    }


def tried(box: Connection | None) -> dict[str, Any]:
    """What a test of the mailbox found."""
    if box is None or not box.active:
        raise Refused("请先保存邮箱设置，再试连接。")
    works, said = check(box)
    return {"tried": True, "works": works, "said": said}
