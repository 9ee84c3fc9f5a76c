"""What Google's servers answer when they refuse."""

from __future__ import annotations


class Refused(Exception):
    """Becomes Google's JSON of an error."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        first, *others = status.lower().split("_")
        reason = first + "".join(one.title() for one in others)
        errors = [{"message": message, "domain": "global", "reason": reason}]
        self.body = {
            "error": {"code": code, "status": status, "message": message, "errors": errors}
        }


def not_found(message: str) -> Refused:
    return Refused(404, "NOT_FOUND", message)


def exists(path: str) -> Refused:
    return Refused(409, "ALREADY_EXISTS", f"{path} exists already")
