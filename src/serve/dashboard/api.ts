import type { Info, ServerError } from './api-types.ts';

const TOKEN = 'tickring-token';

/** Streams are opened anew this long after they broke, ms. */
const RETRY = 1000;

/** What the server says when it does not do what it was asked. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: ServerError) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A token in the page's address moves from there to the tab's storage, so that it is neither shown nor shared. */
function takeToken(): void {
  const url = new URL(location.href);
  const token = url.searchParams.get('token') ?? new URLSearchParams(url.hash.slice(1)).get('token');
  if (token === null) return;
  setToken(token);
  url.searchParams.delete('token');
  url.hash = '';
  history.replaceState(null, '', url);
}

export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

function headers(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** @throws ApiError; TypeError when the server is not there */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return answerOf(await fetch(path, { headers: headers(), ...(signal && { signal }) }));
}

/** @throws ApiError; TypeError when the server is not there */
export async function send<Answer>(method: 'POST' | 'DELETE', path: string, body: object): Promise<Answer> {
  const type = { 'content-type': 'application/json' };
  return answerOf(
    await fetch(path, { method, headers: { ...headers(), ...type }, body: JSON.stringify(body) }),
  );
}

/** A server that is there and does not want a token, or wants the one that we have. */
export function info(): Promise<Info> {
  return get('/info');
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const body = await response.json();
  if (response.ok) return body as Answer;
  throw new ApiError(response.status, (body as { error: ServerError }).error);
}

/** The address of a stream: those cannot send headers. */
function streamAddress(path: string): string {
  const token = sessionStorage.getItem(TOKEN);
  if (token === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}

type Handlers = Readonly<Record<string, (data: never) => void>>;

/** Server-Sent Events, opened again whenever they end. */
export class EventStream {
  readonly #path: string;
  readonly #handlers: Handlers;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param handlers what to do with each type of event, given its data */
  constructor(path: string, handlers: Handlers) {
    this.#path = path;
    this.#handlers = handlers;
    this.#open();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open(): void {
    const source = new EventSource(streamAddress(this.#path));
    this.#source = source;
    for (const [type, handle] of Object.entries(this.#handlers)) {
      source.addEventListener(type, (event) => {
        // An `error` of the connection itself has no data.
        if (event instanceof MessageEvent) handle(JSON.parse(event.data) as never);
      });
    }
    source.addEventListener('error', () => {
      // The browser tries again by itself, unless it was answered with an error.
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#open(), RETRY);
    });
  }
}

/** A WebSocket, opened again whenever it is lost. */
export function openSocket(path: string, onMessage: (data: string | ArrayBuffer) => void): void {
  const socket = new WebSocket(streamAddress(path));
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) => onMessage(data));
  socket.addEventListener('close', () => setTimeout(() => openSocket(path, onMessage), RETRY));
}

takeToken();
