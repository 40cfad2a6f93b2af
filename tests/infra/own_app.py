"""Somebody else's CDK app, run by a test in a folder that has nothing of this project."""

from pathlib import Path

from aws_cdk import (
    App,
    DefaultStackSynthesizer,
    Environment,
    PermissionsBoundary,
    Stack,
)
from aws_cdk import aws_iam as iam

from infra.gateway_stack import gateway_stack

BUILD = Path(__file__).parents[2] / ".build"  # the packages that other tests have built

app = App(outdir="out")
producer = iam.Role(
    Stack(app, "Shop", env=Environment(account="111122223333", region="eu-west-1")),
    "Producer",
    assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
)
gateway = gateway_stack(
    app,
    "ShopEvents",
    env=Environment(account="111122223333", region="eu-west-1"),
    build=BUILD,
    description="Events of the shop",
    tags={"team": "shop"},
    synthesizer=DefaultStackSynthesizer(qualifier="shop"),
    permissions_boundary=PermissionsBoundary.from_name("shop-boundary"),
    stack_name="shop-events",
    application_ids=["shop"],
    auth="jwt",
    jwt_issuer="https://login.example.com/",
    jwt_audience="shop",
    destination=["lake", "stream"],
    cors_origins=["https://shop.example.com"],
)
gateway.queues.retry.grant_send_messages(producer)
app.synth()
