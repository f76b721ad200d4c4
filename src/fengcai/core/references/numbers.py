"""Numbers that name a publication: DOI (ISO 26324), ISSN (ISO 3297), CN serial numbers (GB/T 9999),
ISBN (GB/T 5795), numbers of standards. Each is judged by its form and check digit alone."""

from __future__ import annotations

import re
import unicodedata

from stdnum import isbn, issn
from stdnum.exceptions import ValidationError

_DOI = re.compile(r"10\.[0-9]{4,9}(\.[0-9]+)*/[!-~]+")
_BEFORE_DOI = re.compile(r"^(https?://)?((dx\.)?doi\.org/|doi\s*[:.]?\s*)", re.IGNORECASE)
_CN = re.compile(r"CN[0-9]{2}-[0-9]{4}(/[A-Z]{1,2}([-.]?[0-9]{1,3})?)?")
_STANDARD = re.compile(
    r"(GB|GBZ|GBJ|WS|YY|SN|HJ|NY|JJF|JJG|DB[0-9]{2}|T/[A-Z0-9]{2,12}|Q/[A-Z0-9]{2,12}|ISO|IEC|EN|"
    r"CLSI|[A-Z]{2,6})(/[A-Z]{1,4})?\s*[A-Z]{0,2}[0-9][0-9A-Z.]{0,12}([-:][A-Z]?[0-9]{1,4}){0,3}"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－−", "-"))
_AFTER = ".,;:'\"、”’"
_PAIRS = {")": "(", "]": "[", ">": "<", "}": "{"}


def plain(text: str) -> str:
    """Half-width, one kind of dash, without the blanks around."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def doi_of(text: str) -> str:
    """A DOI as it is compared: bare, in lower case, without what the sentence around left behind it.

    `https://doi.org/10.1000/ABC。` is `10.1000/abc`. What is no DOI comes back as typed, half-width.
    """
    found = plain(text.replace("。", "."))
    while (bare := _bare(found)) != found:
        found = bare
    return found.lower()


def _bare(text: str) -> str:
    found = re.sub(r"%2[fF]", "/", _BEFORE_DOI.sub("", text)).strip()
    if found and (found[-1] in _AFTER or (found[-1] in _PAIRS and _unmatched(found))):
        return found[:-1]
    return found


def _unmatched(text: str) -> bool:
    """A closing bracket that nothing opened: many DOIs end in one that something did."""
    return text.count(text[-1]) > text.count(_PAIRS[text[-1]])


def doi_address(doi: str) -> str:
    """Where a DOI leads, for a link."""
    return f"https://doi.org/{doi_of(doi)}"


def doi_problem(text: str) -> str:
    """Why this is no DOI, or empty."""
    if _DOI.fullmatch(doi_of(text)):
        return ""
    return "DOI 不对：应以“10.”加数字和“/”开头，如 10.3760/cma.j.cn112138-20250101-00001"


def issn_problem(text: str) -> str:
    """Why this is neither an ISSN nor a Chinese serial number (CN 11-2138/R), or empty."""
    number = re.sub(r"\s|:", "", plain(text).upper())
    if number.startswith("CN"):
        said = "国内统一刊号不对：应如 CN 11-2138/R，请核对"
        return "" if _CN.fullmatch(number) else said
    number = number.removeprefix("ISSN")
    try:
        issn.validate(number)
    except ValidationError:
        if re.fullmatch(r"[0-9]{4}-?[0-9]{3}[0-9X]", number):
            return "ISSN 的校验位不对，请核对是否抄错"
        return "ISSN 不对：应为 8 位，如 0578-1426；国内刊号如 CN 11-2138/R"
    return ""


def isbn_problem(text: str) -> str:
    """Why this is no ISBN of ten or thirteen digits, or empty."""
    number = re.sub(r"\s|:", "", plain(text).upper()).removeprefix("ISBN")
    try:
        isbn.validate(number)
    except ValidationError:
        if re.fullmatch(r"[0-9]{12}[0-9]|[0-9]{9}[0-9X]", number.replace("-", "")):
            return "ISBN 的校验位或前缀不对，请核对是否抄错"
        return "ISBN 不对：应为 10 位或 13 位，如 978-7-117-23456-6"
    return ""


def standard_problem(text: str) -> str:
    """Why this is no number of a standard, or empty."""
    if _STANDARD.fullmatch(plain(text).upper()):
        return ""
    return "标准号不对：应如 GB/T 22576.1-2018、WS/T 402-2024、T/CMEAS 001-2023"


def number_key(text: str) -> str:
    """A number as it is compared: letters and digits only, without a name before it."""
    found = re.sub(r"[^0-9A-Z]", "", plain(text).upper())
    return re.sub(r"^(ISBN|ISSN)", "", found)
