import type { ServerOptions } from './application-options';

/** Options of NVIDIA Triton. */
export interface TritonOptions extends ServerOptions {
  /**
   * The model repository.
   *
   * @default - where the backend's only model is; `/models` without one, and needed with several
   */
  readonly modelRepository?: string;
}

/** Options of TensorFlow Serving. */
export interface TensorflowServingOptions extends ServerOptions {
  /** The name of the model in its URLs. */
  readonly modelName: string;

  /**
   * The directory with a folder for each version of the model.
   *
   * @default - where the backend's only model is; needed without one and with several
   */
  readonly modelPath?: string;
}

/** Options of a server that generates text. */
export interface LanguageModelOptions extends ServerOptions {
  /**
   * The model: a directory, or a name of the Hugging Face hub.
   *
   * @default - where the backend's only model is; needed without one and with several
   */
  readonly model?: string;

  /**
   * Over how many GPUs each replica spreads the model.
   *
   * @default - the GPUs of the backend
   */
  readonly tensorParallelism?: number;
}

/** Options of vLLM. */
export interface VllmOptions extends LanguageModelOptions {
  /**
   * The name of the model in requests.
   *
   * @default - the model as it is written in the command
   */
  readonly servedModelName?: string;
}

/** Options of SGLang. */
export interface SglangOptions extends LanguageModelOptions {
  /**
   * The name of the model in requests.
   *
   * @default - the model as it is written in the command
   */
  readonly servedModelName?: string;
}

/** Options of Hugging Face's Text Generation Inference. */
export interface TextGenerationInferenceOptions extends LanguageModelOptions {}

/** Options of Hugging Face's Text Embeddings Inference. */
export interface TextEmbeddingsInferenceOptions extends ServerOptions {
  /**
   * The model: a directory, or a name of the Hugging Face hub.
   *
   * @default - where the backend's only model is; needed without one and with several
   */
  readonly model?: string;
}

/** Options of llama.cpp's server. */
export interface LlamaCppOptions extends ServerOptions {
  /**
   * The model file.
   *
   * @default - the backend's only model: its path where that is a `.gguf` file, else the only such file of what is locked
   *   of it, or the first part of one that was split; needed otherwise
   */
  readonly model?: string;

  /**
   * The path of the program.
   *
   * @default - `/app/llama-server`, where the project's images have it
   */
  readonly program?: string;
}

/** Options of an NVIDIA NIM. */
export interface NimOptions extends ServerOptions {
  /**
   * The command that starts it.
   *
   * @default - `/opt/nim/start_server.sh`
   */
  readonly command?: string[];

  /**
   * The directory with the model.
   *
   * @default - where the backend's only model is; the NIM fetches its own without one, and needed with several
   */
  readonly model?: string;
}

/** Options of Ollama. */
export interface OllamaOptions extends ServerOptions {
  /**
   * The directory with the models.
   *
   * @default - where the backend's only model is; `/tmp/ollama` without one, and needed with several
   */
  readonly modelsPath?: string;
}
