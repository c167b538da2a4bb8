/** What every server can be told. */
export interface ServerOptions {
  /**
   * The version of the server in the image. Behaviour that differs between versions follows it.
   *
   * @default - the tag of the image, where it is the server's own; else the most cautious behaviour of all versions
   */
  readonly version?: string;

  /**
   * Arguments that are added to the command as they are.
   *
   * @default - none
   */
  readonly extraArgs?: string[];
}

/** Options of a server that loads a Python application. */
export interface PythonServerOptions extends ServerOptions {
  /** The application: `module:callable`, or `module` for its callable `app`. */
  readonly app: string;

  /**
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** The kind of a gunicorn worker. */
export enum GunicornWorkerClass {
  /** Threads, for WSGI applications. */
  GTHREAD = 'gthread',
  /** uvicorn, for ASGI applications. The package `uvicorn-worker` must be in the image. */
  UVICORN = 'uvicorn',
  /** One request at a time, for WSGI applications. Each response ends its connection. */
  SYNC = 'sync',
  /** gunicorn's own worker for ASGI applications. */
  ASGI = 'asgi',
}

/** Options of an application behind gunicorn. */
export interface GunicornOptions extends PythonServerOptions {
  /**
   * The kind of the workers.
   *
   * @default GunicornWorkerClass.GTHREAD
   */
  readonly workerClass?: GunicornWorkerClass;

  /**
   * How many threads each worker has. Only for workers with threads.
   *
   * @default - `maxConcurrency` of the backend over the workers, rounded up; 8 without one
   */
  readonly threads?: number;
}

/** Options of an ASGI application behind uvicorn. */
export interface UvicornOptions extends PythonServerOptions {}

/** Options of an ASGI application behind hypercorn. */
export interface HypercornOptions extends PythonServerOptions {}

/** The interface between granian and an application. */
export enum GranianInterface {
  /** ASGI. */
  ASGI = 'asgi',
  /** WSGI. */
  WSGI = 'wsgi',
  /** granian's own. */
  RSGI = 'rsgi',
}

/** Options of an application behind granian. */
export interface GranianOptions extends PythonServerOptions {
  /**
   * The interface of the application.
   *
   * @default GranianInterface.ASGI
   */
  readonly interfaceType?: GranianInterface;
}

/** Options of a WSGI application behind waitress. */
export interface WaitressOptions extends ServerOptions {
  /** The application: `module:callable`, or `module` for its callable `app`. */
  readonly app: string;

  /**
   * How many threads it has.
   *
   * @default - `maxConcurrency` of the backend; 8 without one
   */
  readonly threads?: number;
}

/** Options of a WSGI application behind uWSGI. */
export interface UwsgiOptions extends PythonServerOptions {
  /**
   * How many threads each process has.
   *
   * @default - `maxConcurrency` of the backend over the workers, rounded up; 8 without one
   */
  readonly threads?: number;
}

/** Options of a Ray Serve application. */
export interface RayServeOptions extends ServerOptions {
  /**
   * The application: `module:bound application` or `module:builder`, or `module` for its `app`.
   *
   * A builder is called with the `key=value` pairs of `extraArgs`, as `serve run` does.
   */
  readonly app: string;
}

/** Options of a BentoML service. How many processes take requests stands in the service: `workers` of `@bentoml.service`. */
export interface BentomlOptions extends ServerOptions {
  /**
   * The service: `module:Service`, a tag of the model store, or a directory.
   *
   * @default - the directory in which the server starts
   */
  readonly service?: string;
}

/** Options of MLServer. */
export interface MlServerOptions extends ServerOptions {
  /**
   * The directory with the settings of the server and of the models.
   *
   * @default - where the backend's only model is; `/models` without one, and needed with several
   */
  readonly modelsPath?: string;

  /**
   * How many processes run models; 0 runs them in the server's own, which then finishes its requests when it is stopped.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Options of MLflow's scoring server. */
export interface MlflowOptions extends ServerOptions {
  /**
   * The model: a directory or an address that MLflow knows.
   *
   * @default - where the backend's only model is; needed without one and with several
   */
  readonly model?: string;

  /**
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Options of a server that is built on KServe's Python package. */
export interface KserveOptions extends ServerOptions {
  /** The Python module that starts it, such as `sklearnserver`. */
  readonly module: string;

  /** The name of the model in its URLs. */
  readonly modelName: string;

  /**
   * The directory with the model.
   *
   * @default - where the backend's only model is; needed without one and with several
   */
  readonly modelPath?: string;

  /**
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Options of a class behind Seldon's Python microservice. */
export interface SeldonOptions extends ServerOptions {
  /** The class: a module that has a class of its name. */
  readonly className: string;

  /**
   * How many processes serve it. Each loads the model and works on one request at a time.
   *
   * @default 1
   */
  readonly workers?: number;
}
