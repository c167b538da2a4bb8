"""Classifies the shape in a picture with a support vector machine: POST /predict only."""

import json
from pathlib import Path

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException

from classifier import Svm
from imaging import CLASSES, LONGEST_BODY, BadImage, read_image

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
model = Svm(Path(__file__).parent / "svm.npz")


@app.post("/predict")
def predict():
    scores = model.scores(read_image(request.get_data(), request.content_type or ""))
    return jsonify(label=CLASSES[int(scores.argmax())], score=round(float(scores.max()), 4), backend="SVM:v1")


@app.errorhandler(BadImage)
def bad_image(error):
    return jsonify(error=str(error)), 400


@app.errorhandler(HTTPException)
def as_json(error):
    response = error.get_response()  # with its headers, such as the Allow of a 405
    response.data = json.dumps({"error": error.description})
    response.content_type = "application/json"
    return response
