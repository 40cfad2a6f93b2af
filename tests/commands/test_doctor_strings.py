"""What a string only names is no use of Pinpoint; what is code in it, or data, is one."""

from pathlib import Path

import pytest

from tests.commands.doctor_projects.unpacked import found

V2 = "const AWS = require('aws-sdk');\n"
V3 = "import { PinpointClient } from '@aws-sdk/client-pinpoint';\n"
NAMED = {
    "import.ts": "const t = \"import { PinpointClient } from '@aws-sdk/client-pinpoint'\";\n",
    "v2.js": f"{V2}const t = `new AWS.Pinpoint()`;\n",
    "help.js": f"{V2}const t = `Not so:\n  new AWS.Pinpoint().getApps()\n`;\n",
    "nested.js": f"{V2}f(`a ${{x ? `b` : ''}} c`, 'new AWS.Pinpoint()');\n",
    "Put.java": '// no\nclass A { String t = "AmazonPinpointClientBuilder.standard()"; }\n',
    "Put.kt": 'val t = """\nPinpointClient.create() or aws.sdk.kotlin.services.pinpoint.x\n"""\n',
    "put.go": 'package a\n\nvar t = `x "github.com/aws/aws-sdk-go-v2/service/pinpoint"`\n',
    "Put.cs": 'var t = @"new AmazonPinpointClient(""x"")";\n',
    "put.swift": 'let t = "AWSPinpointAnalyticsPlugin() of import AWSPinpointAnalyticsPlugin"\n',
    "put.dart": "final t = 'AmplifyAnalyticsPinpoint()';\n",
    "put.rs": 'let t = "use aws_sdk_pinpoint::Client::new(x)\n aws_sdk_pinpoint::x";\n',
    "put.rb": "puts 'Aws::Pinpoint::Client.new'\n",
    "put.php": "<?php echo 'new PinpointClient(';\n",
    "stack.ts": "throw Error('no pinpoint.CfnApp() here, nor AWS.Pinpoint');\n",
    "stack.py": 'TEXT = "pinpoint.CfnApp()"\n',
    "help.py": 'HELP = "call mobiletargeting:PutEvents no more"\n',
    "deny.ts": "throw Error('`mobiletargeting:PutEvents` is gone');\n",
    "stack.yaml": "Parameters:\n  A:\n    Description: Allows mobiletargeting:PutEvents to apps\n",
}
USED = {
    "inner.ts": (f"{V3}const t = `${{new PinpointClient({{}})}}`;\n", "client: works"),
    "open.ts": (f"{V3}const t = 'a';\nconst c = new PinpointClient({{}}); // `\n", "client: works"),
    # A quotation mark that is none, in a text between tags.
    "tags.tsx": (
        f"{V3}const t = <p>`</p>;\nconst c = new PinpointClient({{}});\n",
        "client: works",
    ),
    "it.tsx": (f"{V3}<p>don't</p>; const c = new PinpointClient({{}});\n", "client: works"),
    "page.vue": (
        f'<script>{V3}const pinpoint = x;</script>\n<a @click="pinpoint.putEvents({{}})">\n',
        "call of PutEvents: works",
    ),
    "name.java": (
        'x = Class.forName("software.amazon.awssdk.services.pinpoint.PinpointClient");\n',
        "AWS SDK for Java v2 client: works",
    ),
    "list.ts": (
        "grant({ actions: ['mobiletargeting:PutEvents', \"mobiletargeting:GetApps\"] });\n",
        "permission mobiletargeting:PutEvents: works",
    ),
    "policy.py": (
        'P = """{"Action": ["mobiletargeting:PutEvents"], "Resource": "*"}"""\n',
        "permission mobiletargeting:PutEvents: works",
    ),
    "cli.py": (
        'run("aws iam x --action-names mobiletargeting:GetApps mobiletargeting:PutEvents --y")\n',
        "permission mobiletargeting:PutEvents: works",
    ),
    "loop.sh": (
        "for action in mobiletargeting:PutEvents also; do :; done\n",
        "permission mobiletargeting:PutEvents: works",
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_a_string_names_is_no_use(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(NAMED[name])

    assert found(tmp_path) == []


@pytest.mark.parametrize("name", USED)
def test_what_is_code_or_data_is_a_use(name: str, tmp_path: Path) -> None:
    text, use = USED[name]
    (tmp_path / name).write_text(text)

    assert any(use in line for line in found(tmp_path)), found(tmp_path)
