"""Classifies a short text as positive or negative.

The WSGI application is the global `app`. The model is not part of the image: it is mounted at the path in
SENTIMENT_MODEL, and loaded once, when the module is imported.
"""

import json
import math
import os
from pathlib import Path

from flask import Flask, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException

from features import features

HERE = Path(__file__).parent
MODEL = json.loads((Path(os.environ.get("SENTIMENT_MODEL", "/models/sentiment")) / "weights.json").read_text())
PAGE = (HERE / "page.html").read_text()

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024


def text_of_request():
    """Returns the text of a JSON body, an uploaded file, a form field or a plain body."""
    if request.is_json:
        body = request.get_json()
        text = body.get("text") if isinstance(body, dict) else None
    elif "file" in request.files:
        text = request.files["file"].read().decode("utf-8", errors="replace")
    elif "text" in request.form:
        text = request.form["text"]
    else:
        text = request.get_data(as_text=True)
    if not isinstance(text, str) or not text.strip():
        raise BadRequest("send the text as JSON {\"text\": ...}, as form field 'text' or as uploaded file 'file'")
    return text


@app.get("/")
def page():
    return PAGE


@app.post("/")
def predict():
    score = MODEL["bias"] + sum(MODEL["weights"].get(f, 0.0) for f in features(text_of_request(), MODEL["ngrams"]))
    positive = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    return jsonify(
        sentiment="positive" if positive >= 0.5 else "negative",
        positive=round(positive, 4),
        version=MODEL["version"],
    )


@app.errorhandler(HTTPException)
def as_json(error):
    response = error.get_response()  # with its headers, such as the Allow of a 405
    response.data = json.dumps({"error": error.description})
    response.content_type = "application/json"
    return response
