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
  /** Packets sent: ticks and snapshots. */
  packets: number;
  /**
   * {@link fnv1a} over the bytes of these packets as they went over the wire (big-endian, without their length
   * prefix), one after the other in the order sent.
   */
  hash: number;
}

/** Remembers what was sent, also for connections that are gone. Its size is that of all subscriptions ever made. */
export class Audit {
  readonly #entries = new Map<string, KiteAuditEntry>();

  /** The entry of this connection and token, begun if there is none. */
  entry(connection: number, token: number): KiteAuditEntry {
    const key = `${connection}:${token}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { connection, token, packets: 0, hash: FNV1A_START };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** A copy of everything so far, in the order of first subscription. */
  entries(): KiteAuditEntry[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry }));
  }
}
