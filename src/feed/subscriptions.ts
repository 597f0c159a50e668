import { ArgumentError, CapacityError } from '../errors.ts';

/** How instruments are spread over connections. */
export type Distribution = 'least-loaded' | 'round-robin';

/** A connection as subscriptions see it. */
export interface Place {
  readonly connection: number;
  readonly account: string;
}

/** What has to be sent to a connection so that it streams what is wanted. */
export interface Changes<Mode> {
  readonly unsubscribe: number[];
  readonly subscribe: number[];
  /** Instruments whose mode must be set, those to be subscribed among them. */
  readonly modes: Map<Mode, number[]>;
}

/** One instrument that is wanted. */
export interface Wanted<Mode> {
  readonly instrument: number;
  readonly mode: Mode;
  /** Where it is streamed; undefined while no connection has room for it. */
  readonly connection: number | undefined;
  readonly account: string | undefined;
  /** The account that it was asked for on, if one was named. */
  readonly pinned: string | undefined;
  /** Whether this connection has been asked for it, in this mode, since it was last opened. */
  readonly asked: boolean;
}

/** All of a feed's subscriptions, compact and structured-cloneable. */
export interface SavedSubscriptions<Mode> {
  /** Three words an instrument: its token, its connection + 1 or 0, and what `ENTRY_…` say. */
  readonly entries: Uint32Array<ArrayBuffer>;
  readonly modes: readonly Mode[];
  readonly accounts: readonly string[];
  /** By connection. */
  readonly uses: readonly Use[];
  readonly turn: number;
}

/** Words of a saved entry. */
const ENTRY_WORDS = 3;
/** In its last word: whether it has been asked for; its mode; the account that it is pinned to + 1, or 0. */
const ENTRY_ASKED = 1;
const ENTRY_MODE_SHIFT = 1;
const ENTRY_MODE_MASK = 0x7f;
const ENTRY_PINNED_SHIFT = 8;

/** `idle`: not opened so far, only used when the others are full. `lost`: given up. */
type Use = 'idle' | 'used' | 'lost';

interface Entry<Mode> {
  mode: Mode;
  line: Line<Mode> | undefined;
  pinned: string | undefined;
}

/** What one connection is to stream, and what it has been asked for since it was last opened. */
interface Line<Mode> extends Place {
  readonly wanted: Set<number>;
  readonly asked: Map<number, Mode>;
  use: Use;
}

/**
 * What is wanted, and on which connection: the desired state, kept whether or not anything is connected. Each instrument
 * is on one connection at most. After each change, and after each (re)connect, `changes()` says what a connection has to be
 * told.
 */
export class Subscriptions<Mode extends string> {
  readonly #entries = new Map<number, Entry<Mode>>();
  readonly #lines: Line<Mode>[];
  readonly #limit: number;
  readonly #distribution: Distribution;
  /** The mode that a fresh subscription streams in without being told. */
  readonly #initialMode: Mode;
  /** Told of a connection that is needed from now on. */
  readonly #onNeeded: (connection: number) => void;
  /** Told of a connection that has to be told something: see `changes`. */
  readonly #onChanged: (connection: number) => void;
  #turn = 0;

  constructor(options: {
    places: readonly Place[];
    /** Instruments a connection. */
    limit: number;
    distribution: Distribution;
    initialMode: Mode;
    onNeeded: (connection: number) => void;
    onChanged: (connection: number) => void;
  }) {
    this.#lines = options.places.map(({ connection, account }) => ({
      connection,
      account,
      wanted: new Set(),
      asked: new Map(),
      use: 'idle',
    }));
    this.#limit = options.limit;
    this.#distribution = options.distribution;
    this.#initialMode = options.initialMode;
    this.#onNeeded = options.onNeeded;
    this.#onChanged = options.onChanged;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Instruments that the connections together may carry; lost ones do not count. */
  get capacity(): number {
    return this.#capacityOf(undefined);
  }

  /** Instruments of one connection. */
  countOf(connection: number): number {
    return this.#lines[connection]!.wanted.size;
  }

  /** Whether a connection is to be open, or was given up while it was. */
  inUse(connection: number): boolean {
    return this.#lines[connection]!.use !== 'idle';
  }

  /** Takes a connection into use although nothing needs it so far. */
  use(connection: number): void {
    const line = this.#lines[connection]!;
    if (line.use !== 'idle') return;
    line.use = 'used';
    this.#onNeeded(connection);
  }

  /**
   * Wants instruments in a mode. Those already wanted stay where they are and change their mode.
   *
   * @throws CapacityError when they do not all fit; then nothing has changed
   * @throws ArgumentError for an account that there is not
   */
  add(instruments: readonly number[], mode: Mode, account?: string): void {
    if (account !== undefined) this.#checkAccount(account);
    const fresh = new Set<number>();
    for (const instrument of instruments) if (!this.#entries.has(instrument)) fresh.add(instrument);
    this.#checkRoom(fresh.size, account);
    for (const instrument of instruments) {
      const entry = this.#entries.get(instrument);
      if (entry) this.#changeMode(instrument, entry, mode);
      else this.#enter(instrument, { mode, line: undefined, pinned: account });
    }
  }

  /** Changes the mode of those that are wanted; answers those that are not. */
  setMode(instruments: readonly number[], mode: Mode): number[] {
    const unknown: number[] = [];
    for (const instrument of instruments) {
      const entry = this.#entries.get(instrument);
      if (entry) this.#changeMode(instrument, entry, mode);
      else unknown.push(instrument);
    }
    return unknown;
  }

  remove(instruments: readonly number[]): void {
    for (const instrument of instruments) {
      const entry = this.#entries.get(instrument);
      if (!entry) continue;
      this.#entries.delete(instrument);
      if (!entry.line) continue;
      entry.line.wanted.delete(instrument);
      this.#onChanged(entry.line.connection);
    }
    this.#placeHomeless();
  }

  /** The connection was opened anew: it has been asked for nothing. */
  opened(connection: number): void {
    const line = this.#lines[connection]!;
    line.asked.clear();
    if (line.use === 'lost') line.use = 'used';
  }

  /** What the connection has to be told now. Assumes that it will be told. */
  changes(connection: number): Changes<Mode> {
    const { wanted, asked } = this.#lines[connection]!;
    const unsubscribe: number[] = [];
    const subscribe: number[] = [];
    const modes = new Map<Mode, number[]>();
    for (const instrument of asked.keys()) {
      if (wanted.has(instrument)) continue;
      unsubscribe.push(instrument);
      asked.delete(instrument);
    }
    for (const instrument of wanted) {
      const { mode } = this.#entries.get(instrument)!;
      const before = asked.get(instrument);
      if (before === mode) continue;
      if (before === undefined) subscribe.push(instrument);
      asked.set(instrument, mode);
      if (before === undefined && mode === this.#initialMode) continue;
      const group = modes.get(mode);
      if (group) group.push(instrument);
      else modes.set(mode, [instrument]);
    }
    return { unsubscribe, subscribe, modes };
  }

  /**
   * The connection is given up: its instruments move to others with room.
   *
   * @returns those that found no room; they stay wanted, and are placed when there is some
   */
  lose(connection: number): number[] {
    const line = this.#lines[connection]!;
    line.use = 'lost';
    line.asked.clear();
    const homeless = [...line.wanted];
    line.wanted.clear();
    for (const instrument of homeless) this.#entries.get(instrument)!.line = undefined;
    const left = homeless.filter((instrument) => !this.#place(instrument, this.#entries.get(instrument)!));
    // Those that waited for room on this account may go to any other now, if it has no connection left.
    this.#placeHomeless();
    return left;
  }

  /** A lost connection may be used again. */
  regain(connection: number): void {
    const line = this.#lines[connection]!;
    if (line.use === 'lost') line.use = 'used';
    this.#placeHomeless();
  }

  *list(): IterableIterator<Wanted<Mode>> {
    for (const [instrument, { mode, line, pinned }] of this.#entries) {
      yield {
        instrument,
        mode,
        connection: line?.connection,
        account: line?.account,
        pinned,
        asked: line?.asked.get(instrument) === mode,
      };
    }
  }

  /** Everything, to be restored on another thread. */
  save(): SavedSubscriptions<Mode> {
    const modes: Mode[] = [];
    const accounts = [...new Set(this.#lines.map(({ account }) => account))];
    const entries = new Uint32Array(this.#entries.size * ENTRY_WORDS);
    let at = 0;
    for (const [instrument, { mode, line, pinned }] of this.#entries) {
      if (!modes.includes(mode)) modes.push(mode);
      const pin = pinned === undefined ? 0 : accounts.indexOf(pinned) + 1;
      const asked = line?.asked.get(instrument) === mode ? ENTRY_ASKED : 0;
      entries[at] = instrument;
      entries[at + 1] = line ? line.connection + 1 : 0;
      entries[at + 2] = asked | (modes.indexOf(mode) << ENTRY_MODE_SHIFT) | (pin << ENTRY_PINNED_SHIFT);
      at += ENTRY_WORDS;
    }
    return { entries, modes, accounts, uses: this.#lines.map(({ use }) => use), turn: this.#turn };
  }

  /** For one that is new, with the same places: brings it to what was saved, and tells nobody. */
  restore({ entries, modes, accounts, uses, turn }: SavedSubscriptions<Mode>): void {
    for (const line of this.#lines) line.use = uses[line.connection]!;
    this.#turn = turn;
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      const instrument = entries[at]!;
      const line = this.#lines[entries[at + 1]! - 1];
      const bits = entries[at + 2]!;
      const mode = modes[(bits >> ENTRY_MODE_SHIFT) & ENTRY_MODE_MASK]!;
      const pinned = accounts[(bits >> ENTRY_PINNED_SHIFT) - 1];
      this.#entries.set(instrument, { mode, line, pinned });
      line?.wanted.add(instrument);
      if (bits & ENTRY_ASKED) line?.asked.set(instrument, mode);
    }
  }

  #changeMode(instrument: number, entry: Entry<Mode>, mode: Mode): void {
    if (entry.mode === mode) return;
    entry.mode = mode;
    if (entry.line?.wanted.has(instrument)) this.#onChanged(entry.line.connection);
  }

  #enter(instrument: number, entry: Entry<Mode>): void {
    this.#entries.set(instrument, entry);
    this.#place(instrument, entry);
  }

  #placeHomeless(): void {
    for (const [instrument, entry] of this.#entries) {
      if (!entry.line && !this.#place(instrument, entry) && entry.pinned === undefined) return;
    }
  }

  #place(instrument: number, entry: Entry<Mode>): boolean {
    const line = this.#choose(entry.pinned) ?? this.#choose(undefined, entry.pinned);
    if (!line) return false;
    entry.line = line;
    line.wanted.add(instrument);
    if (line.use === 'idle') this.use(line.connection);
    this.#onChanged(line.connection);
    return true;
  }

  /**
   * A connection with room: of those in use by the distribution, otherwise the first that is idle.
   *
   * @param account only this one's
   * @param lost when that account has no usable connection at all, any other will do
   */
  #choose(account: string | undefined, lost?: string): Line<Mode> | undefined {
    if (account === undefined && lost !== undefined) {
      if (this.#lines.some((line) => line.account === lost && line.use !== 'lost')) return undefined;
    }
    const fits = (line: Line<Mode>) =>
      line.use !== 'lost' &&
      line.wanted.size < this.#limit &&
      (account === undefined || line.account === account);
    if (this.#distribution === 'round-robin') {
      for (let step = 0; step < this.#lines.length; step++) {
        const line = this.#lines[(this.#turn + step) % this.#lines.length]!;
        if (line.use !== 'used' || !fits(line)) continue;
        this.#turn = line.connection + 1;
        return line;
      }
    } else {
      let least: Line<Mode> | undefined;
      for (const line of this.#lines) {
        if (line.use !== 'used' || !fits(line)) continue;
        if (!least || line.wanted.size < least.wanted.size) least = line;
      }
      if (least) return least;
    }
    return this.#lines.find((line) => line.use === 'idle' && fits(line));
  }

  #checkAccount(account: string): void {
    if (this.#lines.some((line) => line.account === account)) return;
    const known = [...new Set(this.#lines.map((line) => line.account))].join(', ');
    throw new ArgumentError(`there is no account '${account}'; this feed has: ${known}`);
  }

  #checkRoom(fresh: number, account: string | undefined): void {
    const capacity = this.#capacityOf(account);
    let taken = 0;
    for (const line of this.#lines) {
      if (line.use !== 'lost' && (account === undefined || line.account === account))
        taken += line.wanted.size;
    }
    if (account === undefined) for (const { line } of this.#entries.values()) if (!line) taken += 1;
    if (taken + fresh <= capacity) return;
    const whose = account === undefined ? '' : ` of account '${account}'`;
    throw new CapacityError(
      taken + fresh,
      capacity,
      `a connection${whose} takes ${this.#limit}; unsubscribe some, or add connections or accounts`,
    );
  }

  #capacityOf(account: string | undefined): number {
    const usable = this.#lines.filter(
      (line) => line.use !== 'lost' && (account === undefined || line.account === account),
    );
    return usable.length * this.#limit;
  }
}
