"""Whether what the settings name is there: table, bucket, certificate, secret, topic, user pool."""

from typing import Any

from commands.aws_session import Problem
from commands.deploy.lookup import check_place, look_up
from commands.deploy.plan import Plan
from putevents.destinations.lake.dynamodb import INDEXES, KEYS

# SNS's own key: CloudWatch may not use it, so that nothing arrives.
_KEY_OF_SNS = "alias/aws/sns"


def endpoint_table(plan: Plan) -> Problem | None:
    """Look whether existingEndpointTable is here, with the keys and indexes of a gateway's."""
    table, name = plan.settings.existing_endpoint_table, plan.settings.table_name
    if plan.settings.home != "lake" or not table:
        return None
    tables = (f"aws dynamodb list-tables --region {plan.account.region}",)
    if elsewhere := check_place(plan, "existingEndpointTable", table, tables, own=True):
        return elsewhere
    found = look_up(plan.account.client("dynamodb").describe_table, TableName=name)
    if found is None:
        return Problem(f"There is no table {name} in {plan.place}.", tables)
    if problem := _difference(found["Table"]):
        return Problem(f"The table {name} is no gateway's endpoint table: {problem}.", tables)
    return None


def _difference(table: Any) -> str | None:
    """How the keys of a table, or of its indexes, differ from what the gateway queries."""
    indexes = {i["IndexName"]: i["KeySchema"] for i in table.get("GlobalSecondaryIndexes", [])}
    keys = {"it": table["KeySchema"], **{f"its index {name}": k for name, k in indexes.items()}}
    wanted = {"it": KEYS, **{f"its index {i}": (key, KEYS[1]) for key, i in INDEXES.items()}}
    for what, names in wanted.items():
        if what not in keys:
            return f"{what} is missing"
        # The partition key comes first.
        by_kind = sorted((key["KeyType"], key["AttributeName"]) for key in keys[what])
        if by_kind != [("HASH", names[0]), ("RANGE", names[1])]:
            return f"{what} has not the keys {names[0]} and {names[1]}"
    texts = {a["AttributeName"] for a in table["AttributeDefinitions"] if a["AttributeType"] == "S"}
    numbers = {*KEYS, *INDEXES} - texts
    return f"{min(numbers)} is not a string" if numbers else None


def lake_bucket(plan: Plan) -> Problem | None:
    """Look whether existingLakeBucket is there, and in this region."""
    bucket = plan.settings.existing_lake_bucket
    if plan.settings.home != "lake" or not bucket:
        return None
    mend = (f"aws s3api list-buckets --bucket-region {plan.account.region}",)
    found = look_up(plan.account.client("s3").head_bucket, Bucket=bucket)
    if found is None:
        return Problem(f"There is no bucket {bucket}.", mend)
    region = found.get("BucketRegion", plan.account.region)
    if region != plan.account.region:
        return Problem(
            f"The bucket {bucket} is in {region}, and the stack in {plan.account.region}.", mend
        )
    return None


def certificate(plan: Plan) -> Problem | None:
    """Look whether certificateArn is in this region, issued, and one for domainName."""
    arn, domain = plan.settings.certificate_arn, plan.settings.domain_name
    if not arn or not domain:
        return None
    region = plan.account.region
    request = f"aws acm request-certificate --domain-name {domain} --validation-method DNS"
    mend = (f"aws acm list-certificates --region {region}", f"{request} --region {region}")
    if elsewhere := check_place(plan, "certificateArn", arn, mend):
        return elsewhere
    found = look_up(plan.account.client("acm").describe_certificate, CertificateArn=arn)
    if found is None:
        return Problem(f"There is no certificate {arn}.", mend)
    described = found["Certificate"]
    names = {described["DomainName"], *described.get("SubjectAlternativeNames", [])}
    if described["Status"] != "ISSUED":
        look = f"aws acm describe-certificate --certificate-arn {arn} --region {region}"
        status = described["Status"]
        return Problem(f"The certificate {arn} is {status}, and must be ISSUED.", (look,))
    if not any(_covers(name.lower(), domain) for name in names):
        listed = ", ".join(sorted(names))
        return Problem(f"The certificate {arn} is for {listed}, not for {domain}.", mend)
    return None


def _covers(name: str, domain: str) -> bool:
    """A `*` stands for one label."""
    return name == domain or (name.startswith("*.") and name[2:] == domain.partition(".")[2])


def key_secret(plan: Plan) -> Problem | None:
    """Look whether the secret of pinpointAuth=api-key is there."""
    secret = plan.settings.pinpoint_api_key_secret
    if "pinpoint" not in plan.settings.destination or not secret:
        return None
    region = plan.account.region
    mend = (f"aws secretsmanager list-secrets --region {region}",)
    if elsewhere := check_place(plan, "pinpointApiKeySecret", secret, mend):
        return elsewhere
    found = look_up(plan.account.client("secretsmanager").describe_secret, SecretId=secret)
    if found is None:
        create = f"aws secretsmanager create-secret --name {secret} --secret-string file://key"
        more = () if secret.startswith("arn:") else (f"{create} --region {region}",)
        return Problem(f"There is no secret {secret} in {plan.place}.", (*mend, *more))
    if "DeletedDate" in found:
        restore = f"aws secretsmanager restore-secret --secret-id {secret} --region {region}"
        return Problem(f"The secret {secret} is being deleted.", (restore,))
    return None


def alarm_topic(plan: Plan) -> Problem | None:
    """Look whether the alarms can publish to the topic."""
    arn = plan.settings.alarm_topic_arn
    if not arn:
        return None
    mend = (f"aws sns list-topics --region {plan.account.region}",)
    region = arn.split(":")[3]
    if region != plan.account.region:
        return Problem(
            f"alarmTopicArn is a topic in {region}, and alarms in {plan.account.region} cannot "
            "publish to it.",
            mend,
        )
    found = look_up(plan.account.client("sns").get_topic_attributes, TopicArn=arn)
    if found is None:
        return Problem(f"There is no topic {arn}.", mend)
    if found["Attributes"].get("KmsMasterKeyId", "").endswith(_KEY_OF_SNS):
        return Problem(
            f"The topic {arn} is encrypted with {_KEY_OF_SNS}, which CloudWatch may not use.",
            (
                f"aws sns set-topic-attributes --topic-arn {arn} "
                "--attribute-name KmsMasterKeyId --attribute-value YOUR_KEY",
            ),
        )
    return None


def user_pool(plan: Plan) -> Problem | None:
    """Look whether the user pool of auth=cognito is there."""
    pool = plan.settings.user_pool_id
    if plan.settings.auth != "cognito" or not pool:
        return None
    describe = plan.account.client("cognito-idp").describe_user_pool
    if look_up(describe, UserPoolId=pool.rpartition("/")[2]):
        return None
    return Problem(
        f"There is no user pool {pool} in {plan.place}.",
        (f"aws cognito-idp list-user-pools --max-results 60 --region {plan.account.region}",),
    )
