"""PutEvents Gateway: validates, delivers and answers for events that come by HTTPS and SQS."""

from putevents import init_phase

init_phase.begin()
