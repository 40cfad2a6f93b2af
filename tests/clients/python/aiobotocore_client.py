"""An aiobotocore user: eight requests at once, an endpoint written and read; answers as JSON."""

import asyncio
import json
import os
import sys
from typing import Any

from aiobotocore.session import get_session  # type: ignore[import-not-found] # of .venv-clients


def sign_for_api_gateway(request: Any, **_: Any) -> None:
    request.context.setdefault("signing", {})["signing_name"] = "execute-api"


async def main(application_id: str, batch_item: dict[str, Any]) -> dict[str, Any]:
    url = os.environ["GATEWAY_URL"]
    async with get_session().create_client("pinpoint", endpoint_url=url) as client:
        if os.environ.get("AUTH") == "iam":
            client.meta.events.register("before-sign.pinpoint", sign_for_api_gateway)
        target = {"ApplicationId": application_id, "EndpointId": "phone"}
        updated = await client.update_endpoint(**target, EndpointRequest={"OptOut": "NONE"})
        found = await client.get_endpoint(**target)
        put = [
            client.put_events(
                ApplicationId=application_id,
                EventsRequest={"BatchItem": {f"{n}-{key}": b for key, b in batch_item.items()}},
            )
            for n in range(8)
        ]
        answers = await asyncio.gather(*put)
    return {
        "updated": updated["MessageBody"]["Message"],
        "found": found["EndpointResponse"]["OptOut"],
        "results": [answer["EventsResponse"]["Results"] for answer in answers],
    }


print(json.dumps(asyncio.run(main(sys.argv[1], json.load(sys.stdin)))))
