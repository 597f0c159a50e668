/** The hash of no bytes: where every FNV-1a chain begins. */
export const FNV1A_START = 0x811c9dc5;

/**
 * Continues a 32-bit FNV-1a hash over `length` bytes from `offset`. Begin with {@link FNV1A_START}.
 * Returns an unsigned 32-bit number.
 */
export function fnv1a(hash: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset): number {
  const end = offset + length;
  for (let i = offset; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

/** What one connection was sent of one instrument. */
export interface KiteAuditEntry {
  /** The connection's id. */
  readonly connection: number;
  readonly token: number;
  /** Packets sent: ticks, snapshots, and the good ones of injected frames. */
  packets: number;
  /**
   * {@link fnv1a} over the bytes of these packets as they went over the wire (big-endian, without their length
   * prefix), one after the other in the order sent.
   */
  hash: number;
}

/** An entry under way. */
export class AuditLine implements KiteAuditEntry {
  readonly connection: number;
  readonly token: number;
  packets = 0;
  hash = FNV1A_START;
  /** The hash after each packet, with room to spare. */
  #history: Uint32Array | undefined;

  constructor(connection: number, token: number, keepsHistory: boolean) {
    this.connection = connection;
    this.token = token;
    if (keepsHistory) this.#history = new Uint32Array(16);
  }

  add(bytes: Uint8Array, offset: number, length: number): void {
    this.hash = fnv1a(this.hash, bytes, offset, length);
    const history = this.#history;
    if (history !== undefined) {
      if (this.packets === history.length) {
        this.#history = new Uint32Array(2 * history.length);
        this.#history.set(history);
      }
      this.#history![this.packets] = this.hash;
    }
    this.packets++;
  }

  hashAfter(packets: number): number | undefined {
    if (packets === 0) return FNV1A_START;
    return packets <= this.packets ? this.#history?.[packets - 1] : undefined;
  }
}

/** Remembers what was sent, also for connections that are gone. Without a history, its size is that of all subscriptions ever made. */
export class Audit {
  readonly #lines = new Map<string, AuditLine>();
  readonly #keepsHistory: boolean;

  /** @param keepsHistory four bytes more for each packet, so that what arrived can be told from what was still on its way. */
  constructor(keepsHistory: boolean) {
    this.#keepsHistory = keepsHistory;
  }

  /** The line of this connection and token, begun if there is none. */
  line(connection: number, token: number): AuditLine {
    const key = `${connection}:${token}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new AuditLine(connection, token, this.#keepsHistory);
      this.#lines.set(key, line);
    }
    return line;
  }

  /** The hash over the first `packets` packets; `undefined` when fewer were sent, or no history is kept. */
  hashAfter(connection: number, token: number, packets: number): number | undefined {
    return this.#lines.get(`${connection}:${token}`)?.hashAfter(packets);
  }

  /** A copy of everything so far, in the order of first subscription. */
  entries(): KiteAuditEntry[] {
    return Array.from(this.#lines.values(), ({ connection, token, packets, hash }) => ({
      connection,
      token,
      packets,
      hash,
    }));
  }
}
