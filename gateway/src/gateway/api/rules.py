"""Which messages a branch sends, when and how; for staff."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.schemas import rules as schemas
from gateway.schemas.ledger import Version
from gateway.schemas.projection import projector

_TAG = "Messages"
_PRIVATE = {"Cache-Control": "no-store"}
_rules = projector(schemas.Rules())
_versions = projector(schemas.RuleVersions())


async def list_rules(asked: Asked) -> Response:
    found = await asked.platform.notifications.rules(**asked.query)
    return JsonResponse(_rules(found), headers=_PRIVATE)


async def list_versions(asked: Asked) -> Response:
    found = await asked.platform.notifications.rule_versions(**asked.query)
    return JsonResponse(_versions(found), headers=_PRIVATE)


async def save_rule(asked: Asked) -> Response:
    version = await asked.platform.notifications.save_rule(asked.body, by=asked.actor)
    return JsonResponse({"version": version}, headers=_PRIVATE)


OPERATIONS = [
    Operation(
        id="listNotificationRules",
        method="GET",
        path="/v1/admin/notification-rules",
        tag=_TAG,
        summary="Show which messages a branch sends",
        description=(
            "Every rule as it stands: what owes it, when, to whom, on which channels, and what if a text fails. "
            "With a modality, as it stands for its treatments."
        ),
        answer=list_rules,
        query=schemas.WhoseRules(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The rules", schema=schemas.Rules)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="saveNotificationRule",
        method="PUT",
        path="/v1/admin/notification-rules",
        tag=_TAG,
        summary="Let a branch have a rule otherwise",
        description=(
            "What is switched off stops at once, also for bookings that stand; what is switched on again goes on. "
            "Other times, events and fallbacks apply to bookings that are made or changed afterwards. "
            "Every version is kept."
        ),
        answer=save_rule,
        body=schemas.SaveRule(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Saved", schema=Version)},
        refusals=("admin_token_invalid", "rule_invalid", *WRITING),
    ),
    Operation(
        id="listNotificationRuleVersions",
        method="GET",
        path="/v1/admin/notification-rules/versions",
        tag=_TAG,
        summary="Show who had a branch's rules how, and when",
        description="The newest first.",
        answer=list_versions,
        query=schemas.WhoseVersions(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The versions", schema=schemas.RuleVersions)},
        refusals=("admin_token_invalid", *READING),
    ),
]
