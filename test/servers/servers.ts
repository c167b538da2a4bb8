import { Duration, GranianInterface, GunicornWorkerClass, ModelServer } from '../../src';

/** A server and its start command. */
interface StartedServer {
  /** The name of its descriptor. */
  readonly name: string;
  readonly server: ModelServer;
  readonly command: string;
}

/** A server for every descriptor of the catalog, with its start command on port 9999 for a model at `/models/m`. */
export const SERVERS: readonly StartedServer[] = [
  {
    name: 'gunicorn',
    server: ModelServer.gunicorn({ app: 'app', workers: 2, version: '27.0.1' }),
    command:
      'gunicorn app:app --bind 0.0.0.0:9999 --worker-class gthread --workers 2 --threads 8 --worker-tmp-dir /dev/shm --keep-alive K --graceful-timeout D --timeout W',
  },
  {
    name: 'gunicorn with uvicorn workers',
    server: ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.UVICORN }),
    command:
      'gunicorn app:app --bind 0.0.0.0:9999 --worker-class uvicorn_worker.UvicornWorker --workers 1 --worker-tmp-dir /dev/shm --keep-alive K --graceful-timeout D --timeout W',
  },
  {
    name: 'gunicorn with sync workers',
    server: ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC, workers: 8 }),
    command:
      'gunicorn app:app --bind 0.0.0.0:9999 --worker-class sync --workers 8 --worker-tmp-dir /dev/shm --graceful-timeout D --timeout W',
  },
  {
    name: 'gunicorn with asgi workers',
    server: ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.ASGI }),
    command:
      'gunicorn app:app --bind 0.0.0.0:9999 --worker-class asgi --workers 1 --worker-tmp-dir /dev/shm --keep-alive K --graceful-timeout D --timeout W',
  },
  {
    name: 'uvicorn',
    server: ModelServer.uvicorn({ app: 'app' }),
    command: 'uvicorn app:app --host 0.0.0.0 --port 9999 --timeout-keep-alive K --timeout-graceful-shutdown D',
  },
  {
    name: 'uvicorn with workers',
    server: ModelServer.uvicorn({ app: 'app', workers: 2, extraArgs: ['--proxy-headers'] }),
    command:
      'uvicorn app:app --host 0.0.0.0 --port 9999 --workers 2 --proxy-headers --timeout-keep-alive K --timeout-graceful-shutdown D',
  },
  {
    name: 'hypercorn',
    server: ModelServer.hypercorn({ app: 'app' }),
    command: 'hypercorn app:app --bind 0.0.0.0:9999 --workers 1 --keep-alive K --graceful-timeout D',
  },
  {
    name: 'granian',
    server: ModelServer.granian({ app: 'app', interfaceType: GranianInterface.WSGI }),
    command:
      'granian app:app --interface wsgi --host 0.0.0.0 --port 9999 --workers 1 --http1-header-read-timeout K000 --workers-kill-timeout D',
  },
  {
    name: 'waitress',
    server: ModelServer.waitress({ app: 'app' }),
    command:
      'waitress-serve --host 0.0.0.0 --port 9999 --threads 8 --connection-limit 1000 --asyncore-use-poll --channel-timeout K app:app',
  },
  {
    name: 'uWSGI',
    server: ModelServer.uwsgi({ app: 'app', threads: 4 }),
    command:
      'uwsgi --module app:app --http :9999 --master --need-app --hook-master-start unix_signal:15 gracefully_kill_them_all --processes 1 --threads 4 --http-keepalive=K --http-headers-timeout=K --http-timeout=R',
  },
  {
    name: 'Node',
    server: ModelServer.node({ command: ['node', 'server.js'], keepAlive: Duration.seconds(120), drains: true }),
    command: 'node server.js',
  },
  { name: 'Go', server: ModelServer.go({ command: ['/app/server'], drains: true }), command: '/app/server' },
  {
    name: 'Ray Serve',
    server: ModelServer.rayServe({ app: 'app' }),
    command: 'python3 -c LAUNCHER app:app --port 9999 --keep-alive-timeout-s K --request-timeout-s R',
  },
  {
    name: 'Triton',
    server: ModelServer.triton(),
    command:
      'tritonserver --model-repository /models/m --http-port 9999 --grpc-port 8001 --metrics-port 8002 --exit-timeout-secs D',
  },
  {
    name: 'TensorFlow Serving',
    server: ModelServer.tensorflowServing({ modelName: 'resnet' }),
    command:
      'tensorflow_model_server --port=8500 --rest_api_port=9999 --model_name=resnet --model_base_path=/models/m --rest_api_timeout_in_ms=R000',
  },
  {
    name: 'vLLM',
    server: ModelServer.vllm({ servedModelName: 'llama', version: '0.18.0' }),
    command: 'vllm serve /models/m --host 0.0.0.0 --port 9999 --served-model-name llama --shutdown-timeout D',
  },
  {
    name: 'SGLang',
    server: ModelServer.sglang({ version: '0.5.10' }),
    command: 'python3 -m sglang.launch_server --model-path /models/m --host 0.0.0.0 --port 9999 --enable-metrics',
  },
  {
    name: 'Text Generation Inference',
    server: ModelServer.textGenerationInference(),
    command: 'ENTRYPOINT --model-id /models/m --hostname 0.0.0.0 --port 9999',
  },
  {
    name: 'Text Embeddings Inference',
    server: ModelServer.textEmbeddingsInference(),
    command: 'ENTRYPOINT --model-id /models/m --hostname 0.0.0.0 --port 9999',
  },
  {
    name: 'llama.cpp',
    server: ModelServer.llamaCpp({ model: '/models/m/x.gguf' }),
    command: '/app/llama-server --model /models/m/x.gguf --host 0.0.0.0 --port 9999 --metrics --timeout R',
  },
  {
    name: 'BentoML',
    server: ModelServer.bentoml({ service: 'service:Svc' }),
    command:
      'bentoml serve service:Svc --host 0.0.0.0 --port 9999 --timeout-keep-alive K --timeout-graceful-shutdown D',
  },
  {
    name: 'LitServe',
    server: ModelServer.litServe({ script: 'server.py', keepAlive: Duration.seconds(100) }),
    command: 'python3 server.py',
  },
  { name: 'MLServer', server: ModelServer.mlServer(), command: 'mlserver start /models/m' },
  {
    name: 'MLServer without workers',
    server: ModelServer.mlServer({ workers: 0 }),
    command: 'mlserver start /models/m',
  },
  {
    name: 'MLflow',
    server: ModelServer.mlflow(),
    command:
      'uvicorn mlflow.pyfunc.scoring_server.app:app --host 0.0.0.0 --port 9999 --timeout-keep-alive K --timeout-graceful-shutdown D',
  },
  {
    name: 'MLflow with workers',
    server: ModelServer.mlflow({ workers: 2, version: '3.17.2' }),
    command:
      'uvicorn mlflow.pyfunc.scoring_server.app:app --host 0.0.0.0 --port 9999 --workers 2 --timeout-keep-alive K --timeout-graceful-shutdown D --timeout-worker-healthcheck W',
  },
  {
    name: 'KServe',
    server: ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris', version: '0.21.0' }),
    command:
      'python3 -m sklearnserver --model_name iris --model_dir /models/m --http_port 9999 --grpc_port 8081 --workers 1 --timeout-keep-alive K',
  },
  {
    name: 'Seldon microservice',
    server: ModelServer.seldon({ className: 'Iris' }),
    command:
      'seldon-core-microservice Iris --service-type MODEL --http-port 9999 --metrics-port 6000 --workers 1 --threads 1 --grpc-workers 0',
  },
  { name: 'NIM', server: ModelServer.nim(), command: '/opt/nim/start_server.sh' },
  { name: 'Ollama', server: ModelServer.ollama(), command: 'ollama serve' },
];
