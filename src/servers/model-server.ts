// Written by scripts/server-factories.ts from src/servers/catalog.
import type { ServerProtocol } from '../plan/choices';
import type { ServerIntent } from '../plan/intents';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import * as catalog from './catalog';
import type { ServerDefinition, StartContext } from './define-server';
import { behaviorFor } from './grpc';
import type {
  AsgiServerOptions,
  BentomlOptions,
  CommandServerOptions,
  CustomServerOptions,
  GoServerOptions,
  GranianOptions,
  GunicornOptions,
  HypercornOptions,
  ImageServerOptions,
  KserveOptions,
  LitServeOptions,
  LlamaCppOptions,
  MlflowOptions,
  MlServerOptions,
  NimOptions,
  NodeServerOptions,
  OllamaOptions,
  RayServeOptions,
  SeldonOptions,
  SglangOptions,
  ShellServerOptions,
  TensorflowServingOptions,
  TextEmbeddingsInferenceOptions,
  TextGenerationInferenceOptions,
  TritonOptions,
  UvicornOptions,
  UwsgiOptions,
  VllmOptions,
  WaitressOptions,
  WsgiServerOptions,
} from './options';
import { startServer } from './start';

/**
 * The model server in a container: its command, and its behavior with connections and signals.
 *
 * @example
 *
 * import { ModelServer } from 'serving-constructs';
 *
 * const server = ModelServer.gunicorn({ app: 'app:app', workers: 2, version: '27.0.1' });
 */
export class ModelServer {
  /**
   * An application behind granian, which must be in the image. It keeps idle connections for at most a minute, which
   * limits `requestTimeout` to 40 s on AWS.
   *
   * @example
   * ModelServer.granian({ app: 'app:app', interfaceType: GranianInterface.WSGI });
   */
  public static granian(options: GranianOptions): ModelServer {
    checkOptions('GranianOptions', options, 'options');
    return new ModelServer(catalog.granian.define(options));
  }

  /**
   * An application behind gunicorn, which must be in the image.
   *
   * @example
   * ModelServer.gunicorn({ app: 'app:app', workerClass: GunicornWorkerClass.UVICORN, version: '27.0.1' });
   */
  public static gunicorn(options: GunicornOptions): ModelServer {
    checkOptions('GunicornOptions', options, 'options');
    return new ModelServer(catalog.gunicorn.define(options));
  }

  /**
   * A WSGI application, such as one written with Flask, behind gunicorn with threads. gunicorn must be in the image.
   *
   * @example
   * ModelServer.wsgi({ app: 'app:app', threads: 4 });
   */
  public static wsgi(options: WsgiServerOptions): ModelServer {
    checkOptions('WsgiServerOptions', options, 'options');
    return new ModelServer(catalog.wsgi.define(options));
  }

  /**
   * An ASGI application behind hypercorn, which must be in the image.
   *
   * @example
   * ModelServer.hypercorn({ app: 'app:app', workers: 2 });
   */
  public static hypercorn(options: HypercornOptions): ModelServer {
    checkOptions('HypercornOptions', options, 'options');
    return new ModelServer(catalog.hypercorn.define(options));
  }

  /**
   * An ASGI application behind uvicorn, which must be in the image.
   *
   * @example
   * ModelServer.uvicorn({ app: 'app:app', extraArgs: ['--proxy-headers'] });
   */
  public static uvicorn(options: UvicornOptions): ModelServer {
    checkOptions('UvicornOptions', options, 'options');
    return new ModelServer(catalog.uvicorn.define(options));
  }

  /**
   * An ASGI application, such as one written with FastAPI, behind uvicorn. uvicorn must be in the image.
   *
   * @example
   * ModelServer.asgi({ app: 'app:app' });
   */
  public static asgi(options: AsgiServerOptions): ModelServer {
    checkOptions('AsgiServerOptions', options, 'options');
    return new ModelServer(catalog.asgi.define(options));
  }

  /**
   * A WSGI application behind uWSGI, which must be in the image. It is configured to complete running requests when it
   * stops.
   *
   * @example
   * ModelServer.uwsgi({ app: 'app:app', threads: 4 });
   */
  public static uwsgi(options: UwsgiOptions): ModelServer {
    checkOptions('UwsgiOptions', options, 'options');
    return new ModelServer(catalog.uwsgi.define(options));
  }

  /**
   * A WSGI application behind waitress, which must be in the image. It drops running requests when it stops.
   *
   * @example
   * ModelServer.waitress({ app: 'app:app', threads: 4 });
   */
  public static waitress(options: WaitressOptions): ModelServer {
    checkOptions('WaitressOptions', options, 'options');
    return new ModelServer(catalog.waitress.define(options));
  }

  /**
   * A BentoML service.
   *
   * @example
   * ModelServer.bentoml({ service: 'service:Classifier' });
   */
  public static bentoml(options: BentomlOptions = {}): ModelServer {
    checkOptions('BentomlOptions', options, 'options');
    return new ModelServer(catalog.bentoml.define(options));
  }

  /**
   * A model behind a server that is built on KServe's Python package.
   *
   * @example
   * ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris', version: '0.21.0' });
   */
  public static kserve(options: KserveOptions): ModelServer {
    checkOptions('KserveOptions', options, 'options');
    return new ModelServer(catalog.kserve.define(options));
  }

  /**
   * A script that runs LitServe on the port in the environment variable `PORT`.
   *
   * @example
   * ModelServer.litServe({ script: 'server.py', keepAlive: Duration.seconds(120) });
   */
  public static litServe(options: LitServeOptions): ModelServer {
    checkOptions('LitServeOptions', options, 'options');
    return new ModelServer(catalog.litServe.define(options));
  }

  /**
   * A model behind MLflow's scoring server, in the environment of the image.
   *
   * @example
   * ModelServer.mlflow({ version: '3.17.2' });
   */
  public static mlflow(options: MlflowOptions = {}): ModelServer {
    checkOptions('MlflowOptions', options, 'options');
    return new ModelServer(catalog.mlflow.define(options));
  }

  /**
   * Models behind MLServer. It closes idle connections after 5 s, which is rejected on AWS.
   *
   * @example
   * ModelServer.mlServer({ workers: 0 });
   */
  public static mlServer(options: MlServerOptions = {}): ModelServer {
    checkOptions('MlServerOptions', options, 'options');
    return new ModelServer(catalog.mlServer.define(options));
  }

  /**
   * Ray Serve with a single application, or with the applications of a config. Each container runs a separate Ray instance,
   * and is ready when every application runs.
   *
   * @example
   * ModelServer.rayServe({ app: 'app:build', extraArgs: ['model=small'], version: '2.60.0' });
   */
  public static rayServe(options: RayServeOptions): ModelServer {
    checkOptions('RayServeOptions', options, 'options');
    return new ModelServer(catalog.rayServe.define(options));
  }

  /**
   * A class behind Seldon's Python microservice.
   *
   * @example
   * ModelServer.seldon({ className: 'IrisClassifier', workers: 4 });
   */
  public static seldon(options: SeldonOptions): ModelServer {
    checkOptions('SeldonOptions', options, 'options');
    return new ModelServer(catalog.seldon.define(options));
  }

  /**
   * A model behind TensorFlow Serving. With `batching` of the backend a shell, which its image contains, writes the
   * settings to a file in `/tmp` and then becomes the server.
   *
   * @example
   * ModelServer.tensorflowServing({ modelName: 'resnet' });
   */
  public static tensorflowServing(options: TensorflowServingOptions): ModelServer {
    checkOptions('TensorflowServingOptions', options, 'options');
    return new ModelServer(catalog.tensorflowServing.define(options));
  }

  /**
   * A model repository behind NVIDIA Triton.
   *
   * @example
   * ModelServer.triton({ modelRepository: '/models' });
   */
  public static triton(options: TritonOptions = {}): ModelServer {
    checkOptions('TritonOptions', options, 'options');
    return new ModelServer(catalog.triton.define(options));
  }

  /**
   * A language model behind llama.cpp's server. It closes idle connections after 5 s, which is rejected on AWS.
   *
   * @example
   * ModelServer.llamaCpp({ model: '/models/llama/model.gguf' });
   */
  public static llamaCpp(options: LlamaCppOptions = {}): ModelServer {
    checkOptions('LlamaCppOptions', options, 'options');
    return new ModelServer(catalog.llamaCpp.define(options));
  }

  /**
   * An NVIDIA NIM. How it handles connections is not documented.
   *
   * @example
   * ModelServer.nim();
   */
  public static nim(options: NimOptions = {}): ModelServer {
    checkOptions('NimOptions', options, 'options');
    return new ModelServer(catalog.nim.define(options));
  }

  /**
   * An Ollama server. It drops running requests when it stops.
   *
   * @example
   * ModelServer.ollama({ pull: ['llama3.2:3b'] });
   */
  public static ollama(options: OllamaOptions = {}): ModelServer {
    checkOptions('OllamaOptions', options, 'options');
    return new ModelServer(catalog.ollama.define(options));
  }

  /**
   * A language model behind SGLang.
   *
   * @example
   * ModelServer.sglang({ version: '0.5.10', servedModelName: 'llama' });
   */
  public static sglang(options: SglangOptions = {}): ModelServer {
    checkOptions('SglangOptions', options, 'options');
    return new ModelServer(catalog.sglang.define(options));
  }

  /**
   * An embedding model behind Hugging Face's Text Embeddings Inference. The ENTRYPOINT of its image starts it, because the
   * program has another name in each variant: the `cuda` images select one for the GPU.
   *
   * @example
   * ModelServer.textEmbeddingsInference({ model: 'BAAI/bge-base-en-v1.5' });
   */
  public static textEmbeddingsInference(options: TextEmbeddingsInferenceOptions = {}): ModelServer {
    checkOptions('TextEmbeddingsInferenceOptions', options, 'options');
    return new ModelServer(catalog.textEmbeddingsInference.define(options));
  }

  /**
   * A language model behind Hugging Face's Text Generation Inference. The ENTRYPOINT of its image starts it, because it
   * activates the Python environment first.
   *
   * @example
   * ModelServer.textGenerationInference({ tensorParallelism: 2 });
   */
  public static textGenerationInference(options: TextGenerationInferenceOptions = {}): ModelServer {
    checkOptions('TextGenerationInferenceOptions', options, 'options');
    return new ModelServer(catalog.textGenerationInference.define(options));
  }

  /**
   * A language model behind vLLM.
   *
   * @example
   * ModelServer.vllm({ version: '0.18.0', servedModelName: 'llama' });
   */
  public static vllm(options: VllmOptions = {}): ModelServer {
    checkOptions('VllmOptions', options, 'options');
    return new ModelServer(catalog.vllm.define(options));
  }

  /**
   * Any server, started with a command in exec form. It must listen on all interfaces, on the port in the environment
   * variable `PORT`, and the backend requires a health check.
   *
   * @example
   * ModelServer.command({
   *   command: ['python', 'serve.py'],
   *   behavior: { drains: true, keepAlive: Duration.seconds(120), readinessPath: '/healthz' },
   * });
   */
  public static command(options: CommandServerOptions): ModelServer {
    checkOptions('CommandServerOptions', options, 'options');
    return new ModelServer(catalog.command.define(options));
  }

  /**
   * Any server, described in as much detail as those of the catalog. It must listen on the port in the environment
   * variable `PORT`, or in the `portVariable` of its descriptor.
   *
   * @example
   * ModelServer.custom({
   *   command: ['serve'],
   *   descriptor: {
   *     name: 'my server',
   *     drain: servers.DrainBehavior.COMPLETES_REQUESTS,
   *     drainKnob: { name: '--drain', place: servers.KnobPlace.FLAG },
   *     keepAlive: servers.KeepAliveKind.SETTABLE,
   *     keepAliveKnob: { name: '--keep-alive', place: servers.KnobPlace.FLAG },
   *     listensWhenReady: true,
   *     readinessPath: '/ready',
   *   },
   * });
   */
  public static custom(options: CustomServerOptions): ModelServer {
    checkOptions('CustomServerOptions', options, 'options');
    return new ModelServer(catalog.custom.define(options));
  }

  /**
   * The server that the image starts, with its ENTRYPOINT and, without `args`, its CMD. The server must listen on all
   * interfaces at `port` of the backend, which is also set as the environment variable `PORT`, and the backend requires a
   * health check.
   *
   * @example
   * ModelServer.fromImage({
   *   args: ['--model', 'acme/classifier'],
   *   behavior: { drains: true, keepAlive: Duration.seconds(120), readinessPath: '/healthz' },
   * });
   */
  public static fromImage(options: ImageServerOptions = {}): ModelServer {
    checkOptions('ImageServerOptions', options, 'options');
    return new ModelServer(catalog.fromImage.define(options));
  }

  /**
   * A Go program. It must listen on all interfaces, on the port in the environment variable `PORT`.
   *
   * @example
   * ModelServer.go({ command: ['/app/server'], drains: true });
   */
  public static go(options: GoServerOptions): ModelServer {
    checkOptions('GoServerOptions', options, 'options');
    return new ModelServer(catalog.go.define(options));
  }

  /**
   * A Node program. It must listen on all interfaces, on the port in the environment variable `PORT`.
   *
   * @example
   * ModelServer.node({ command: ['node', 'server.js'], keepAlive: Duration.seconds(120), drains: true });
   */
  public static node(options: NodeServerOptions): ModelServer {
    checkOptions('NodeServerOptions', options, 'options');
    return new ModelServer(catalog.node.define(options));
  }

  /**
   * Any server, started by a command line for `/bin/sh`. It must listen on all interfaces, on the port in the
   * environment variable `PORT`, and the backend requires a health check.
   *
   * @example
   * ModelServer.shell({ line: 'exec python serve.py --port $PORT' });
   */
  public static shell(options: ShellServerOptions): ModelServer {
    checkOptions('ShellServerOptions', options, 'options');
    return new ModelServer(catalog.shell.define(options));
  }

  private constructor(private readonly definition: ServerDefinition) {}

  /** @internal */
  public _port(protocol: ServerProtocol): number | undefined {
    return behaviorFor(protocol, this.definition.descriptor).port;
  }

  /** @internal */
  public _intent(context: StartContext): ServerIntent {
    return startServer(this.definition, context);
  }
}

tagClass('ModelServer', ModelServer);
