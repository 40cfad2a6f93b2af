"""The same job written the usual way: Powertools' resolver, parser, logger, metrics and tracer."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.parser import parse
from pydantic import BaseModel, Field

os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "usual")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "usual")
logger, tracer, metrics = Logger(), Tracer(), Metrics()
app = APIGatewayRestResolver()
client = boto3.client("pinpoint")


class Session(BaseModel):
    """A session of PutEvents."""

    Id: str
    StartTimestamp: str
    StopTimestamp: str | None = None
    Duration: int | None = None


class Event(BaseModel):
    """An event of PutEvents."""

    EventType: str
    Timestamp: str
    AppPackageName: str | None = None
    AppTitle: str | None = None
    AppVersionCode: str | None = None
    Attributes: dict[str, str] = Field(default={}, max_length=40)
    ClientSdkVersion: str | None = None
    Metrics: dict[str, float] = Field(default={}, max_length=40)
    SdkName: str | None = None
    session: Session | None = Field(None, alias="Session")


class Batch(BaseModel):
    """What one endpoint sends."""

    Endpoint: dict[str, Any]
    Events: dict[str, Event]


class Request(BaseModel):
    """The body of PutEvents."""

    BatchItem: dict[str, Batch]


@app.post("/v1/apps/<application_id>/events")
@tracer.capture_method
def put_events(application_id: str) -> Response[str]:
    """Validate the body, pass it on, answer what was answered."""
    request = parse(event=app.current_event.json_body, model=Request)
    answer = client.put_events(
        ApplicationId=application_id,
        EventsRequest=request.model_dump(by_alias=True, exclude_none=True),
    )
    metrics.add_metric("EventsAccepted", MetricUnit.Count, 1)
    logger.info("put_events", application_id=application_id)
    return Response(202, "application/json", json.dumps(answer["EventsResponse"]))


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one event of API Gateway."""
    return app.resolve(event, context)
