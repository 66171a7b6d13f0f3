"""Every error the project raises on purpose, sorted by who has to act.

InvektoError
├── BadRequest            the caller mends the request            (HTTP 400/422)
│   ├── BadData           a file, row or template is wrong: says where
│   └── Conflict          the world moved on: fetch again          (409)
├── NotAllowed            the caller may not do this               (401/403)
├── NotFound              no such thing for this tenant            (404)
├── Refused               a rule of the business says no: the model or the agent acts on `reason`
├── TryAgain              a passing fault: the worker or the model call is repeated (503)
│   ├── ModelUnavailable  slow, down, over budget, or answering nonsense
│   └── ProviderUnavailable  a channel, marketplace or payment provider
└── OperatorNeeded        configuration, schema or storage: somebody is paged (500)
    └── SchemaOutdated    the database is not at this code's migration
"""

from __future__ import annotations


class InvektoError(Exception):
    """Base of the tree. `message` says what was wrong, with what, and what to do."""

    status = 500
    code = "internal"

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class BadRequest(InvektoError):
    status = 422
    code = "bad_request"


class BadData(BadRequest):
    """A file, row, playbook or template is wrong; `detail` may hold file, line, column, field."""

    code = "bad_data"


class Conflict(BadRequest):
    status = 409
    code = "conflict"


class NotAllowed(InvektoError):
    status = 403
    code = "not_allowed"


class NotSignedIn(NotAllowed):
    status = 401
    code = "not_signed_in"


class NotFound(InvektoError):
    status = 404
    code = "not_found"


class TooMuch(InvektoError):
    """Over a rate limit or a size limit; `detail` may hold `retry_after` in seconds."""

    status = 429
    code = "too_much"


class Refused(InvektoError):
    """A rule of the business says no. `reason` is a stable word playbooks and models act on."""

    status = 409
    code = "refused"

    def __init__(self, reason: str, message: str, **detail: object) -> None:
        super().__init__(message, reason=reason, **detail)
        self.reason = reason


class TryAgain(InvektoError):
    status = 503
    code = "try_again"


class ModelUnavailable(TryAgain):
    code = "model_unavailable"


class ProviderUnavailable(TryAgain):
    code = "provider_unavailable"


class OperatorNeeded(InvektoError):
    status = 500
    code = "operator_needed"


class SchemaOutdated(OperatorNeeded):
    code = "schema_outdated"
