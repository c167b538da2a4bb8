// Applications in Python

export { granian } from './granian';
export { gunicorn, wsgi } from './gunicorn';
export { hypercorn } from './hypercorn';
export { asgi, uvicorn } from './uvicorn';
export { uwsgi } from './uwsgi';
export { waitress } from './waitress';

// Model servers

export { bentoml } from './bentoml';
export { kserve } from './kserve';
export { litServe } from './litserve';
export { mlflow } from './mlflow';
export { mlServer } from './mlserver';
export { rayServe } from './ray-serve';
export { seldon } from './seldon';
export { tensorflowServing } from './tensorflow-serving';
export { torchServe } from './torchserve';
export { triton } from './triton';

// Language models

export { llamaCpp } from './llama-cpp';
export { nim } from './nim';
export { ollama } from './ollama';
export { sglang } from './sglang';
export { textEmbeddingsInference } from './text-embeddings-inference';
export { textGenerationInference } from './text-generation-inference';
export { vllm } from './vllm';

// Any other server

export { command } from './command';
export { custom } from './custom';
export { fromImage } from './from-image';
export { go } from './go';
export { node } from './node';
export { shell } from './shell';
