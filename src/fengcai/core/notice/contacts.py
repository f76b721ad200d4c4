"""Finds whom to ask: names, telephones, mail addresses, and what each answers for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .gathering import Gathering, Value
from .text import Sentence

PHONE = r"(?:\(?0[0-9]{2,3}\)?-?)?[0-9]{7,8}(?:-[0-9]{1,5})?|1[3-9][0-9]{9}|400-?[0-9]{3}-?[0-9]{4}"
PHONES = re.compile(rf"(?<![0-9])(?:{PHONE})(?![0-9])")
MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PEOPLE = re.compile(r"联\s*系\s*人(?:及(?:电话|联系方式))?\s*[:：]\s*")
# 表 演 类:姜  珂  027-…: what for, who, how.
ROW = re.compile(r"\s*(\S(?:\s*\S){1,7}?)\s*[:：]\s*((?:[一-鿿]\s*){2,4}?)\s*(?=[01][0-9-]{6})")
SHORT = re.compile(r"(?<![0-9-])[0-9]{3,6}(?![0-9-])")  # a number inside the house
NOBODY = frozenset({"电话", "传真", "邮箱", "地址", "手机", "热线"})


def find_contacts(found: Gathering) -> None:
    """Contacts in the order of the notice."""
    people = _People()
    for each in found.body:
        begins = PEOPLE.search(each.text) or "联系" in found.head(each)
        if begins or people.section == each.section.partition("（")[0]:
            people.hear(each)
    for number, contact in enumerate(people.found):
        for key in ("names", "phone", "email", "scope"):
            if key in contact:
                value, sentence = contact[key]
                found.add(("contacts", f"#{number}", key), value, sentence, None, 0.95)


class _People:
    """The contacts heard of so far; `section` is the chapter that named the last of them."""

    def __init__(self) -> None:
        self.found: list[dict[str, tuple[Value, Sentence]]] = []
        self.section = "-"

    def hear(self, each: Sentence) -> None:
        raw = re.sub(r"[（(][^（()）]*[)）]", "", each.text)
        phones, mails = PHONES.findall(raw), MAIL.findall(raw)
        named, row = PEOPLE.search(raw), ROW.match(raw)
        goes_on = self.found and not phones and SHORT.search(raw.rstrip("；;。")[-6:])
        if named or goes_on:
            self.name(each, raw[named.end() if named else 0 :], phones)
        elif row and re.sub(r"\s", "", row[1])[-2:] not in NOBODY:
            scope, name = (re.sub(r"\s", "", row[part]) for part in (1, 2))
            self.put({"names": (name,), "scope": scope, "phone": "、".join(phones)}, each)
        elif phones and "传真" not in raw:
            if not self.found:
                self.put({}, each)
            self.found[-1].setdefault("phone", ("、".join(phones), each))
        if mails:
            if not self.found:
                self.put({}, each)
            for contact in self.found:
                contact.setdefault("email", (mails[0], each))

    def name(self, each: Sentence, said: str, phones: list[str]) -> None:
        """Names after 联系人, in groups by office; a telephone that stood before is theirs."""
        numbers = "、".join(phones or SHORT.findall(MAIL.sub("", said)))
        for names, office in _people(re.split(r"[0-9A-Za-z]|电话|手机", said)[0]):
            values: dict[str, Value] = {"names": tuple(names)}
            if office:
                values["scope"] = office
            if numbers:
                values["phone"] = numbers
            if names and self.found and "names" not in self.found[-1]:
                self.found[-1] |= {key: (value, each) for key, value in values.items()}
            elif names:
                self.put(values, each)

    def put(self, values: dict[str, Value], each: Sentence) -> None:
        self.found.append({key: (value, each) for key, value in values.items()})
        self.section = each.section.partition("（")[0]


def _people(text: str) -> Iterator[tuple[list[str], str]]:
    """Names and the office before them, of each group in `市健康教育所 许知白`."""
    for group in re.split(r"[;；]", text):
        words = [each for each in re.split(r"[\s,，。]+", group) if each]
        joined: list[str] = []
        for word in words:  # 姜  珂 is one name
            if joined and len(word) == 1 and len(joined[-1]) <= 2:
                joined[-1] += word
            else:
                joined.append(word)
        names = [
            name for each in joined for name in each.split("、")
            if re.fullmatch(r"[一-鿿·]{2,4}", name)
        ]  # fmt: skip
        if len(joined) > 1 and "、" not in joined[0] and len(joined[0]) > 4:
            yield [name for name in names if name != joined[0]], joined[0]
        elif len(joined) > 1 and len(names) > 1 and "、" not in joined[0]:
            yield names[1:], joined[0]
        else:
            yield names, ""
