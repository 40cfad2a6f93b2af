"""How calls to another PutEvents server are authenticated, which PINPOINT_AUTH says."""

from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from putevents.call_deadline import with_deadline
from putevents.destinations.client_config import destination_client
from putevents.settings import Environment

if TYPE_CHECKING:
    from mypy_boto3_pinpoint import PinpointClient

# Half of what a whole call may take: the key is read inside a call.
_SECRET_SECONDS = 6
_SECRET_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
# A key that was replaced is used so long after at the latest; until then events wait.
_KEY_SECONDS = 300


class PinpointSettings(Environment):
    """What a function must know beside, to call the server at AWS_ENDPOINT_URL_PINPOINT."""

    # `aws` is Amazon's own: boto3's signature for `mobiletargeting`.
    pinpoint_auth: Literal["aws", "none", "iam", "api-key"] = "aws"
    pinpoint_region: str = ""  # of the other API
    pinpoint_api_key_secret: str = ""  # the name or ARN of a secret


def pinpoint_client(config: Config) -> "PinpointClient":
    """Return a client that authenticates each call as the environment says."""
    settings = PinpointSettings.load()
    if settings.pinpoint_auth in ("none", "api-key"):
        config = config.merge(Config(signature_version=UNSIGNED))
    client: PinpointClient = destination_client("pinpoint", config)
    # botocore's public hook, emitted for each attempt of a call, signed or not.
    if settings.pinpoint_auth == "iam":
        signing = {"signing_name": "execute-api"}
        region = settings.pinpoint_region
        signing |= {"region": region} if region else {}
        client.meta.events.register("before-sign.pinpoint", _SignFor(signing))
    elif settings.pinpoint_auth == "api-key":
        client.meta.events.register("before-sign.pinpoint", ApiKey(settings))
    return client


class _SignFor:
    """Signs for another service than `mobiletargeting`, and for its region."""

    def __init__(self, signing: dict[str, str]) -> None:
        self._signing = signing

    def __call__(self, request: Any, **_: Any) -> None:
        request.context["signing"] = {**request.context.get("signing", {}), **self._signing}


class ApiKey:
    """Adds the header `x-api-key`, from a secret that is read again every five minutes."""

    def __init__(self, settings: PinpointSettings) -> None:
        # Imported here: nothing else needs it, and a cold start has no time for it.
        from aws_lambda_powertools.utilities.parameters import SecretsProvider

        client = boto3.client("secretsmanager", config=_SECRET_CONFIG)
        self._name = settings.pinpoint_api_key_secret
        self._secrets = SecretsProvider(boto3_client=with_deadline(client, _SECRET_SECONDS))
        self._last = ""

    def __call__(self, request: Any, **_: Any) -> None:
        """Add it to a request that is about to be sent."""
        request.headers["x-api-key"] = self._key()

    def _key(self) -> str:
        """Return the key; the last one if it cannot be read now. Raises if it never could."""
        from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

        try:
            self._last = str(self._secrets.get(self._name, max_age=_KEY_SECONDS)).strip()
        except GetParameterError:
            if not self._last:
                raise
        return self._last
