"""A stand-in for API Gateway: it checks a key, a token or a signature, then forwards the request.

Like API Gateway it lets preflights through and serves under a stage's path; what it rejects it
answers as the deployment's gateway responses do, with API Gateway's own `x-amzn-ErrorType`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.clients.programs import ENVIRONMENT
from tests.local.running_gateway import SECONDS
from tests.loopback import Request, Response, serving

STAGE = "/prod"
API_KEY = "the-key"
ID_TOKEN = "the.id.token"
_HOP_BY_HOP = {"connection", "host", "keep-alive", "transfer-encoding"}


def has_api_key(call: Request) -> bool:
    """`auth: api-key`."""
    return call.headers.get("x-api-key") == API_KEY


def has_id_token(call: Request) -> bool:
    """`auth: cognito`."""
    return call.headers.get("authorization") in (ID_TOKEN, f"Bearer {ID_TOKEN}")


def has_bearer_token(call: Request) -> bool:
    """`auth: jwt`."""
    return call.headers.get("authorization") == f"Bearer {ID_TOKEN}"


def is_signed_for_execute_api(call: Request) -> bool:
    """`auth: iam`: the signature is computed again, with the secret that both sides know."""
    given = call.headers.get("authorization", "")
    if "/us-east-1/execute-api/aws4_request" not in given:
        return False
    signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    url = f"http://{call.headers['host']}{call.target}"
    headers = {name: call.headers[name] for name in signed}
    request = AWSRequest(method=call.method, url=url, headers=headers, data=call.body)
    request.context["timestamp"] = call.headers["x-amz-date"]
    signer = SigV4Auth(
        Credentials(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]),
        "execute-api",
        "us-east-1",
    )
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return given.endswith(f"Signature={signer.signature(to_sign, request)}")


def _rejected(call: Request, admits: Callable[[Request], bool]) -> Response:
    """What API Gateway answers with each `auth`, in the body that the deployment gives it."""
    if admits is has_api_key:
        name, text = "ForbiddenException", "Forbidden"
    elif admits in (has_id_token, has_bearer_token):
        name, text = "UnauthorizedException", "Unauthorized"
    elif "authorization" not in call.headers:
        name, text = "MissingAuthenticationTokenException", "Missing Authentication Token"
    else:
        name, text = "InvalidSignatureException", "The signature does not match."
    body = json.dumps({"Message": text, "RequestID": "made-up"}).encode()
    headers = {
        "Content-Type": "application/json",
        "x-amzn-ErrorType": name,
        "Access-Control-Allow-Origin": "*",
    }
    return Response(403, body, headers)


@contextmanager
def standing_before(gateway_url: str, admits: Callable[[Request], bool]) -> Iterator[str]:
    """The address of a doorkeeper, until the block ends."""

    def respond(call: Request) -> Response:
        if not call.target.startswith(f"{STAGE}/"):
            return Response(404, b'{"message":"Not Found"}')
        if call.method != "OPTIONS" and not admits(call):
            return _rejected(call, admits)
        return _pass_on(gateway_url, call)

    with serving(respond) as url:
        yield f"{url}{STAGE}"


def _pass_on(gateway_url: str, call: Request) -> Response:
    connection = HTTPConnection(gateway_url.removeprefix("http://"), timeout=SECONDS)
    try:
        headers = {name: v for name, v in call.headers.items() if name not in _HOP_BY_HOP}
        connection.request(call.method, call.target.removeprefix(STAGE), call.body, headers)
        response = connection.getresponse()
        kept = {name: value for name, value in response.headers.items() if _is_kept(name)}
        return Response(response.status, response.read(), kept)
    finally:
        connection.close()


def _is_kept(name: str) -> bool:
    return name.lower() not in _HOP_BY_HOP | {"content-length"}
