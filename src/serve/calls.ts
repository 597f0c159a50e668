import { ErrorPacker, type PackedError, unpackError } from '../feed/packed-error.ts';
import { RequestError, type RequestErrorKind } from './errors.ts';

/** One thread asks another one to do something. */
export interface Call {
  readonly type: 'call';
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** How that ended. */
export interface Answer {
  readonly type: 'answer';
  readonly call: number;
  readonly result?: unknown;
  readonly error?: PackedError;
  /** Of a `RequestError`, which is made anew. */
  readonly request?: { readonly kind: RequestErrorKind; readonly details: Readonly<Record<string, unknown>> };
}

/** What another thread does when it is asked, by name; arguments and results are structured-cloneable. */
type Methods<Of> = { [Name in keyof Of]: (...args: never[]) => unknown };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** The end that asks. */
export class Caller<Of extends Methods<Of>> {
  readonly #post: (call: Call) => void;
  readonly #who: string;
  readonly #waiting = new Map<number, Waiting>();
  #called = 0;

  /** @param who the other thread, for messages */
  constructor(who: string, post: (call: Call) => void) {
    this.#who = who;
    this.#post = post;
  }

  /**
   * @param deadline ms
   * @throws what the method throws; RequestError (`UNRESPONSIVE`) when it does not answer in time
   */
  call<Name extends keyof Of & string>(
    deadline: number,
    method: Name,
    ...args: Parameters<Of[Name]>
  ): Promise<Awaited<ReturnType<Of[Name]>>> {
    const call = ++this.#called;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(call);
        reject(new RequestError('UNRESPONSIVE', `${this.#who} did not answer within ${deadline} ms`));
      }, deadline);
      this.#waiting.set(call, { resolve: resolve as (result: unknown) => void, reject, timer });
      this.#post({ type: 'call', call, method, args });
    });
  }

  /** An answer has come; maybe too late. */
  settle({ call, result, error, request }: Answer): void {
    const waiting = this.#waiting.get(call);
    if (!waiting) return;
    this.#waiting.delete(call);
    clearTimeout(waiting.timer);
    if (!error) waiting.resolve(result);
    else if (request) waiting.reject(new RequestError(request.kind, error.message, request.details));
    else waiting.reject(unpackError(error));
  }

  /** Nobody will answer any more. */
  abandon(error: Error): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

/** The end that does it: never rejects. */
export async function answerCall<Of extends Methods<Of>>(
  methods: Of,
  { call, method, args }: Call,
): Promise<Answer> {
  try {
    const result = await Reflect.apply(methods[method as keyof Of], methods, args);
    return { type: 'answer', call, result };
  } catch (thrown) {
    const error = new ErrorPacker().pack(thrown);
    if (!(thrown instanceof RequestError)) return { type: 'answer', call, error };
    return { type: 'answer', call, error, request: { kind: thrown.kind, details: thrown.details } };
  }
}
