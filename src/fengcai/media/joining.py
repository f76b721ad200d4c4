"""What two kinds of checks say together: conclusions from the measures of several processes.

Works on checked facts alone, in the parent. It opens nothing.
"""

from __future__ import annotations

from fengcai.media.facts import Facts


def joined(facts: Facts) -> Facts:
    """The facts with what follows from several of their measures."""
    if facts.audio is None or facts.decoding is None or facts.video is None:
        return facts
    # Faults of the sound count for the film as those of the picture do.
    decoding = facts.decoding.model_copy(
        update={"errors": facts.decoding.errors + facts.audio.errors}
    )
    return facts.model_copy(update={"decoding": decoding})
