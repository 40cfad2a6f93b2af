"""What every unit test stands on: a known environment, no sockets but loopback."""

import os

import pytest
from pytest_socket import socket_allow_hosts

ENVIRONMENT = {
    "DESTINATION": "pinpoint",
    "APPLICATION_IDS": "my-app,other-app",
    "RETRY_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/retry",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
    "CORS_ORIGINS": "https://app.example.com,https://www.example.com",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
}
# The developer's own AWS settings must not change a result.
for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
    del os.environ[name]
os.environ.update(ENVIRONMENT)


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
