"""Destination `lake`: Firehose to Parquet in S3, endpoints in DynamoDB."""
