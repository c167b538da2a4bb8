"""Reads a digit: a WSGI application without a framework."""

import json

from model import BadInput, Model, read_digit

MODEL = Model.from_environment()
LONGEST_BODY = 64 * 1024


def predict_wsgi(environ, start_response):
    status, answer, extra = respond(environ)
    body = json.dumps(answer).encode() + b"\n"
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *extra])
    return [body]


def respond(environ):
    if environ["REQUEST_METHOD"] != "POST":
        return "405 Method Not Allowed", {"error": "send a POST"}, [("Allow", "POST")]
    body = environ["wsgi.input"].read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        return "413 Content Too Large", {"error": "the request is too large for a digit"}, []
    try:
        pixels = read_digit(body, environ.get("CONTENT_TYPE", ""))
    except BadInput as error:
        return "400 Bad Request", {"error": str(error)}, []
    likely = MODEL.probabilities(pixels)
    digit = int(likely.argmax())
    return "200 OK", {"digit": digit, "probability": round(float(likely[digit]), 4)}, []
