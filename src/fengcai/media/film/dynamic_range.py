"""High dynamic range, by the transfer function that the stream states (ITU-T H.273, ITU-R BT.2100).

Ten bits alone are no HDR: many cameras record ten bits for BT.709.
"""

from __future__ import annotations

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.samples import Picture

HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
_BT2020 = 9
_UNSTATED = 2


class DynamicRange(PictureCheck):
    """`hdr`: PQ or HLG. Wide-gamut primaries without a stated transfer are doubtful."""

    name = "dynamic_range"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._transfers: set[int] = set()
        self._primaries: set[int] = set()
        self._bits = 0

    def sample(self, picture: Picture) -> None:
        frame = picture.frame
        self._transfers.add(int(frame.color_trc))
        self._primaries.add(int(frame.color_primaries))
        self._bits = max(self._bits, *(part.bits for part in frame.format.components))

    def result(self) -> Measure | None:
        if not self._transfers:
            return None
        names = sorted(HDR_TRANSFERS[each] for each in self._transfers if each in HDR_TRANSFERS)
        answer: Answer = "found" if names else "clear"
        why = ""
        if not names and _BT2020 in self._primaries and _UNSTATED in self._transfers:
            answer, why = "doubtful", "色域标为 BT.2020 而没有写明转换曲线，可能是 HDR"
        return Measure(
            method="transfer characteristics of the frames (ITU-T H.273)",
            answer=answer,
            about=("hdr", "bit_depth"),
            facts={"bit_depth": self._bits}
            | ({"hdr": answer == "found"} if answer != "doubtful" else {}),
            values={
                "transfer": "/".join(names) or None,
                "bits": self._bits,
                "wide_gamut": _BT2020 in self._primaries,
            },
            why=why,
        )
