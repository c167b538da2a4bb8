import type { Construct } from 'constructs';
import type { BackendIntent, ComputeLimits, PatchIntent } from '../plan/intents';
import type { EndpointReach } from '../plan/serving-plan';
import { escapeControls } from '../private/errors';
import type { AttachmentBinding, AutoscalingBinding, BackendBinding, EndpointBinding, SplitBinding } from './bindings';
import { WARNING_PREFIX } from './private/warnings';

/**
 * Renders definitions for one target. A platform has one renderer, and calls it when a construct is declared.
 *
 * Create resources in the `bind` methods, below the `scope` of the binding. Read values such as weights and timeouts from
 * the plan of the platform as late as the framework allows, because later declarations can change them.
 */
export abstract class TargetRenderer {
  /** Creates the resources that route requests to an endpoint. */
  public abstract bindEndpoint(endpoint: EndpointBinding): void;

  /** Creates the resources that run a backend. */
  public abstract bindBackend(backend: BackendBinding): void;

  /** Creates the resources that a backend needs at one endpoint, such as the route for its own address. */
  public abstract bindAttachment(attachment: AttachmentBinding): void;

  /** Creates the resources that scale a backend. */
  public abstract bindAutoscaling(autoscaling: AutoscalingBinding): void;

  /**
   * Creates the structure of a split.
   *
   * The default creates nothing: shares are values of the plan, and only a target with a resource for each header rule
   * has something to create.
   */
  public bindSplit(split: SplitBinding): void {
    void split;
  }

  /** The URL of an endpoint, its path included. It may be a token. */
  public abstract urlOf(endpoint: EndpointBinding): string;

  /**
   * The URL of an endpoint for other backends of the platform.
   *
   * The default is `urlOf`.
   */
  public internalUrlOf(endpoint: EndpointBinding): string {
    return this.urlOf(endpoint);
  }

  /**
   * How clients reach an endpoint, for `serving explain`.
   *
   * The default is its URL, without notes.
   */
  public reachOf(endpoint: EndpointBinding): EndpointReach {
    return { url: this.urlOf(endpoint), notes: [] };
  }

  /**
   * What identifies the resources of an endpoint or backend to the target. Priorities of rules derive from it: different
   * resources must have different identities, before and after an edit.
   *
   * The default is the construct path.
   *
   * @param scope the construct of the endpoint or backend
   * @param backend the intent of the backend; undefined for an endpoint
   */
  public identityOf(scope: Construct, backend?: BackendIntent): string {
    void backend;
    return scope.node.path;
  }

  /**
   * The limits of the compute that runs a backend.
   *
   * The default sets none, so that those of the target apply.
   */
  public limitsOf(backend: BackendIntent): ComputeLimits {
    void backend;
    return {};
  }

  /**
   * The fields of the output that patches in the settings of a backend set. `serving explain` lists them, and those that
   * replace what the plan depends on cause a warning.
   *
   * The default is none.
   */
  public patchesOf(backend: BackendBinding): PatchIntent[] {
    void backend;
    return [];
  }

  /**
   * What precedes an autoscaler in place of the fixed number of replicas of a backend that is deployed already, as the end
   * of a message.
   *
   * The default is nothing.
   */
  public handoverOf(backend: BackendBinding): string {
    void backend;
    return '';
  }

  /**
   * Reports a warning at synthesis.
   *
   * The default writes a line to standard error. Where the framework has warnings of its own, report it there.
   */
  public warn(scope: Construct, id: string, message: string): void {
    const line = `[Warning at ${scope.node.path}] ${message} [ack: ${WARNING_PREFIX}${id}]`;
    process.stderr.write(`${escapeControls(line)}\n`);
  }

  /**
   * Whether a warning is acknowledged by means of the framework, in addition to those of this package. `serving explain`
   * then omits it.
   *
   * The default is that none is.
   */
  public isAcknowledged(scope: Construct, id: string): boolean {
    void [scope, id];
    return false;
  }
}
