"""The bytes of works and certificates. Who may have them is asked anew at every request."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.assets.queries import part_of
from fengcai.apps.awards.queries import certificate_file
from fengcai.apps.entries.evidence import evidence as evidence_picture
from fengcai.apps.publishing.queries import file_access
from fengcai.engines.storage import ranged_response


@require_safe
def file(request: HttpRequest, asset_id: UUID, part: str) -> HttpResponseBase:
    """A work's film, poster or sprite strip, whole or by byte ranges."""
    asset, public = file_access(user=request.user, asset_id=asset_id, at=timezone.now())
    stored = part_of(asset, part)
    return ranged_response(
        request,
        stored.key,
        content_type=stored.content_type,
        filename=stored.filename,
        download="download" in request.GET,
        public=public,
    )


@require_safe
def evidence(request: HttpRequest, asset_id: UUID, name: str) -> HttpResponseBase:
    """A picture that shows what the inspection found: for the desk, and masked for the unit."""
    stored = evidence_picture(user=request.user, asset_id=asset_id, name=name)
    return ranged_response(
        request, stored.key, content_type=stored.content_type, filename=stored.filename
    )


@require_safe
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponseBase:
    """A certificate's PDF, for its unit and the office."""
    stored = certificate_file(certificate_id=certificate_id, user=request.user)
    return ranged_response(
        request,
        stored.key,
        content_type="application/pdf",
        filename=stored.filename,
        download="download" in request.GET,
    )
