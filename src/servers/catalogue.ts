import type { ServerDescriptor } from '../plan/server/descriptor';
import { BENTOML } from './bentoml';
import { GO } from './go-http';
import { GRANIAN } from './granian';
import { GUNICORN_ASGI, GUNICORN_GTHREAD, GUNICORN_SYNC, GUNICORN_UVICORN } from './gunicorn';
import { HYPERCORN } from './hypercorn';
import { KSERVE } from './kserve';
import { LITSERVE } from './litserve';
import { LLAMA_CPP } from './llama-cpp';
import { MLFLOW, MLFLOW_WORKERS } from './mlflow';
import { MLSERVER, MLSERVER_IN_PROCESS } from './mlserver';
import { NIM } from './nim';
import { NODE } from './node-http';
import { OLLAMA } from './ollama';
import { RAY_SERVE } from './ray-serve';
import { SELDON } from './seldon';
import { SGLANG } from './sglang';
import { TENSORFLOW_SERVING } from './tensorflow-serving';
import { TEXT_EMBEDDINGS_INFERENCE } from './text-embeddings-inference';
import { TEXT_GENERATION_INFERENCE } from './text-generation-inference';
import { TORCHSERVE } from './torchserve';
import { TRITON } from './triton';
import { UVICORN, UVICORN_WORKERS } from './uvicorn';
import { UWSGI } from './uwsgi';
import { VLLM } from './vllm';
import { WAITRESS } from './waitress';

/** Every server of which anything is known. */
export const CATALOGUE: readonly ServerDescriptor[] = [
  UVICORN,
  UVICORN_WORKERS,
  GUNICORN_GTHREAD,
  GUNICORN_UVICORN,
  GUNICORN_SYNC,
  GUNICORN_ASGI,
  HYPERCORN,
  GRANIAN,
  WAITRESS,
  UWSGI,
  NODE,
  GO,
  RAY_SERVE,
  TRITON,
  TENSORFLOW_SERVING,
  VLLM,
  SGLANG,
  TEXT_GENERATION_INFERENCE,
  TEXT_EMBEDDINGS_INFERENCE,
  LLAMA_CPP,
  BENTOML,
  LITSERVE,
  MLSERVER,
  MLSERVER_IN_PROCESS,
  MLFLOW,
  MLFLOW_WORKERS,
  KSERVE,
  SELDON,
  NIM,
  OLLAMA,
  TORCHSERVE,
];
