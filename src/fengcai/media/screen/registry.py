"""Checks on what stands on screen: text, codes, faces. A new one is one module and one line here."""

from __future__ import annotations

from fengcai.media.checks import ScreenCheck
from fengcai.media.screen.cards import EndCard, TitleCard
from fengcai.media.screen.codes import Codes
from fengcai.media.screen.contacts import Contacts
from fengcai.media.screen.faces import Faces
from fengcai.media.screen.personal_data import PersonalData
from fengcai.media.screen.platforms import Platforms
from fengcai.media.screen.records import Records
from fengcai.media.screen.subtitles import Subtitles

CHECKS: tuple[type[ScreenCheck], ...] = (
    PersonalData,
    Records,
    Contacts,
    Codes,
    Platforms,
    Subtitles,
    TitleCard,
    EndCard,
    Faces,
)
