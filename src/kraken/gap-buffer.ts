/** A message of a book that is, or was, not to be trusted. */
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
  open: boolean;
}

/** A text frame that came not long ago. */
interface RecentFrame {
  readonly receivedAt: number;
  readonly bytes: Buffer;
}

/** The last frames of a connection. */
interface Recent {
  readonly frames: RecentFrame[];
  bytes: number;
}

/** Messages kept of one gap, and gaps kept. */
const MOST_MESSAGES = 256;
const MOST_GAPS = 64;
/** Frames kept of a connection, because a gap is noticed a little later than it comes, and their bytes together. */
const MOST_RECENT = 1024;
const MOST_RECENT_BYTES = 2 ** 20;

interface BookMessage {
  readonly channel?: unknown;
  readonly type?: unknown;
  readonly data?: readonly { readonly symbol?: unknown; readonly timestamp?: unknown }[];
}

/**
 * For the gap policy `'buffer'`: the messages of a book before its check failed and until the snapshot that mended it. For
 * diagnosis, and to put in again what the snapshot does not have yet. It has a copy made of every frame on the socket's thread,
 * and has them parsed only on connections on which there is a gap at the moment.
 */
export class GapBuffer {
  readonly #recent = new Map<number, Recent>();
  /** The last gap of each symbol. */
  readonly #gaps = new Map<string, Gap>();
  /** Open gaps by connection. */
  readonly #open = new Map<number, Map<string, Gap>>();

  /** A gap has been noticed: what came for the book not long ago belongs to it. */
  begin(connection: number, symbol: string): void {
    this.end(connection, symbol);
    const gap: Gap = { connection, symbol, messages: [], open: true };
    for (const { receivedAt, bytes } of this.#recent.get(connection)?.frames ?? []) {
      const text = bytes.toString();
      if (bookMessage(text).symbol === symbol) keep(gap, { receivedAt, text, replayed: false });
    }
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

  /** A symbol's gap is over. */
  end(connection: number, symbol: string): void {
    const open = this.#open.get(connection);
    const gap = open?.get(symbol);
    if (!open || !gap) return;
    gap.open = false;
    open.delete(symbol);
    if (open.size === 0) this.#open.delete(connection);
  }

  /** The connection is gone, and with it its gaps. */
  forget(connection: number): void {
    this.#recent.delete(connection);
    for (const symbol of [...(this.#open.get(connection)?.keys() ?? [])]) this.end(connection, symbol);
  }

  /** A text frame came. Answers the frames that are to be put in behind it. */
  take(connection: number, data: Uint8Array, receivedAt: number): readonly string[] {
    // A copy: a frame is a part of all that the socket read at once, and would keep that.
    const bytes = Buffer.from(data);
    this.#remember(connection, { receivedAt, bytes });
    const open = this.#open.get(connection);
    if (!open) return [];
    const text = bytes.toString();
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

  #remember(connection: number, frame: RecentFrame): void {
    let recent = this.#recent.get(connection);
    if (!recent) {
      recent = { frames: [], bytes: 0 };
      this.#recent.set(connection, recent);
    }
    const { frames } = recent;
    frames.push(frame);
    recent.bytes += frame.bytes.length;
    while (frames.length > MOST_RECENT || (recent.bytes > MOST_RECENT_BYTES && frames.length > 1))
      recent.bytes -= frames.shift()!.bytes.length;
  }
}

function keep({ messages }: Gap, message: { receivedAt: number; text: string; replayed: boolean }): void {
  messages.push(message);
  if (messages.length > MOST_MESSAGES) messages.shift();
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
