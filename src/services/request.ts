import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Check } from './validate';

/** The server, and in which language to say what it does not answer. */
export interface IServer {
  /** How to reach it. */
  readonly settings: ServerConnection.ISettings;
  readonly trans: TranslationBundle;
}

/**
 * Asks Casa's companion in the Jupyter server, and checks the reply.
 *
 * @param path - Path below the server's base URL, e.g. `casa/runs`.
 * @param server - The server.
 * @param check - Validates the reply.
 * @param options - Method (`GET` without a body, else `POST`) and body.
 * @throws ResponseError with a sentence for the user.
 */
export async function request<T>(
  path: string,
  server: IServer,
  check: Check<T>,
  options: IRequestOptions = {}
): Promise<T> {
  const { method, response } = await Private.send(path, server, options);
  const text = await Private.answer(response.text(), server);
  try {
    return check(text ? JSON.parse(text) : undefined, 'reply');
  } catch (error) {
    console.error(`${method} ${path}:`, error, text.slice(0, 1000));
    throw new ResponseError(
      server.trans.__(
        'The Jupyter server gave a reply that Casa does not understand. Restart the server and reload the page, so that both run the same version of Casa.'
      ),
      response.status
    );
  }
}

/** A file that the server made. */
export interface IFile {
  /** The name to save it by. */
  readonly name: string;
  readonly blob: Blob;
}

/**
 * Asks Casa's companion for a file.
 *
 * @param path - Path below the server's base URL.
 * @param server - The server.
 * @param body - What is to be in the file, sent as JSON.
 * @throws ResponseError with a sentence for the user.
 */
export async function requestFile(
  path: string,
  server: IServer,
  body: unknown
): Promise<IFile> {
  const { response } = await Private.send(path, server, { body });
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const [, name] = /filename\*=UTF-8''([^;]+)/.exec(disposition) ?? [];
  return {
    name: name ? decodeURIComponent(name) : 'histograms',
    blob: await Private.answer(response.blob(), server)
  };
}

/** How a request is made. */
export interface IRequestOptions {
  /** The HTTP method; `GET` without a body, else `POST`. */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';

  /** What to send, as JSON. */
  body?: unknown;

  /** What to send as it is, in place of a body. */
  file?: Blob;
}

/** A request that did not succeed; its message is a sentence for the user. */
export class ResponseError extends Error {
  constructor(
    message: string,
    /** The HTTP status; 0 when there was no answer at all. */
    readonly status: number
  ) {
    super(message);
    this.name = 'ResponseError';
  }
}

/** Returns the sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

namespace Private {
  /** Sends a request; throws unless the answer is a success. */
  export async function send(
    path: string,
    server: IServer,
    options: IRequestOptions
  ): Promise<{ method: string; response: Response }> {
    const { body, file } = options;
    const isSent = body !== undefined || file !== undefined;
    const { method = isSent ? 'POST' : 'GET' } = options;
    const init: RequestInit = { method };
    if (file !== undefined) {
      init.body = file;
      init.headers = { 'Content-Type': 'application/octet-stream' };
    }
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const { settings, trans } = server;
    const address = URLExt.join(settings.baseUrl, path);
    const response = await answer(
      ServerConnection.makeRequest(address, init, settings),
      server
    );
    if (!response.ok) {
      const text = await answer(response.text(), server);
      const message = sentence(response, text, trans);
      throw new ResponseError(message, response.status);
    }
    return { method, response };
  }

  /** Waits for what the server sends; throws a sentence where nothing comes. */
  export async function answer<T>(
    sent: Promise<T>,
    { trans }: IServer
  ): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      console.error('The server does not answer:', error);
      throw new ResponseError(
        trans.__(
          'The Jupyter server does not answer. Check that it is running, then try again.'
        ),
        0
      );
    }
  }

  /** The server's own sentence, or one made from the status. */
  function sentence(
    { status, statusText }: Response,
    text: string,
    trans: TranslationBundle
  ): string {
    try {
      const { message } = JSON.parse(text) as { message?: unknown };
      if (typeof message === 'string' && message) {
        return message;
      }
    } catch {
      // Proxies and login pages answer in HTML: the status says more.
    }
    switch (status) {
      case 401:
      case 403:
        return trans.__(
          'The Jupyter server does not let you do this. Log in again by reloading the page.'
        );
      case 404:
        return trans.__(
          'The Jupyter server does not know this address. Check that the server extension casa_lab is enabled.'
        );
      default:
        return trans.__(
          'The Jupyter server answered with status %1 (%2). Its log says more.',
          status,
          statusText
        );
    }
  }
}
