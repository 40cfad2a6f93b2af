"""The CDK stack: queues, functions, destination, API and alarms."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Environment, IStackSynthesizer, PermissionsBoundary, Stack
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from infra.api import PutEventsApi
from infra.budget import add_budget
from infra.client_policy import add_client_policy
from infra.custom_domain import add_custom_domain
from infra.dashboard import Dashboard
from infra.data_lake import Lake
from infra.deploy_settings import DeploySettings
from infra.door_functions import Doors, add_doors
from infra.event_bus import connect_event_bus
from infra.event_stream import add_event_stream, connect_event_stream
from infra.monitoring import Monitoring
from infra.names import STACK_DESCRIPTION
from infra.pinpoint_access import connect_pinpoint
from infra.retry_queues import Queues, add_queues
from infra.saved_queries import SavedQueries
from infra.unused_settings import warn_of_unused
from infra.waf import add_waf


class PutEventsStack(Stack):
    """The gateway's AWS resources, connected by grants."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: DeploySettings,
        package: Path,
        authorizer_package: Path | None = None,
        flags: Mapping[str, object] | None = None,
        env: Environment | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        synthesizer: IStackSynthesizer | None = None,
        permissions_boundary: PermissionsBoundary | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            env=env,
            stack_name=settings.stack_name,
            description=description or STACK_DESCRIPTION,
            tags=tags,
            synthesizer=synthesizer,
            permissions_boundary=permissions_boundary,
            termination_protection=settings.termination_protection,
        )
        for name, flag in (flags or {}).items():
            self.node.set_context(name, flag)
        self.queues = queues = add_queues(self, settings)
        doors = add_doors(self, settings, queues, package)
        self.lake, self.event_stream = lake, event_stream = self._connect_destinations(
            doors, settings
        )
        self.api = api = PutEventsApi(
            self,
            "Api",
            name=self.stack_name,
            function=doors.api.called,
            settings=settings,
            authorizer_package=authorizer_package,
        )
        self._watch(api, doors, queues, lake, event_stream, settings)
        add_waf(self, api, settings)
        add_custom_domain(api, settings)
        add_client_policy(api, settings)
        add_budget(self, settings)
        warn_of_unused(self, settings)
        self._add_outputs(api, queues)
        if settings.auth == "jwt":  # by which `make verify` knows it
            CfnOutput(self, "JwtIssuer", value=settings.jwt_issuer or "")

    def _connect_destinations(
        self, doors: Doors, settings: DeploySettings
    ) -> tuple[Lake | None, kinesis.IStream | None]:
        """Let the functions deliver; return the lake and the stream if events go there."""
        lake, stream = None, None
        if "lake" in settings.destination:
            lake = Lake(self, "Lake", name=self.stack_name, settings=settings)
            lake.connect(doors.api, doors.queue)
        if "pinpoint" in settings.destination:
            connect_pinpoint(doors.api, doors.queue, settings)
        if "stream" in settings.destination:
            stream = add_event_stream(self, settings)
            connect_event_stream(self, stream, doors, settings)
        if "bus" in settings.destination:
            connect_event_bus(self, doors, settings)
        return lake, stream

    def _watch(
        self,
        api: PutEventsApi,
        doors: Doors,
        queues: Queues,
        lake: Lake | None,
        event_stream: kinesis.IStream | None,
        settings: DeploySettings,
    ) -> None:
        SavedQueries(
            self,
            "SavedQueries",
            name=self.stack_name,
            access_log=api.access_log,
            api_log=doors.api.log_group,
            queue_log=doors.queue.log_group,
        )
        functions = {"Api": doors.api, "Queue": doors.queue}
        streams = lake.streams.events if lake else {}
        monitoring = Monitoring(
            self,
            "Alarms",
            name=self.stack_name,
            api=api,
            functions=functions,
            queue=queues.retry,
            dead_letter_queue=queues.dead_letters,
            streams=streams,
            rejected=lake.streams.rejected_stream if lake else None,
            event_stream=event_stream,
            settings=settings,
        )
        if settings.dashboard:
            Dashboard(
                self,
                "Dashboard",
                name=self.stack_name,
                destinations=settings.destination,
                alarms=monitoring.alarms,
                api=api,
                functions=functions,
                api_log=doors.api.log_group,
                queue_log=doors.queue.log_group,
                queue=queues.retry,
                dead_letter_queue=queues.dead_letters,
                streams=streams,
                event_stream=event_stream,
            )

    def _add_outputs(self, api: PutEventsApi, queues: Queues) -> None:
        CfnOutput(self, "ApiUrl", value=api.base_url)
        CfnOutput(self, "QueueUrl", value=queues.retry.queue_url)
        CfnOutput(self, "DeadLetterQueueUrl", value=queues.dead_letters.queue_url)
        if api.key:
            CfnOutput(self, "ApiKeyId", value=api.key.key_id)
