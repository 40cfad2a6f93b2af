"""What most stacks here are deployed from is what the CDK's CLI synthesises for the first."""

from pathlib import Path

from tests.deployed.deployed_gateway import Gateway
from tests.deployed.synthesised import synthesise


def test_the_cli_synthesises_the_same(deployed: Gateway, tmp_path: Path) -> None:
    deployment = deployed.deployment

    synthesise(tmp_path, deployment.context, deployment.emulator.environment())

    kept = deployment.assembly
    files = {path.name for path in kept.iterdir() if path.suffix == ".json"}
    # How long the CLI took, what the CDK's rules found, and which line of ours made a resource.
    others = {"performance-counters.json", "validation-report.json"}
    compared = sorted(files - others - {"PutEventsGateway.metadata.json"})
    assert "PutEventsGateway.template.json" in compared
    for name in compared:
        assert (tmp_path / name).read_text() == (kept / name).read_text(), name
    assert {path.name for path in kept.glob("asset.*")} == {
        p.name for p in tmp_path.glob("asset.*")
    }
