"""Classifies the shape in a picture with a residual network: POST /predict, and GET /healthz once it is ready."""

import os
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from imaging import CLASSES, LONGEST_BODY, BadImage, read_image
from network import forward, load

#: The weights are not part of the image: they are fetched from object storage and mounted.
FOLDER = Path(os.environ.get("MODEL_DIR", "/models"))


@asynccontextmanager
async def lifespan(app):
    app.state.weights = await run_in_threadpool(load, FOLDER / "weights.npz")
    yield


app = FastAPI(title="image classifier", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def classify(body, content_type, weights):
    scores = forward(read_image(body, content_type)[None].astype(np.float32), weights)[0]
    likely = np.exp(scores - scores.max())
    return scores.argmax(), float(likely.max() / likely.sum())


@app.post("/predict")
async def predict(request: Request):
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            break
    content_type = request.headers.get("content-type", "")
    best, likely = await run_in_threadpool(classify, body, content_type, request.app.state.weights)
    return {"label": CLASSES[int(best)], "score": round(likely, 4), "backend": "ResNet50:v2"}


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.exception_handler(BadImage)
async def bad_image(_request, error):
    return JSONResponse({"error": str(error)}, status_code=400)
