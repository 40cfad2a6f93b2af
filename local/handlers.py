"""Makes the two Lambda functions, whose environments share one gateway in this process."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from local.environment import StartError
from local.http_messages import Request
from local.lambda_function import LambdaFunction
from local.web_app import Cors
from local.wrong_variables import sentences

if TYPE_CHECKING:
    from putevents.destinations import Home
    from putevents.gateway import Gateway

# As long as the functions may take on AWS.
API_TIMEOUT_SECONDS = 28
QUEUE_TIMEOUT_SECONDS = 60
# That many requests can hang at a destination before others wait for them.
MAX_API_ENVIRONMENTS = 32
# While one waits for the disk the others prepare what is committed next, together.
MAX_LOCAL_ENVIRONMENTS = 8


class Functions(NamedTuple):
    """Both functions, and the gateway that they share."""

    api: LambdaFunction
    queue: LambdaFunction
    gateway: "Gateway"


def make_functions(watch: "Callable[[Home], Home]") -> Functions:
    """Return the functions that the environment describes, with their home watched."""
    # Imported here, since it takes half a second: a wrong folder or port is reported before.
    from local.laptop_settings import LaptopSettings
    from local.sqlite_destination import LocalDestination
    from local.thread_safe_resolver import ThreadSafeResolver
    from putevents import api_handler, queue_handler
    from putevents.destinations import load_home
    from putevents.errors import SettingsError
    from putevents.gateway import Gateway

    try:
        settings = LaptopSettings.load()
        first = settings.destination[0]
        is_local = first == "local"
        home = LocalDestination() if is_local else load_home(first)
        gateway = Gateway.load(settings, watch(home))
    except SettingsError as error:
        raise StartError(sentences(error.variables, os.environ) or f"{error}.") from None
    stays_here = settings.destination == ("local",)
    environments = MAX_LOCAL_ENVIRONMENTS if stays_here else MAX_API_ENVIRONMENTS
    make_api_handler = partial(api_handler.make_handler, gateway, ThreadSafeResolver)
    make_queue_handler = partial(queue_handler.make_handler, gateway)
    return Functions(
        LambdaFunction(make_api_handler, "local-api", API_TIMEOUT_SECONDS, environments),
        LambdaFunction(make_queue_handler, "local-queue", QUEUE_TIMEOUT_SECONDS, 1),
        gateway,
    )


def make_cors() -> Cors:
    """Return which CORS headers the server's own errors have: those of the handlers' answers."""
    from putevents.cross_origin import cross_origin
    from putevents.settings import Settings

    settings = Settings.load()
    allowed = cross_origin(settings.cors_origins, settings.cors_headers)

    def headers(request: Request) -> Mapping[str, str]:
        origin = request.header("origin")
        return allowed.to_dict(allowed.allowed_origin(origin)) if allowed else {}

    return headers
