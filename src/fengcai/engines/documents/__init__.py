"""The documents engine: certificates, printed cards, lists and spreadsheets, in and out.

Plain functions from data to bytes. It reads no database and stores nothing.
"""

from __future__ import annotations

from fengcai.engines.documents.access_sheets import AccessRow, access_sheet
from fengcai.engines.documents.certificates import CertificateData, certificate, certificates
from fengcai.engines.documents.fonts import FontsMissing, UncoveredCharacter
from fengcai.engines.documents.listings import listing
from fengcai.engines.documents.typesetting import DocumentTooLong

__all__ = [
    "AccessRow",
    "CertificateData",
    "DocumentTooLong",
    "FontsMissing",
    "UncoveredCharacter",
    "access_sheet",
    "certificate",
    "certificates",
    "listing",
]
