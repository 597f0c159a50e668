/**
 * Errors. Each has a stable `code`, a message that says what was wrong, with which value, and what to do.
 * They are branded, so that two copies of the package in one process still recognise each other's.
 */

const BRAND = Symbol.for('tickring.error');

/** The base of every error that tickring throws, emits or rejects with. */
export class TickringError extends Error {
  /** Stable, for programs: `ERR_TICKRING_…`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== TickringError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** `ERR_TICKRING_ARGUMENT`: an option or argument that cannot be used. */
export class ArgumentError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_ARGUMENT', message, options);
  }
}

/** `ERR_TICKRING_ATTACH`: the memory is no arena, of another layout version, or truncated. */
export class AttachError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_ATTACH', message, options);
  }
}

/** `ERR_TICKRING_FRAME_TOO_LARGE`: a frame that the frame ring can never hold. */
export class FrameTooLargeError extends TickringError {
  /** Bytes of the frame; undefined when it was refused before its size was known. */
  readonly size: number | undefined;
  /** The most bytes that this ring takes in one frame. */
  readonly limit: number;

  constructor(size: number | undefined, limit: number, options?: ErrorOptions) {
    super(
      'ERR_TICKRING_FRAME_TOO_LARGE',
      `a frame${size === undefined ? '' : ` of ${size} bytes`} is larger than the ${limit} bytes that this frame ring can hold; create the arena with a larger frameRingBytes`,
      options,
    );
    this.size = size;
    this.limit = limit;
  }
}

/** `ERR_TICKRING_TOO_MANY_READERS`: every reader place of a ring is taken. */
export class TooManyReadersError extends TickringError {
  constructor(limit: number) {
    super(
      'ERR_TICKRING_TOO_MANY_READERS',
      `all ${limit} reader places of this ring are taken; close a reader first`,
    );
  }
}

/** `ERR_TICKRING_READER_EXPELLED`: this gating reader did not move for so long that the feed went on without it. */
export class ReaderExpelledError extends TickringError {
  /** @param unsafe how many of the records that it read last may have been overwritten while it read them */
  constructor(unsafe: number) {
    super(
      'ERR_TICKRING_READER_EXPELLED',
      `this gating reader held everyone up for longer than stallLimit and was expelled; the last ${unsafe} records that it read may have been overwritten; close it, and read faster or use a copying reader`,
    );
  }
}

/** `ERR_TICKRING_CLOSED`: the reader or feed has been closed. */
export class ClosedError extends TickringError {
  constructor(what: string) {
    super('ERR_TICKRING_CLOSED', `${what} is closed`);
  }
}

/** `ERR_TICKRING_AUTH`: the service refused the credentials. */
export class AuthenticationError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_AUTH', message, options);
  }
}

/** `ERR_TICKRING_CAPACITY`: more instruments asked for than the connections may carry. */
export class CapacityError extends TickringError {
  /** Instruments asked for, with those already subscribed. */
  readonly requested: number;
  /** The most that the connections may carry. */
  readonly capacity: number;

  constructor(requested: number, capacity: number, hint: string) {
    super(
      'ERR_TICKRING_CAPACITY',
      `${requested} instruments do not fit: these connections carry at most ${capacity}; ${hint}`,
    );
    this.requested = requested;
    this.capacity = capacity;
  }
}

/** `ERR_TICKRING_CONNECTION`: a connection failed, closed, or was given up. */
export class ConnectionError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_CONNECTION', message, options);
  }
}

/** `ERR_TICKRING_PROTOCOL`: the service sent what its protocol does not allow. */
export class ProtocolError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_PROTOCOL', message, options);
  }
}

/** `ERR_TICKRING_SERVICE`: the service said that something went wrong; the message is its own words. */
export class ServiceError extends TickringError {
  constructor(message: string) {
    super('ERR_TICKRING_SERVICE', message);
  }
}

/** `ERR_TICKRING_ABORTED`: an AbortSignal ended a wait. */
export class AbortedError extends TickringError {
  constructor(what: string, options?: ErrorOptions) {
    super('ERR_TICKRING_ABORTED', `${what} was aborted`, options);
  }
}

/** `ERR_TICKRING_DECODER`: a decoder thread failed. */
export class DecoderError extends TickringError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_TICKRING_DECODER', message, options);
  }
}
