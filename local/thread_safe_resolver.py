"""Powertools' resolver, one for each thread: it keeps the current request on the instance."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent


class ThreadSafeResolver(APIGatewayRestResolver):
    """Keeps event and context where no other resolver sees them.

    Powertools' `resolve` assigns both to the class `BaseRouter`, which all resolvers share. These
    properties hide those attributes.
    """

    _event: APIGatewayProxyEvent
    _context: Any

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one event."""
        self._context = context
        return super().resolve(event, context)

    def _to_proxy_event(self, event: dict[str, Any]) -> Any:
        self._event = super()._to_proxy_event(event)  # type: ignore[assignment]
        return self._event

    @property
    def current_event(self) -> APIGatewayProxyEvent:  # type: ignore[override]
        """The request that this resolver is answering."""
        return self._event

    @property
    def lambda_context(self) -> Any:  # type: ignore[override]
        """The context of the invocation that this resolver is in."""
        return self._context
