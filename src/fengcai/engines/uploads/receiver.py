"""The tus 1.0.0 server as a raw ASGI application, answering everything under `/uploads/`.

It must stand before Django, which would spool a whole body before a view runs. It reads requests
and words answers; files are `parts`' and `stream`'s, rows are `records`', and what a complete file
is for is `completion`'s.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from asgiref.sync import ThreadSensitiveContext
from django.utils import timezone
from django.utils.http import http_date

from fengcai.engines.storage import StorageTrouble
from fengcai.engines.uploads import answers, completion, exchange, parts, protocol, records
from fengcai.engines.uploads.answers import Answer
from fengcai.engines.uploads.appending import append
from fengcai.engines.uploads.buffers import reuse_buffers
from fengcai.engines.uploads.exchange import Request, Response, Send
from fengcai.engines.uploads.grants import BadGrant, Grant, read_address, read_grant, sign_address
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy, Part
from fengcai.engines.uploads.purposes import callback
from fengcai.engines.uploads.records import in_database
from fengcai.engines.uploads.stream import Receive, off_loop, take_part

logger = logging.getLogger(__name__)

OPEN_AT_ONCE = 50  # unfinished uploads of one owner

State = Upload.State

reuse_buffers()


async def tus_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one HTTP request under `/uploads/`."""
    request = Request(scope, receive)
    try:
        async with ThreadSensitiveContext():
            response = await _respond(request)
    except Answer as answer:
        response = Response(
            answer.status,
            {**answer.headers, **({"Connection": "close"} if answer.close else {})},
            answer.text,
        )
    if response is not None:
        await exchange.answer(request, response, send)


async def _respond(request: Request) -> Response | None:
    if request.method == "OPTIONS":
        return Response(
            204,
            {
                "Tus-Version": protocol.VERSION,
                "Tus-Extension": protocol.EXTENSIONS,
                "Tus-Checksum-Algorithm": ",".join(protocol.ALGORITHMS),
            },
        )
    handlers = _ON_COLLECTION if request.name == "" else _ON_UPLOAD
    handler = handlers.get(request.method)
    if handler is None:
        raise answers.wrong_method(", ".join(["OPTIONS", *handlers]))
    if request.headers.get("tus-resumable") != protocol.VERSION:
        raise answers.wrong_version(protocol.VERSION)
    try:
        return await handler(request)
    except Busy:
        raise answers.locked() from None
    except Answer:
        raise
    except StorageTrouble as trouble:
        logger.warning("%s %s: %s", request.method, request.mount, trouble)
        if request.method == "HEAD":
            raise answers.locked() from None
        raise answers.storage_trouble(busy=trouble.busy) from None
    except Exception:
        logger.exception("%s %s failed", request.method, request.mount)
        if request.method == "HEAD":
            # tus-js-client takes any failed HEAD but 423 for "gone" and begins again from zero.
            raise answers.locked() from None
        raise answers.internal() from None


# --- creation ---------------------------------------------------------------------------------


async def _create(request: Request) -> Response | None:
    if "upload-defer-length" in request.headers:
        raise answers.malformed(
            "须在开始时声明文件大小（Upload-Length），不支持 Upload-Defer-Length"
        )
    if "upload-concat" in request.headers:
        raise answers.malformed("不支持分块并行上传（Upload-Concat）")
    length = protocol.required_number(request.headers, "upload-length")
    header = request.headers.get("upload-metadata", "")
    metadata = protocol.metadata(header)
    if request.has_body() and request.headers.get("content-type") != protocol.BODY_TYPE:
        raise answers.wrong_content_type()
    grant = _grant(metadata.get("grant", ""))
    if length > grant.max_size:
        raise answers.too_large(length, grant.max_size)
    if length == 0:
        raise answers.empty()
    if not parts.engine().has_room(length):
        raise answers.no_room()
    row = await in_database(_record, grant, length, metadata, protocol.without(header, "grant"))
    location = {"Location": request.mount + sign_address(row.pk)}
    if not request.has_body():
        return Response(201, {**location, "Upload-Offset": "0", **_expires(row)})
    try:
        async with _opened(row.pk) as (part, fresh):
            held = _held(part)
            if not await append(request, held, fresh):
                return None
            reached = _progress(held, fresh)
    except Answer as answer:
        answer.headers.update(location)
        raise
    return Response(201, {**location, **reached})


def _grant(token: str) -> Grant:
    try:
        grant = read_grant(token, at=timezone.now())
    except BadGrant as bad:
        raise (answers.stale_grant() if bad.expired else answers.forged_grant()) from None
    if callback(grant.purpose) is None:
        raise answers.unknown_purpose(grant.purpose)
    return grant


def _record(grant: Grant, length: int, metadata: dict[str, str], header: str) -> Upload:
    if records.open_uploads(grant.owner) >= OPEN_AT_ONCE:
        raise answers.too_many(OPEN_AT_ONCE)
    return records.create(
        grant,
        length=length,
        filename=protocol.bare_filename(metadata.get("filename", "")),
        metadata=header,
        at=timezone.now(),
    )


# --- one upload -------------------------------------------------------------------------------


def _upload_id(request: Request) -> UUID:
    upload_id = read_address(request.name)
    if upload_id is None:
        raise answers.not_found()
    return upload_id


@asynccontextmanager
async def _opened(
    upload_id: UUID, *, urgent: bool = False
) -> AsyncIterator[tuple[Part | None, Upload]]:
    """The upload's row, read under its file's lock; no file once the upload is over."""
    part: Part | None = None
    try:
        try:
            part = await take_part(upload_id, urgent=urgent)
        except FileNotFoundError:
            part = None
        row = records.recall(upload_id, part.stamp()) if part is not None else None
        if row is None:
            row = await in_database(records.load, upload_id)
        if row is None:
            raise answers.not_found()
        if part is None and row.state == State.RECEIVING:
            # Not begun yet (or the file was lost with a restored backup): it begins at zero.
            part = await take_part(upload_id, create=True, urgent=urgent)
            row = await in_database(records.load, upload_id)
            if row.state != State.RECEIVING:
                await off_loop(part, part.delete)
        if part is not None and row.state == State.RECEIVING and _disagree(part, row):
            await in_database(completion.settle, part, row)
        if part is not None and _whole(part, row):
            await in_database(completion.complete, part, row)
        yield part, row
    finally:
        if part is not None:
            await off_loop(part, part.close)


def _disagree(part: Part, row: Upload) -> bool:
    return row.unverified or part.length > row.length


def _whole(part: Part, row: Upload) -> bool:
    return row.state == State.FINISHED or (
        row.state == State.RECEIVING and part.length >= row.length
    )


def _held(part: Part | None) -> Part:
    if part is None:
        raise answers.not_found()
    return part


def _expires(row: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(row.expires_at.timestamp())}


async def _head(request: Request) -> Response:
    async with _opened(_upload_id(request)) as (part, row):
        if row.state == State.EXPIRED:
            raise answers.expired()
        if row.state == State.TERMINATED:
            raise answers.terminated()
        headers = {"Upload-Length": str(row.length)}
        if row.metadata:
            headers["Upload-Metadata"] = row.metadata
        if row.state == State.RECEIVING:
            headers |= {"Upload-Offset": str(_held(part).length), **_expires(row)}
        elif row.state == State.CONSUMED:
            headers["Upload-Offset"] = str(row.length)
        else:
            # A client takes offset == length for success. Until the purpose has the file, the
            # last byte is not acknowledged: the client's next PATCH is told how things stand.
            headers["Upload-Offset"] = str(row.length - 1)
        return Response(200, headers)


async def _patch(request: Request) -> Response | None:
    upload_id = _upload_id(request)
    if request.headers.get("content-type") != protocol.BODY_TYPE:
        raise answers.wrong_content_type()
    theirs = protocol.required_number(request.headers, "upload-offset")
    async with _opened(upload_id) as (part, row):
        if row.state != State.RECEIVING:
            if row.state == State.CONSUMED and theirs < row.length - 1:
                raise answers.offset_conflict(theirs, row.length)
            return Response(204, _standing(row))
        held = _held(part)
        if theirs != held.length:
            raise answers.offset_conflict(theirs, held.length)
        if not await append(request, held, row):
            return None
        return Response(204, _progress(held, row))


def _progress(part: Part, row: Upload) -> dict[str, str]:
    """The headers that acknowledge what has arrived; raises when the purpose has refused it."""
    if row.state != State.RECEIVING:
        return _standing(row)
    return {"Upload-Offset": str(part.length), **_expires(row)}


def _standing(row: Upload) -> dict[str, str]:
    """The same once no more bytes are needed: only a consumed file is acknowledged whole."""
    if row.state == State.EXPIRED:
        raise answers.expired()
    if row.state == State.TERMINATED:
        raise answers.terminated()
    if row.state == State.REFUSED:
        raise answers.refused(row.refusal)
    if row.state == State.FINISHED:
        raise answers.not_yet_registered()
    return {"Upload-Offset": str(row.length)}


async def _delete(request: Request) -> Response:
    async with _opened(_upload_id(request), urgent=True) as (part, row):
        if row.state == State.EXPIRED:
            raise answers.expired()
        if row.state == State.TERMINATED:
            raise answers.terminated()
        if row.state in (State.CONSUMED, State.FINISHED):
            raise answers.already_consumed()
        if row.state == State.RECEIVING:
            held = _held(part)
            await in_database(_terminate, row)
            await off_loop(held, held.delete)
        return Response(204)


def _terminate(row: Upload) -> None:
    if not records.end(row, State.TERMINATED, at=timezone.now()):
        raise Busy


_Handler = Callable[[Request], Awaitable[Response | None]]
_ON_COLLECTION: dict[str, _Handler] = {"POST": _create}
_ON_UPLOAD: dict[str, _Handler] = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}
