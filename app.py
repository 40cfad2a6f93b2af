"""The CDK app that `make synth` and `make deploy` run."""

import sys

from aws_cdk import App

from infra.bundle import AUTHORIZER, BundleError, bundle, describe
from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.stack import PutEventsStack
from infra.stack_size import StackSizeError, check_size


def add_stack(app: App) -> None:
    """Add the stack of the app's settings; exit with a sentence if they are wrong or too much."""
    try:
        settings = DeploySettings.from_context(app.node.get_all_context())
        platform = settings.architecture, settings.runtime
        package = bundle(*platform)
        authorizer = bundle(*platform, code=AUTHORIZER) if settings.auth == "jwt" else None
    except (BundleError, DeploySettingsError) as error:
        sys.exit(str(error))
    print(describe(package, *platform), file=sys.stderr)
    stack = PutEventsStack(
        app,
        "PutEventsGateway",
        settings=settings,
        package=package,
        authorizer_package=authorizer,
    )
    try:
        check_size(stack)
    except StackSizeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    app = App()
    add_stack(app)
    app.synth()
