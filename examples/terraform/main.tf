# The gateway from a release's files, as a CloudFormation stack that Terraform manages.
# Parsed by a test of this project, never applied. docs/without-cdk.md says what the parameters are.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "release" {
  description = "The folder with a release's files, their checksums verified."
  type        = string
  default     = "../../dist/1.0.0"
}

variable "template" {
  description = "Which destination and which auth: lake-iam, lake-stream-jwt, pinpoint-none ..."
  type        = string
  default     = "lake-iam"
}

variable "application_id" {
  description = "The application that the gateway serves."
  type        = string
}

variable "parameters" {
  description = "Further parameters of the template, such as AlarmTopicArn or JwtIssuer."
  type        = map(string)
  default     = {}
}

locals {
  # In keys and URLs, so that Terraform sees a new release, and CloudFormation its packages.
  version = basename(var.release)
}

resource "aws_s3_bucket" "release" {
  bucket_prefix = "putevents-release-"
}

resource "aws_s3_object" "files" {
  for_each    = setunion(fileset(var.release, "*.zip"), fileset(var.release, "*.template.json"))
  bucket      = aws_s3_bucket.release.id
  key         = "${local.version}/${each.value}"
  source      = "${var.release}/${each.value}"
  source_hash = filesha256("${var.release}/${each.value}")
}

resource "aws_cloudformation_stack" "gateway" {
  name         = "PutEventsGateway"
  capabilities = ["CAPABILITY_IAM"]
  template_url = "https://${aws_s3_bucket.release.bucket_regional_domain_name}/${local.version}/${var.template}.template.json"

  parameters = merge(
    {
      CodeBucket    = aws_s3_bucket.release.id
      CodePrefix    = "${local.version}/"
      ApplicationId = var.application_id
    },
    var.parameters,
  )

  depends_on = [aws_s3_object.files]
}

output "api_url" {
  value = aws_cloudformation_stack.gateway.outputs["ApiUrl"]
}

output "queue_url" {
  value = aws_cloudformation_stack.gateway.outputs["QueueUrl"]
}
