"""Plain text as mails fold it (RFC 3676), unfolded. Knows no charset and no markup."""

from __future__ import annotations


def unfolded(text: str) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next one."""
    lines: list[list[str]] = []
    going_on = False
    for written in text.replace("\r\n", "\n").split("\n"):
        line = written.removeprefix(" ")
        if going_on and not line.startswith(">"):
            lines[-1].append(line)
        else:
            lines.append([line])
        going_on = line.endswith(" ") and line != "-- "
    whole = ("".join(line) for line in lines)
    return "\n".join(line if line == "-- " else line.rstrip() for line in whole)
