"""The routes of the resolver in putevents.api_handler, as API Gateway spells them."""

from infra.deploy_settings import DeploySettings

Route = tuple[str, str]
_APP = "/v1/apps/{application-id}"
# What an app needs to send events and to update its endpoint.
WRITE_ROUTES: list[Route] = [
    ("POST", f"{_APP}/events"),
    ("POST", f"{_APP}/events/legacy"),
    ("POST", f"{_APP}/enriched-events"),
    ("PUT", f"{_APP}/endpoints"),
    ("PUT", f"{_APP}/endpoints/{{endpoint-id}}"),
]
# Its answer is the same for every endpoint, so it tells nobody anything.
_CONSTANT_ROUTES: list[Route] = [("GET", f"{_APP}/endpoints/{{endpoint-id}}/inappmessages")]
# What the deploy setting `endpointReads` adds.
READ_ROUTES: list[Route] = [
    ("GET", f"{_APP}/endpoints/{{endpoint-id}}"),
    ("DELETE", f"{_APP}/endpoints/{{endpoint-id}}"),
    ("GET", f"{_APP}/users/{{user-id}}"),
    ("DELETE", f"{_APP}/users/{{user-id}}"),
]


def routes(settings: DeploySettings) -> list[Route]:
    """Return the routes of a deployment."""
    reads = READ_ROUTES if settings.endpoint_reads else []
    return [*WRITE_ROUTES, *_CONSTANT_ROUTES, *reads]
