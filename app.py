"""The CDK app that `make synth` and `make deploy` run."""

import sys

from aws_cdk import App

from infra.bundle import BundleError, bundle, size
from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.function import RuntimeNotSupportedError, runtime
from infra.stack import PutEventsStack

app = App()
try:
    runtime()
    settings = DeploySettings.from_context(app.node.get_all_context())
    package = bundle(settings.architecture)
except (BundleError, DeploySettingsError, RuntimeNotSupportedError) as error:
    sys.exit(str(error))
print(f"Lambda package: {size(package) / 1e6:.1f} MB for {settings.architecture}", file=sys.stderr)
PutEventsStack(app, "PutEventsGateway", settings=settings, package=package)
app.synth()
