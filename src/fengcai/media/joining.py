"""What two kinds of checks say together: conclusions from the measures of several processes.

Works on checked facts alone, in the parent. It opens nothing.
"""

from __future__ import annotations

from fractions import Fraction

from fengcai.media.facts import Box, Facts, Measure, Span

APART_S, APART_SHARE = Fraction(1), Fraction(1, 100)
"""Sound and picture may differ so much in length; encoders add some hundredths of a second."""
_SAME_PLACE = 0.5
"""Share of the lesser box that must lie in the other."""


def joined(facts: Facts) -> Facts:
    """The facts with what follows from several of their measures."""
    return _suffix(_subtitles(_watermark(_tracks(_faults(facts)))))


def _faults(facts: Facts) -> Facts:
    """Faults of the sound count for the film as those of the picture do."""
    if facts.audio is None or facts.decoding is None or facts.video is None:
        return facts
    errors = facts.decoding.errors + facts.audio.errors
    decoding = facts.decoding.model_copy(update={"errors": errors})
    return facts.model_copy(update={"decoding": decoding})


def _tracks(facts: Facts) -> Facts:
    """Whether picture and sound are equally long: all that can be measured of their going together, since
    nothing in a film says when a sound should have come. It is never more than a doubt."""
    if facts.audio is None or facts.video is None or facts.decoding is None:
        return facts
    sound, picture = facts.audio.duration_s, facts.video.duration_s
    if not sound or not picture or not facts.decoding.to_the_end:
        return facts
    apart = abs(sound - picture)
    most = max(APART_S, APART_SHARE * picture)
    shorter = "声音比画面短" if sound < picture else "画面比声音短"
    tracks = Measure(
        method="length of the sound against that of the pictures",
        answer="doubtful" if apart >= most else "clear",
        about=("tracks_apart",),
        facts={"tracks_apart": str(apart)},
        values={
            "sound_s": round(float(sound), 2),
            "picture_s": round(float(picture), 2),
            "apart_s": round(float(apart), 2),
        },
        limits={"apart_s": round(float(most), 2)},
        why=f"{shorter} {float(apart):.1f} 秒：可能有一段缺声音或缺画面，也可能声画不同步，请从头到尾看一遍"
        if apart >= most
        else "",
    )
    return facts.model_copy(update={"measures": {**facts.measures, "tracks": tracks}})


def _subtitles(facts: Facts) -> Facts:
    """A subtitle track is subtitles, though none stand in the picture; and of those in the picture, how
    much of the time somebody speaks."""
    seen = facts.measures.get("subtitles")
    if seen is None:
        return facts
    tracks = facts.container.subtitle_streams if facts.container is not None else 0
    speech = facts.measures.get("speech")
    values = dict(seen.values)
    told = seen
    if tracks and seen.answer in ("clear", "unmeasured"):
        told = seen.model_copy(
            update={
                "answer": "found",
                "facts": {"subtitles": True},
                "method": f"{seen.method}; subtitle tracks of the file",
                "why": "",
            }
        )
        values["tracks_count"] = tracks
    elif seen.answer == "found" and speech is not None and "speech_percent" in speech.values:
        values["speech_percent"] = speech.values["speech_percent"]
    told = told.model_copy(update={"values": values})
    return facts.model_copy(update={"measures": {**facts.measures, "subtitles": told}})


_FORMATS = {
    "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "png": "png", "gif": "gif", "bmp": "bmp", "tif": "tiff",
    "tiff": "tiff", "webp": "webp", "avif": "avif", "heic": "heic", "heif": "heic", "psd": "psd", "psb": "psd",
}  # fmt: skip


def _suffix(facts: Facts) -> Facts:
    """A picture whose name says another format than its bytes: a printer's program may refuse it."""
    suffix = facts.filename.rpartition(".")[2].casefold()
    if facts.image is None or suffix not in _FORMATS:
        return facts
    wrong = _FORMATS[suffix] != facts.image.format
    told = Measure(
        method="first bytes against the name",
        answer="found" if wrong else "clear",
        about=("container",),
        values={"suffix": suffix, "format": facts.image.format},
        why=f"文件名是 .{suffix}，实际是 {facts.image.format.upper()} 格式" if wrong else "",
    )
    return facts.model_copy(update={"measures": {**facts.measures, "suffix": told}})


def _watermark(facts: Facts) -> Facts:
    """A mark that the picture alone leaves in doubt is one if a platform's name is read there; and
    a platform's name is one wherever it stands. The text's own measure goes into the watermark's."""
    text = facts.measures.get("platform_text")
    seen = facts.measures.get("watermark")
    if text is None or text.answer != "found":
        return facts
    others = seen.spans if seen is not None and seen.answer in ("found", "doubtful") else ()
    apart = tuple(
        span for span in others if not any(_same_place(span, each) for each in text.spans)
    )
    spans = sorted((*text.spans, *(apart if seen and seen.answer == "found" else ())),
                   key=lambda span: (span.from_s, span.to_s))  # fmt: skip
    mark = Measure(
        method=f"{seen.method} + {text.method}" if seen is not None else text.method,
        answer="found",
        about=("watermark",),
        facts={"watermark": True},
        values={**(seen.values if seen is not None else {}), "platform_lines": len(text.spans)},
        limits=seen.limits if seen is not None else {},
        spans=tuple(spans[:60]),
    )
    return facts.model_copy(update={"measures": {**facts.measures, "watermark": mark}})


def _same_place(one: Span, other: Span) -> bool:
    if one.box is None or other.box is None:
        return False
    lesser = min(_area(one.box), _area(other.box))
    return lesser > 0 and _shared(one.box, other.box) / lesser >= _SAME_PLACE


def _area(box: Box) -> float:
    return box[2] * box[3]


def _shared(one: Box, other: Box) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)
