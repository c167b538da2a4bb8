import type { ServerIntent } from '../plan/intents';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace } from '../plan/server/parts';
import { hideArguments } from '../private/credentials/arguments';
import { ServingError } from '../private/errors';
import { refuseLocalhost } from '../private/localhost';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import * as servers from '.';
import type {
  BentomlOptions,
  GranianOptions,
  GunicornOptions,
  HypercornOptions,
  KserveOptions,
  MlflowOptions,
  MlServerOptions,
  RayServeOptions,
  SeldonOptions,
  UvicornOptions,
  UwsgiOptions,
  WaitressOptions,
} from './application-options';
import { checkDescriptor } from './check-descriptor';
import type { ServerDefinition, StartContext } from './define';
import type {
  LlamaCppOptions,
  NimOptions,
  OllamaOptions,
  SglangOptions,
  TensorflowServingOptions,
  TextEmbeddingsInferenceOptions,
  TextGenerationInferenceOptions,
  TritonOptions,
  VllmOptions,
} from './engine-options';
import type { CodeBehavior } from './node-http';
import type {
  AsgiServerOptions,
  CodeServerOptions,
  CommandServerOptions,
  CustomServerOptions,
  GoServerOptions,
  LitServeOptions,
  NodeServerOptions,
  ServerBehavior,
  ShellServerOptions,
  WsgiServerOptions,
} from './server-behavior';
import { startServer } from './start';
import { SHELL_NOTE, UNDECLARED } from './undeclared';

/** How the server in a container is started. */
export class ModelServer {
  /** A WSGI application, such as one written with Flask, behind gunicorn with threads. gunicorn must be in the image. */
  public static wsgi(options: WsgiServerOptions): ModelServer {
    checkOptions('WsgiServerOptions', options, 'options');
    return new ModelServer(servers.gunicorn(options));
  }

  /** An ASGI application, such as one written with FastAPI, behind uvicorn. uvicorn must be in the image. */
  public static asgi(options: AsgiServerOptions): ModelServer {
    checkOptions('AsgiServerOptions', options, 'options');
    return new ModelServer(servers.uvicorn(options));
  }

  /** An application behind gunicorn, which must be in the image. */
  public static gunicorn(options: GunicornOptions): ModelServer {
    checkOptions('GunicornOptions', options, 'options');
    return new ModelServer(servers.gunicorn(options));
  }

  /** An ASGI application behind uvicorn, which must be in the image. */
  public static uvicorn(options: UvicornOptions): ModelServer {
    checkOptions('UvicornOptions', options, 'options');
    return new ModelServer(servers.uvicorn(options));
  }

  /** An ASGI application behind hypercorn, which must be in the image. */
  public static hypercorn(options: HypercornOptions): ModelServer {
    checkOptions('HypercornOptions', options, 'options');
    return new ModelServer(servers.hypercorn(options));
  }

  /**
   * An application behind granian, which must be in the image. It keeps idle connections for a minute at most, which on AWS
   * bounds `requestTimeout` to 40 s.
   */
  public static granian(options: GranianOptions): ModelServer {
    checkOptions('GranianOptions', options, 'options');
    return new ModelServer(servers.granian(options));
  }

  /** A WSGI application behind waitress, which must be in the image. It drops requests when it is stopped. */
  public static waitress(options: WaitressOptions): ModelServer {
    checkOptions('WaitressOptions', options, 'options');
    return new ModelServer(servers.waitress(options));
  }

  /** A WSGI application behind uWSGI, which must be in the image. It is told to finish its requests when it is stopped. */
  public static uwsgi(options: UwsgiOptions): ModelServer {
    checkOptions('UwsgiOptions', options, 'options');
    return new ModelServer(servers.uwsgi(options));
  }

  /** An application of Ray Serve on a cluster of its own in each replica. */
  public static rayServe(options: RayServeOptions): ModelServer {
    checkOptions('RayServeOptions', options, 'options');
    return new ModelServer(servers.rayServe(options));
  }

  /** A model repository behind NVIDIA Triton. */
  public static triton(options: TritonOptions = {}): ModelServer {
    checkOptions('TritonOptions', options, 'options');
    return new ModelServer(servers.triton(options));
  }

  /** A model behind TensorFlow Serving. */
  public static tensorflowServing(options: TensorflowServingOptions): ModelServer {
    checkOptions('TensorflowServingOptions', options, 'options');
    return new ModelServer(servers.tensorflowServing(options));
  }

  /** A language model behind vLLM. */
  public static vllm(options: VllmOptions = {}): ModelServer {
    checkOptions('VllmOptions', options, 'options');
    return new ModelServer(servers.vllm(options));
  }

  /** A language model behind SGLang. */
  public static sglang(options: SglangOptions = {}): ModelServer {
    checkOptions('SglangOptions', options, 'options');
    return new ModelServer(servers.sglang(options));
  }

  /** A language model behind Hugging Face's Text Generation Inference. */
  public static textGenerationInference(options: TextGenerationInferenceOptions = {}): ModelServer {
    checkOptions('TextGenerationInferenceOptions', options, 'options');
    return new ModelServer(servers.textGenerationInference(options));
  }

  /** An embedding model behind Hugging Face's Text Embeddings Inference. */
  public static textEmbeddingsInference(options: TextEmbeddingsInferenceOptions = {}): ModelServer {
    checkOptions('TextEmbeddingsInferenceOptions', options, 'options');
    return new ModelServer(servers.textEmbeddingsInference(options));
  }

  /** A language model behind llama.cpp's server. It closes idle connections after 5 s, which AWS refuses. */
  public static llamaCpp(options: LlamaCppOptions = {}): ModelServer {
    checkOptions('LlamaCppOptions', options, 'options');
    return new ModelServer(servers.llamaCpp(options));
  }

  /** A service of BentoML. */
  public static bentoml(options: BentomlOptions = {}): ModelServer {
    checkOptions('BentomlOptions', options, 'options');
    return new ModelServer(servers.bentoml(options));
  }

  /** Models behind MLServer. It closes idle connections after 5 s, which AWS refuses. */
  public static mlServer(options: MlServerOptions = {}): ModelServer {
    checkOptions('MlServerOptions', options, 'options');
    return new ModelServer(servers.mlServer(options));
  }

  /** A model behind MLflow's scoring server, in the environment of the image. */
  public static mlflow(options: MlflowOptions = {}): ModelServer {
    checkOptions('MlflowOptions', options, 'options');
    return new ModelServer(servers.mlflow(options));
  }

  /** A model behind a server that is built on KServe's Python package. */
  public static kserve(options: KserveOptions): ModelServer {
    checkOptions('KserveOptions', options, 'options');
    return new ModelServer(servers.kserve(options));
  }

  /** A class behind Seldon's Python microservice. */
  public static seldon(options: SeldonOptions): ModelServer {
    checkOptions('SeldonOptions', options, 'options');
    return new ModelServer(servers.seldon(options));
  }

  /** An NVIDIA NIM. Nobody documents how it treats connections. */
  public static nim(options: NimOptions = {}): ModelServer {
    checkOptions('NimOptions', options, 'options');
    return new ModelServer(servers.nim(options));
  }

  /** Ollama. It drops requests when it is stopped. */
  public static ollama(options: OllamaOptions = {}): ModelServer {
    checkOptions('OllamaOptions', options, 'options');
    return new ModelServer(servers.ollama(options));
  }

  /** A program on Node. It must listen on every interface at the port in the environment variable `PORT`. */
  public static node(options: NodeServerOptions): ModelServer {
    checkOptions('NodeServerOptions', options, 'options');
    const { keepAlive, headersTimeout, drains } = options;
    const keepAliveSeconds = keepAlive?.toSeconds();
    const silentSeconds = headersTimeout?.toSeconds() ?? Math.max(60, keepAliveSeconds ?? 0);
    return new ModelServer(
      servers.node(checkCommand(options.command), options.version, { keepAliveSeconds, silentSeconds, drains }),
    );
  }

  /** A program in Go. It must listen on every interface at the port in the environment variable `PORT`. */
  public static go(options: GoServerOptions): ModelServer {
    checkOptions('GoServerOptions', options, 'options');
    return new ModelServer(servers.go(checkCommand(options.command), options.version, codeOf(options, options.drains)));
  }

  /** A script that runs LitServe at the port in the environment variable `PORT`. */
  public static litServe(options: LitServeOptions): ModelServer {
    checkOptions('LitServeOptions', options, 'options');
    return new ModelServer(servers.litServe(options.script, options.version, codeOf(options)));
  }

  /** Any server, described as completely as those above. It finds its port in the environment variable `PORT`, too. */
  public static custom(options: CustomServerOptions): ModelServer {
    checkOptions('CustomServerOptions', options, 'options');
    const { version, environment } = options;
    const command = checkCommand(options.command);
    checkDescriptor(options.descriptor, command);
    return ModelServer.declared(command, options.descriptor, { version, environment });
  }

  /**
   * Any server, started with its own command in exec form. It must listen on every interface at the port in the
   * environment variable `PORT`, and the backend needs a health check.
   */
  public static command(options: CommandServerOptions): ModelServer {
    checkOptions('CommandServerOptions', options, 'options');
    const command = checkCommand(options.command);
    return ModelServer.declared(command, descriptorOf(options.behavior, command[0] as string));
  }

  /**
   * Any server, started by a line that `/bin/sh` reads. It must listen on every interface at the port in the environment
   * variable `PORT`, and the backend needs a health check.
   */
  public static shell(options: ShellServerOptions): ModelServer {
    checkOptions('ShellServerOptions', options, 'options');
    const line = options.line.trim();
    if (line === '')
      throw new ServingError('InvalidCommand', "'line' must name a program, such as 'exec python serve.py'");
    refuseLocalhost(line.split(/[\s"']+/), line);
    const flag = (['keepAliveFlag', 'drainFlag'] as const).find((name) => options.behavior?.[name] !== undefined);
    if (flag !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'${flag}' of 'behavior' would be an argument of the shell and not of the server in 'line'; use ModelServer.command`,
      );
    }
    const note = /(?:^|[;&]\s*)exec\s/.test(line) ? undefined : SHELL_NOTE;
    const descriptor = descriptorOf(options.behavior, programOf(line));
    return ModelServer.declared(['/bin/sh', '-c', line], { ...descriptor, note });
  }

  private static declared(
    command: string[],
    descriptor: ServerDescriptor,
    options: { version?: string; environment?: { [name: string]: string } } = {},
  ): ModelServer {
    return new ModelServer({
      descriptor,
      options,
      start: ({ port }) => ({
        command,
        environment: { ...options.environment, PORT: String(port) },
        typed: Object.keys(options.environment ?? {}),
      }),
    });
  }

  private constructor(private readonly definition: ServerDefinition) {}

  /** @internal */
  public get _port(): number | undefined {
    return this.definition.descriptor.port;
  }

  /** @internal */
  public _intent(context: StartContext): ServerIntent {
    return startServer(this.definition, context);
  }
}

tagClass('ModelServer', ModelServer);

function checkCommand(command: string[]): string[] {
  if (command[0] === undefined || command[0] === '')
    throw new ServingError('InvalidCommand', "'command' must name a program, such as ['python', 'serve.py']");
  if (/\s/.test(command[0])) {
    const words = hideArguments(command[0].trim().split(/\s+/));
    throw new ServingError(
      'InvalidCommand',
      `'command[0]' ('${words.join(' ')}') must be a program; write every word on its own, such as ['${words.join("', '")}']`,
    );
  }
  refuseLocalhost(command, command.join(' '));
  return [...command];
}

/** The program of a line, behind the variables that the line sets. */
function programOf(line: string): string {
  const words = line.split(/\s+/);
  return words.find((word) => !/^\w+=/.test(word)) ?? 'the shell';
}

function codeOf(options: CodeServerOptions, drains?: boolean): CodeBehavior {
  return { keepAliveSeconds: options.keepAlive?.toSeconds(), drains };
}

function descriptorOf(behavior: ServerBehavior | undefined, name: string): ServerDescriptor {
  if (behavior === undefined) return UNDECLARED;
  const { keepAlive, keepAliveFlag, drainFlag, silentLimit } = behavior;
  if (drainFlag !== undefined && !behavior.drains) {
    throw new ServingError(
      'ConflictingProps',
      `'drainFlag' ('${drainFlag}') of 'behavior' sets how long a server finishes its requests, which 'drains' (false) says it does not; leave one of them out`,
    );
  }
  const flag = (word: string | undefined) => (word === undefined ? undefined : { name: word, place: KnobPlace.FLAG });
  return {
    name: behavior.name ?? name,
    drain: behavior.drains ? DrainClass.A : DrainClass.B,
    drainKnob: flag(drainFlag),
    keepAlive:
      keepAliveFlag !== undefined
        ? KeepAliveKind.SETTABLE
        : keepAlive === undefined
          ? KeepAliveKind.UNKNOWN
          : KeepAliveKind.FIXED,
    keepAliveSeconds: keepAlive?.toSeconds(),
    keepAliveKnob: flag(keepAliveFlag),
    silentLimit: silentLimit && { seconds: silentLimit.toSeconds() },
    listensWhenReady: behavior.listensWhenReady ?? false,
    readinessPath: behavior.readinessPath,
    evidence: Evidence.DECLARED,
  };
}
