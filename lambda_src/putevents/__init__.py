"""PutEvents Gateway: validates, delivers and answers for events that come by HTTPS and SQS."""
