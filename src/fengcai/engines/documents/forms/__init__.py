"""The organiser's own forms (docx, xlsx): what stands in them to be filled, and filling them.

A form is a stranger's file: it is opened only in a child process behind the walls of
`media.containment`. Data in, bytes out; nothing is stored.
"""

from __future__ import annotations

from fengcai.engines.documents.forms.asking import FormRefused, Found, fill, inspect, kind_of, show

__all__ = ["FormRefused", "Found", "fill", "inspect", "kind_of", "show"]
