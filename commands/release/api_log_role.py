"""The parameter `ApiLogRole`: whether a stack sets the account's role for API Gateway's logs."""

from typing import Any

SETTING, NAME = "apiLogRole", "ApiLogRole"
_CONDITION = "CreatesApiLogRole"
_PARAMETER = {
    "Type": "String",
    "Description": "create sets the role for API Gateway's logs of this account and region, in "
    "place of the one that is set; existing leaves it.",
    "Default": "create",
    "AllowedValues": ["create", "existing"],
}


def open_log_role(template: dict[str, Any]) -> dict[str, Any]:
    """Make the account's setting and its role conditional; return the parameter by its name."""
    resources = template["Resources"]
    accounts = {n: one for n, one in resources.items() if one["Type"] == "AWS::ApiGateway::Account"}
    for account in accounts.values():
        role, _ = account["Properties"]["CloudWatchRoleArn"]["Fn::GetAtt"]
        account["Condition"] = resources[role]["Condition"] = _CONDITION
    for resource in resources.values():
        needed = resource.get("DependsOn", [])
        if waits_for := [name for name in needed if name in accounts]:
            _depend_if_made(resource, waits_for)
    condition = {"Fn::Equals": [{"Ref": NAME}, "create"]}
    template.setdefault("Conditions", {})[_CONDITION] = condition
    return {NAME: _PARAMETER}


def _depend_if_made(resource: dict[str, Any], names: list[str]) -> None:
    """Depend by references in the metadata: DependsOn must name what is always made.

    https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue
    """
    resource["DependsOn"] = [name for name in resource["DependsOn"] if name not in names]
    resource["Metadata"] = {
        name: {"Fn::If": [_CONDITION, {"Ref": name}, {"Ref": "AWS::NoValue"}]} for name in names
    }
