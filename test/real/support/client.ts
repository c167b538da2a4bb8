import { type Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { Echo } from './replica';

/** A request of a client. */
export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent;
}

/** A response. Status 0 means that the connection failed. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The request as reported by the replica, if an echoing replica responded. */
  readonly echo?: Echo;
}

/** A target of requests. */
export interface Sender {
  send(ask?: Ask): Promise<Reply>;
}

/** Sends a request to an address and reads the whole response. */
export function sendTo(address: string, port: number, ask: Ask): Promise<Reply> {
  const { method = 'GET', path = '/', headers = {}, host = 'any.example', agent } = ask;
  return new Promise((resolve) => {
    const broken = (error: Error) => resolve({ status: 0, headers: {}, body: String(error) });
    const request = httpRequest(
      { host: address, port, method, path, headers: { ...headers, host }, agent },
      (response) => {
        let body = '';
        response.on('error', broken);
        response.on('data', (text) => {
          body += text;
        });
        response.on('end', () => {
          const { statusCode: status = 0, headers: received } = response;
          const echoes = status === 200 && received['content-type'] === 'application/json';
          resolve({ status, headers: received, body, ...(echoes && { echo: JSON.parse(body) as Echo }) });
        });
      },
    );
    request.on('error', broken);
    request.end();
  });
}
