"""Load jobs with their file: in one multipart body, or POST, Location, PUT."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from tests.bigquery.calls import Call, Reply
from tests.bigquery.errors import ApiError, invalid, not_found
from tests.bigquery.state import Upload

RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


def start(call: Call) -> Any:
    """POST: the whole of it, or the beginning of a resumable upload."""
    match call.query.get("uploadType"):
        case "multipart":
            first, second = multipart(call.body, call.headers.get("content-type", ""))
            body = json.loads(first)
            return call.state.office.insert(call.path["project"], body, content=second).api
        case "resumable":
            number = uuid.uuid4().hex
            call.state.uploads[number] = Upload(call.path["project"], call.json)
            place = f"{call.base}/upload/bigquery/v2/projects/{call.path['project']}/jobs"
            location = f"{place}?uploadType=resumable&upload_id={number}"
            return Reply({}, headers={"Location": location, "X-GUploader-UploadID": number})
        case other:
            raise invalid(f"uploadType {other}")


def proceed(call: Call) -> Any:
    """PUT: the next bytes; 308 until the last of them is here."""
    upload = call.state.uploads.get(call.query.get("upload_id", ""))
    if upload is None:
        raise not_found("Upload", call.query.get("upload_id", ""))
    if upload.job is not None:
        return upload.job.api
    last = _received(call, upload)
    if not last:
        end = len(upload.received) - 1
        return Reply(status=308, headers={"Range": f"bytes=0-{end}"} if end >= 0 else {})
    upload.job = call.state.office.insert(
        upload.project, upload.body, content=bytes(upload.received)
    )
    return upload.job.api


def _received(call: Call, upload: Upload) -> bool:
    """Whether that was the end."""
    given = call.headers.get("content-range")
    if given is None:
        upload.received = bytearray(call.body)
        return True
    found = RANGE.fullmatch(given)
    if found is None:
        raise invalid(f"Invalid Content-Range {given}")
    first, _, total = found.groups()
    if first is not None:
        if int(first) > len(upload.received):
            raise invalid(f"Content-Range {given}: only {len(upload.received)} bytes are here")
        # A chunk that is sent again takes the place of what came the first time.
        upload.received[int(first) :] = call.body
    return total != "*" and len(upload.received) >= int(total)


def multipart(body: bytes, content_type: str) -> tuple[bytes, bytes]:
    """The two parts of a multipart/related body: the job as JSON, the file."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        raise invalid(f"Content-Type {content_type} has no boundary")
    parts = body.split(b"--" + boundary[1].encode())[1:-1]
    if len(parts) != 2:
        raise ApiError("parseError", f"a multipart upload has two parts, not {len(parts)}")
    first, second = (part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts)
    return first, second
