/** A frame of a book that was not to be trusted. */
export interface GapMessage {
  /** ms since the epoch, with a fraction */
  readonly receivedAt: number;
  readonly text: string;
  /** Whether it was newer than the snapshot that came after it, and was put in again behind that. */
  readonly replayed: boolean;
}

interface Gap {
  readonly connection: number;
  readonly symbol: string;
  readonly messages: { receivedAt: number; text: string; replayed: boolean }[];
  /** Messages beyond the most that are kept. */
  dropped: number;
  open: boolean;
}

/** Messages kept of one gap, and gaps kept. */
const MOST_MESSAGES = 256;
const MOST_GAPS = 64;

interface BookMessage {
  readonly channel?: unknown;
  readonly type?: unknown;
  readonly data?: readonly { readonly symbol?: unknown; readonly timestamp?: unknown }[];
}

/**
 * For the gap policy `'buffer'`: what came for a book from the frame that failed to the snapshot that mended it. For diagnosis,
 * and to put in again what the snapshot does not have yet. It sees frames on the socket's thread, and only of connections on which
 * there is a gap at the moment.
 */
export class GapBuffer {
  /** The last gap of each symbol. */
  readonly #gaps = new Map<string, Gap>();
  /** Open gaps by connection. */
  readonly #open = new Map<number, Map<string, Gap>>();

  /** @param failed the frame that failed, if it is at hand */
  begin(connection: number, symbol: string, failed: { receivedAt: number; text: string } | undefined): void {
    this.end(connection, symbol);
    const messages = failed ? [{ ...failed, replayed: false }] : [];
    const gap: Gap = { connection, symbol, messages, dropped: 0, open: true };
    this.#gaps.delete(symbol);
    this.#gaps.set(symbol, gap);
    for (const [oldest, { open }] of this.#gaps) {
      if (this.#gaps.size <= MOST_GAPS) break;
      if (!open) this.#gaps.delete(oldest);
    }
    let open = this.#open.get(connection);
    if (!open) {
      open = new Map();
      this.#open.set(connection, open);
    }
    open.set(symbol, gap);
  }

  /** A symbol's gap is over, or all of a connection's. */
  end(connection: number, symbol?: string): void {
    const open = this.#open.get(connection);
    if (!open) return;
    for (const [name, gap] of open) {
      if (symbol !== undefined && name !== symbol) continue;
      gap.open = false;
      open.delete(name);
    }
    if (open.size === 0) this.#open.delete(connection);
  }

  /** A text frame came. Answers the frames that are to be put in behind it. */
  take(connection: number, data: Uint8Array, receivedAt: number): readonly string[] {
    const open = this.#open.get(connection);
    if (!open) return [];
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
    const { symbol, snapshot, timestamp } = bookMessage(text);
    const gap = symbol === undefined ? undefined : open.get(symbol);
    if (!gap) return [];
    if (!snapshot) {
      keep(gap, { receivedAt, text, replayed: false });
      return [];
    }
    // Without times nobody can tell what the snapshot has.
    const newer = gap.messages.filter((message) => {
      const at = bookMessage(message.text).timestamp;
      return timestamp !== undefined && at !== undefined && at > timestamp;
    });
    for (const message of newer) message.replayed = true;
    keep(gap, { receivedAt, text, replayed: false });
    this.end(connection, gap.symbol);
    return newer.map((message) => message.text);
  }

  /** What was kept of the symbol's last gap, oldest first, the snapshot that ended it last. */
  messages(symbol: string): readonly GapMessage[] {
    return this.#gaps.get(symbol)?.messages ?? [];
  }

  /** How many messages of the symbol's last gap were more than are kept. */
  dropped(symbol: string): number {
    return this.#gaps.get(symbol)?.dropped ?? 0;
  }
}

function keep(gap: Gap, message: { receivedAt: number; text: string; replayed: boolean }): void {
  gap.messages.push(message);
  // The first one is the frame that failed.
  if (gap.messages.length > MOST_MESSAGES) {
    gap.messages.splice(1, 1);
    gap.dropped += 1;
  }
}

/** Of a message of `book`: its symbol, kind and time; times compare as texts. */
function bookMessage(text: string): { symbol?: string; snapshot?: boolean; timestamp?: string | undefined } {
  if (!text.includes('"book"')) return {};
  let message: BookMessage | null;
  try {
    message = JSON.parse(text);
  } catch {
    return {};
  }
  const [row] = Array.isArray(message?.data) ? message.data : [];
  if (message?.channel !== 'book' || typeof row?.symbol !== 'string') return {};
  return { symbol: row.symbol, snapshot: message.type === 'snapshot', timestamp: comparable(row.timestamp) };
}

/** RFC 3339 in UTC with all nine decimals, so that later is greater. */
function comparable(timestamp: unknown): string | undefined {
  const parts = typeof timestamp === 'string' ? /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(timestamp) : null;
  return parts ? `${parts[1]}.${(parts[2] ?? '').padEnd(9, '0')}` : undefined;
}
