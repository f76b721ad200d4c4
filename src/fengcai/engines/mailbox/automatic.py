"""Whether a machine wrote a letter: auto-replies, lists, receipts, and bounces. None is ever answered.

Signs of RFC 3834, RFC 2919, RFC 3464, RFC 8098 and what Exchange, QQ and NetEase write in their place.
"""

from __future__ import annotations

import re

from .headers import Fields

_SUBJECTS = re.compile(
    r"\s*(?:自动回复|自动答复|自動回覆|自动回覆|外出自动|休假自动|Auto(?:matic)?[ -]?(?:Reply|Response)|Autoreply"
    r"|Out[ -]of[ -](?:the[ -])?Office|Abwesenheit|已读回执|Read:|Not read:|已读:|已读：)",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"系统退信|退信通知|邮件退回|邮件发送失败|无法投递|Undeliver(?:ed|able)|Delivery (?:Status|Failure|has failed)"
    r"|Mail delivery (?:failed|system)|Returned mail|failure notice|Delivery Notification",
    re.IGNORECASE,
)
_DAEMONS = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster)(?:@|$)|10000@qq\.com$", re.IGNORECASE
)
_MACHINES = re.compile(r"(?:no-?reply|do-?not-?reply|donotreply)(?:[+.\-_][^@]*)?@", re.IGNORECASE)
_RECIPIENT = re.compile(
    rb"^(?:Final|Original)-Recipient:[ \t]*[\w.-]+[ \t]*;[ \t]*<?([^\s<>]{3,320})>?",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERS = {"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "auto-reply"}
_LISTS = {"list-id", "list-unsubscribe", "list-post", "list-help", "feedback-id"}


def is_bounce(letter: Fields, sender: str) -> bool:
    """Whether the letter says that another could not be delivered."""
    if letter.token("content-type") == "multipart/report":
        return letter.parameter("content-type", "report-type").lower() in {"delivery-status", ""}
    if letter.raw("x-failed-recipients") is not None:
        return True
    return bool(_DAEMONS.search(sender) or not sender) and bool(
        _RETURNED.search(letter.text("subject"))
    )


def is_automatic(letter: Fields, sender: str) -> bool:
    """Whether no person wrote it."""
    names = {name for name, _ in letter.items}
    said = letter.token("auto-submitted")
    return bool(
        (said and said != "no")
        or names & _ANSWERS
        or names & _LISTS
        or letter.token("precedence") in {"bulk", "junk", "list", "auto_reply", "auto-reply"}
        or "all" in letter.token("x-auto-response-suppress").split(",")
        or letter.line("return-path").replace(" ", "") == "<>"
        or letter.token("content-type") == "multipart/report"
        or _DAEMONS.search(sender)
        or _MACHINES.match(sender)
        or _SUBJECTS.match(letter.text("subject"))
    )


def failed_addresses(report: bytes) -> tuple[str, ...]:
    """The addresses in a message/delivery-status part, each once."""
    found = (one.decode("ascii", "replace") for one in _RECIPIENT.findall(report))
    return tuple(dict.fromkeys(one for one in found if "@" in one))[:100]
