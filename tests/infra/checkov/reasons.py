"""Why a finding of checkov stands: by its rule. docs/security.md has the longer reasons."""

REASONS = {
    "CKV_AWS_18": "An access log is a line for each object that a query reads, in one more bucket; "
    "CloudTrail's data events tell where it must be known who read what.",
    "CKV_AWS_21": "lakeVersioning turns it on; by default what is deleted is gone, as whoever asks "
    "to be forgotten expects.",
    "CKV_AWS_27": "SQS encrypts with a key of its own (SqsManagedSseEnabled), which checkov does "
    "not know; encryption=customer has a KMS key do it.",
    "CKV_AWS_59": "auth=none asks for it, of which synth warns.",
    "CKV_AWS_73": "API Gateway's own traces hold clients' IP addresses; tracing=stage turns them "
    "on.",
    "CKV_AWS_115": "A reservation takes from the account's other functions; apiReservedConcurrency "
    "and queueReservedConcurrency reserve.",
    "CKV_AWS_116": "A function's dead-letter queue gets asynchronous invocations only, of which "
    "there are none: the queue that feeds one has its own.",
    "CKV_AWS_117": "The functions call nothing inside a VPC.",
    "CKV_AWS_119": "DynamoDB encrypts with a key of its own; encryption=customer has a KMS key do "
    "it.",
    "CKV_AWS_120": "A cache answers a request with what another got.",
    "CKV_AWS_158": "CloudWatch Logs encrypts with a key of its own; encryption=customer has a KMS "
    "key do it.",
    "CKV_AWS_166": "AWS Backup's own KMS key encrypts a vault: another would replace the vault, "
    "and the backups in it would not move along.",
    "CKV_AWS_173": "Lambda encrypts environment variables with a key of its own, and these hold no "
    "secret: names, URLs and limits, and of a key for another gateway the name.",
}
