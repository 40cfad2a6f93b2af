"""How to mend what breaks a rule, beside the rule's own sentence."""

import re

# A text of the first line, as a pattern, and below it what to do; what it found stands for {0}.
_TEXT = """
Nothing is at
    Events go to POST /v1/apps/APPLICATION/events, with the id of your application.
Missing (EventType|Timestamp|Endpoint|Events|.*StartTimestamp|.*Id)$
    Add the member {0} to what you send; it has no default.
Missing ChannelType
    An endpoint with an Address needs its ChannelType, such as GCM; or leave the Address out.
key length should be less than 50
    Shorten the key to 50 characters; put what is long into the value.
Event attribute value length
    Shorten the value to 200 characters, or send its parts as attributes of their own.
Endpoint attribute value length
    Shorten the value to 100 characters.
Number of (attributes|metrics) per event
    Send at most 40 {0}: leave out what nobody asks for, or send a second event.
Number of values per endpoint attribute
    Keep the list at 50 values.
Number of attributes per endpoint
    Keep at most 250 attributes and metrics on an endpoint.
Number of endpoints per batch
    Send at most 100 endpoints in one call.
Number of endpoints and events per request
    Send less at once: split the request.
The application of the event
    Send the event to the path of its own application, or mend application.app_id.
Missing client id
    Send client.client_id: it is the endpoint to which the event belongs.
Timestamp should be Unix time
    Send the time of the event in milliseconds since 1970, a number without quotes.
Number of changes of an endpoint
    Send less at once: split the request.
Timestamp should be a date
    Send the time as 2026-01-31T12:00:00.000Z, which is new Date().toISOString() in JavaScript.
Session duration
    Leave Duration out, or send StopTimestamp minus StartTimestamp in milliseconds.
[Ss]hould be an (object|instance)|Should be an object
    Send a JSON object there, in braces.
[Ss]hould be a valid \\w+|Input should be
    Send the JSON type that the sentence names; a number in quotes is a text.
should be valid Unicode
    It holds half of a surrogate pair: cut texts between characters, not inside of one.
Endpoint id should be text without
    Give the endpoint an id without $ and braces, such as a UUID.
Endpoint id should be at most
    Give the endpoint a shorter id, such as a UUID.
Duplicate
    Send each id once in a request.
Exceeded maximum endpoint per user
    A user has 15 endpoints at most: keep a device's endpoint id from one start to the next.
Endpoint size
    Store less on the endpoint: at most 15 KB.
Event size
    Send less in one event: at most 1000 KB.
Rejected by the destination
    The destination says no to this part; its own answer says why.
Application not found
    The path's application id is not served: see APPLICATION_IDS of make run, applicationIds on AWS.
The line is not valid JSON
    Send one JSON object a line; a line break inside of a text is \\n.
not valid JSON|could not be decoded|should be a JSON object
    Send a JSON object as the body, in UTF-8, gzipped or not.
Request size|The answer would be over
    Send less at once: split the request.
"""
_LINES = [line.strip() for line in _TEXT.strip().splitlines()]
_MENDS = [(re.compile(p), mend) for p, mend in zip(_LINES[::2], _LINES[1::2], strict=True)]
OTHERWISE = "Change the member that the sentence names, and send the event again."


def rule_of(message: str) -> dict[str, str]:
    """A rule by the text of its answer: its sentence without the key, the key, and how to mend."""
    sentence, key = re.sub(r"^[45]\d\d: ", "", message), ""
    if found := re.fullmatch(r"(.*?) \(([^()]*)\)", sentence, re.DOTALL):
        sentence, key = found[1], found[2]
    for pattern, mend in _MENDS:
        if found := pattern.search(sentence):
            return {"name": key, "sentence": sentence, "mend": mend.format(*found.groups())}
    return {"name": key, "sentence": sentence, "mend": OTHERWISE}
