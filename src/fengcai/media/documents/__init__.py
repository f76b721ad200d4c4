"""A notice as offices send it (docx, PDF, web page, plain text) → paragraphs with their places.

Plain Python over python-docx, pypdfium2 and lxml, in-process and within strict limits. It reads
text only: no picture is recognised, no link followed, no macro or script run, and what the text
means is the business of `core.notice`.
"""

from .reading import Document, DocumentKind, DocumentLimits, DocumentRefused, Paragraph, read

__all__ = ["Document", "DocumentKind", "DocumentLimits", "DocumentRefused", "Paragraph", "read"]
