"""A released template in an emulated AWS that no CDK has prepared, as boto3 creates a stack."""

from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from commands.release.plain_template import plain_template
from commands.release.release_files import template_name, write_packages, write_template
from infra.bundle import BUILD
from tests.deployed.deployment import ARCHITECTURE, RUNTIME, Deployment
from tests.deployed.emulator import Emulator

VERSION = "1.2.3"
BUCKET = "releases-of-mine"
PREFIX = "putevents/"


class PlainStack(Deployment):
    """A stack that was created from a release's files in a bucket."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._cloudformation = emulator.client("cloudformation")
        self._s3 = emulator.client("s3")

    def upload(self, folder: Path, destination: str, auth: str) -> str:
        """Put packages and a template into a bucket, as docs/without-cdk.md says; its URL."""
        folder.mkdir(parents=True)
        write_packages(folder, VERSION, RUNTIME, BUILD, (ARCHITECTURE,))
        name = template_name(destination, auth)
        template = plain_template(VERSION, RUNTIME, destination=destination, auth=auth)
        write_template(folder / name, template)
        self._s3.create_bucket(Bucket=BUCKET)
        for file in folder.iterdir():
            self._s3.upload_file(str(file), BUCKET, f"{PREFIX}{file.name}")
        return f"{self.emulator.url}/{BUCKET}/{PREFIX}{name}"

    def create(self, stack: str, url: str, **parameters: str) -> None:
        """Create the stack and wait for it; what went wrong is in the error."""
        given = {
            "CodeBucket": BUCKET,
            "CodePrefix": PREFIX,
            "Architecture": ARCHITECTURE,
            **parameters,
        }
        self._cloudformation.create_stack(
            StackName=stack,
            TemplateURL=url,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": n, "ParameterValue": v} for n, v in given.items()],
        )
        self.outputs = self._wait(stack)
        self.stack = stack

    def _wait(self, stack: str) -> dict[str, str]:
        waiter = self._cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        [found] = self._cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

    def resources(self, type_: str) -> list[dict[str, Any]]:
        """The stack's resources of a type."""
        listed = self._cloudformation.list_stack_resources(StackName=self.stack)
        found = listed["StackResourceSummaries"]
        return [resource for resource in found if resource["ResourceType"] == f"AWS::{type_}"]

    def failures(self, stack: str) -> str:
        """What CloudFormation says of a stack that was not created, a line a resource."""
        try:
            events = self._cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        except ClientError:
            return ""  # there is none: the error of the call has said why
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return "\n".join(
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in failed
        )
