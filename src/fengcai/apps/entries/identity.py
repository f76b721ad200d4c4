"""Chinese numbers that say who somebody is or how to reach them: form, checksum, birth, masking."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}(-[0-9]{1,6})?")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_LOCAL = re.compile(r"[0-9]{3,8}")
_HOST = re.compile(r"(?!-)[\w-]{1,63}(\.[\w-]{1,63})+", re.UNICODE)
LONGEST_LINK = 500


def plain(text: str) -> str:
    """Half-width, without blanks: ＋86 １３８… and 138 0000 … become what people mean."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def id_problem(text: str) -> str:
    """Why this is no resident's number (居民身份证号, GB 11643), or empty."""
    number = plain(text).upper()
    if not _ID.fullmatch(number):
        return "身份证号应为 18 位，最后一位可以是 X"
    if birth_of(number) is None:
        return "身份证号第 7 至 14 位不是有效的出生日期"
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECK[total % 11] != number[-1]:
        return "身份证号的校验位不对，请核对是否抄错"
    return ""


def birth_of(id_number: str) -> date | None:
    """The day of birth in a resident's number."""
    digits = plain(id_number)[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def phone_problem(text: str) -> str:
    """Why this is no telephone number, or empty. Inner numbers of a house (3 to 8 digits) count."""
    number = plain(text).removeprefix("+86").removeprefix("0086").lstrip("-")
    bare = re.sub(r"[()]", "", number)
    joined = re.sub(r"^(0[0-9]{2,3})-", r"\1", bare)
    grouped = joined.replace("-", "")
    if (
        _MOBILE.fullmatch(grouped)
        or _LANDLINE.fullmatch(joined)
        or _SERVICE.fullmatch(grouped)
        or _LOCAL.fullmatch(joined)
    ):
        return ""
    return "电话号码不对：手机号 11 位，座机请带区号，如 027-12345678"


def phone_key(text: str) -> str:
    """A telephone number as it is compared: digits only, without the country's code."""
    digits = re.sub(r"[^0-9]", "", plain(text).removeprefix("+86"))
    return digits.removeprefix("0086")


def email_problem(text: str) -> str:
    """Why this is no address of e-mail, or empty."""
    try:
        validate_email(unicodedata.normalize("NFKC", text).strip())
    except ValidationError:
        return "邮箱地址不对，应如 name@example.cn"
    return ""


def link_problem(text: str) -> str:
    """Why this is no address of a page, or empty. Nothing is fetched."""
    said = "链接不对，应以 http:// 或 https:// 开头，请从浏览器地址栏或“复制链接”得到"
    link = text.strip()
    if len(link) > LONGEST_LINK:
        return f"链接最多 {LONGEST_LINK} 个字符"
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return said
    if re.search(r"[\s<>\"\\]", link) or parts.scheme not in ("http", "https"):
        return said
    return "" if _HOST.fullmatch(host) and parts.username is None else said


def day_of(text: str) -> date | None:
    """A day written 2026-04-30, 2026/4/30, 2026.4.30, 2026年4月30日 or 20260430; else None."""
    found = re.fullmatch(
        r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})",
        plain(text),
    )
    if found is None:
        return None
    year, month, day = (part for part in found.groups() if part is not None)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def age_on(birth: date, day: date) -> int:
    """Whole years on `day`. Who is born on 29 February is a year older on 1 March (民法典 §200–203)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def masked(text: str) -> str:
    """Personal numbers for eyes that need not know them whole: 3601…1234 as 360**********1234."""
    number = plain(text)
    return number[:3] + "*" * max(0, len(number) - 7) + number[-4:] if len(number) > 7 else "***"
