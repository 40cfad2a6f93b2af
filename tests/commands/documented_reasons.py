"""Why some commands of the pages are not run by a test, by how each begins."""

_TOO_LONG = "it takes minutes; CI runs check and test, and faults is for people"
_OUTSIDE = "it makes something outside of this machine's test folders"
_SERVES = "it serves until it is stopped"
_FORM = "a part of a command; the whole stands beside it"
_INSTALLS = "it installs from the network"
_READERS = "what it looks for is its reader's"
# In a block. What begins with `make` is read by make all the same, which refuses a wrong option.
ELSEWHERE = {
    "make run": "test_documented_runs.py starts each",
    "make .venv-emulator/ready": _INSTALLS,
    "BIND_HOST": _SERVES,
    "aws configure": "it asks questions",
    "make test": _TOO_LONG,
    "make faults": _TOO_LONG,
    "make check": _TOO_LONG,
    'make redrive OPTIONS="--url': "faketime spoils its sleep; test_redrive runs it",
    "make deploy-emulated": "tests/deployed goes through it",
    "make template": "tests/commands/test_release.py goes through it",
    "make template-emulated": "tests/deployed/test_without_cdk.py creates such a stack",
    "make sql-emulated": "tests/deployed goes through it",
    "make destroy-emulated": "tests/deployed goes through it",
    "podman": _OUTSIDE,
    "pip install": f"{_INSTALLS}; test_wheel.py looks into the wheel",
    "terraform": "its provider comes from the network; test_release.py parses the example",
}
# These need an AWS account. Here there is none: each says so in a sentence.
NEED_AWS = (
    "make bootstrap",
    "make deploy",
    "make diff",
    "make destroy",
    "make dead-letters",
    "make redrive",
    "make replay-rejected",
    "make verify",
    "make views",
    "make forget",
    "make import-endpoints",
    "make put-events",
    ".venv/bin/python -m commands send --url https://",
)
# In a sentence.
MENTIONED_ELSEWHERE = {
    **ELSEWHERE,
    ". .build/emulated/environment": "make deploy-emulated writes that file",
    ".venv/bin/python -m commands release": "it takes minutes; test_release.py has its parts",
    ".venv/bin/pytest": "it runs tests, as CI does",
    ".venv/bin/python -m commands import-endpoints FILE ...": _FORM,
    'PATH="$PWD/.venv/bin:$PATH" infra/node_modules/.bin/cdk deploy': "make deploy calls it",
    "PYTHONPATH=vendor/putevents-gateway python app.py": "the app is its reader's",
    "aws pinpoint ...": _FORM,
    "aws pinpoint put-events --cli-input-json": _FORM,
    "aws sso login": "it opens a browser",
    "cdk ": "the CDK's own command, which make's targets call",
    "curl --aws-sigv4": _FORM,
    "curl -si": _FORM,
    "git archive": "make release calls it",
    "git checkout": "it undoes changes",
    "git status": "make release calls it",
    "grep": _READERS,
    "gunzip": _FORM,
    "kill -9": _FORM,
    "npm install": _FORM,
    "npx cdk": "it works on its reader's app",
    "python app.py": "the app is its reader's",
    "python -m commands": _FORM,
    "sha256sum": "it checks a release; test_release.py makes such a file",
    "uv python install": _INSTALLS,
}  # fmt: skip
# An example of what make refuses.
REFUSED = ("make forget USER='k$xuser'",)
