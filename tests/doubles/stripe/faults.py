"""What Stripe says when it refuses, in its own shape: {"error": {"type", "code", "message", "param", …}}."""

from __future__ import annotations

from typing import Any

INVALID, CARD, IDEMPOTENCY = "invalid_request_error", "card_error", "idempotency_error"


class ApiError(Exception):
    """An answer that is an error; `is_kept` says whether the same key gets the same answer again."""

    def __init__(self, message: str, *, status: int = 400, type: str = INVALID, code: str | None = None,
                 param: str | None = None, is_kept: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status, self.is_kept = status, is_kept
        said = {"type": type, "message": message, "code": code, "param": param, **more}
        self.body = {"error": {name: value for name, value in said.items() if value is not None}}


def unknown(path: str) -> ApiError:
    return ApiError(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)


def missing(path: str) -> ApiError:
    return ApiError(f"Missing required param: {path}.", code="parameter_missing", param=path)


def empty(path: str) -> ApiError:
    return ApiError(f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
                    f"parameter; however '{path}' cannot be unset.", code="parameter_invalid_empty", param=path)


def invalid(path: str, message: str, code: str | None = None) -> ApiError:
    return ApiError(message, code=code, param=path)


def no_such(kind: str, id: str, param: str = "id") -> ApiError:
    return ApiError(f"No such {kind}: '{id}'", status=404, code="resource_missing", param=param)


def state(message: str, code: str, **more: Any) -> ApiError:
    """The thing is not in a state in which that could be done."""
    return ApiError(message, code=code, is_kept=True, **more)


def not_known(key: str) -> ApiError:
    shown = f"{key[:8]}…{key[-4:]}" if len(key) > 12 else key
    return ApiError(f"Invalid API Key provided: {shown}", status=401)
