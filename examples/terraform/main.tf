# The gateway from a release's files, as a CloudFormation stack that Terraform manages.
# Copy it, and commit the .terraform.lock.hcl that `terraform init` writes: it pins the provider by its hashes.
# docs/without-cdk.md says what the parameters are, and how to update.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "name" {
  description = "The stack's name, and of all its parts; another gateway of the account needs another."
  type        = string
  default     = "PutEventsGateway"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", var.name)) && length(var.name) <= 61
    error_message = "Words of letters and digits joined by '-', beginning with a letter, at most 61 characters."
  }
}

variable "release" {
  description = "The folder with a release's files, SHA256SUMS among them."
  type        = string
  default     = "../../dist/1.0.0"
}

variable "former_releases" {
  description = "Folders of releases whose files stay in the bucket, so that you can go back to them."
  type        = list(string)
  default     = []
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
  # Key in the bucket => file on this machine, for the release and the former ones.
  files = merge([
    for folder in concat(var.former_releases, [var.release]) : {
      for name in setunion(fileset(folder, "*.zip"), fileset(folder, "*.template.json")) :
      "${basename(folder)}/${name}" => "${folder}/${name}"
    }
  ]...)
  checksums = try({
    for line in regexall("(?m)^([0-9a-f]{64}) [ *](\\S+)$", file("${var.release}/SHA256SUMS")) : line[1] => line[0]
  }, {})
  # What is uploaded, but is not as SHA256SUMS has it.
  unlike = [
    for key, file in local.files : file
    if startswith(key, "${local.version}/") && filesha256(file) != lookup(local.checksums, basename(file), "")
  ]
}

resource "aws_s3_bucket" "release" {
  bucket_prefix = "putevents-release-"
  force_destroy = true # it holds release files only; without it a destroy stops at their versions
}

resource "aws_s3_bucket_public_access_block" "release" {
  bucket                  = aws_s3_bucket.release.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "release" {
  bucket = aws_s3_bucket.release.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_object" "files" {
  for_each    = local.files
  bucket      = aws_s3_bucket_versioning.release.id
  key         = each.key
  source      = each.value
  source_hash = filesha256(each.value)

  lifecycle {
    # The stack is updated before the former release's packages are removed: CloudFormation takes them if it must roll back.
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "gateway" {
  name         = var.name
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

  depends_on = [aws_s3_object.files, aws_s3_bucket_public_access_block.release]

  lifecycle {
    precondition {
      condition     = fileexists("${var.release}/${var.template}.template.json")
      error_message = "The folder ${var.release} has no ${var.template}.template.json: no release is there, or the template is called otherwise."
    }
    precondition {
      condition     = length(local.unlike) == 0
      error_message = "Not as ${var.release}/SHA256SUMS says: ${join(", ", local.unlike)}."
    }
  }
}

output "api_url" {
  value = aws_cloudformation_stack.gateway.outputs["ApiUrl"]
}

output "queue_url" {
  value = aws_cloudformation_stack.gateway.outputs["QueueUrl"]
}
