"""PutEvents Gateway: two doors (HTTPS and SQS) into one room that judges, delivers and answers."""
