import { isChannel, type MessageType } from './channels.ts';
import { unitsOf } from './decimal.ts';
import { type Instrument, instrument } from './instruments.ts';
import type { Message } from './messages.ts';
import { subscriptionKey } from './subscription.ts';

/** A message of a recording. */
export interface PlayedMessage extends Message {
  /** Which line it was. */
  readonly place: number;
}

/** What is of use in a recording. */
export interface RecordedSession {
  /** Of each channel and symbol, in order. */
  readonly messages: ReadonlyMap<string, readonly PlayedMessage[]>;
  /** Depths that books were subscribed to with, where the recording has the acks. */
  readonly depths: ReadonlyMap<string, number>;
  /** Its pairs, with the precisions that their numbers show. */
  readonly instruments: readonly Instrument[];
}

type Json = Readonly<Record<string, unknown>>;

/** Reads recorded frames, one text each. What is neither market nor account data is passed over. */
export function readSession(frames: readonly string[]): RecordedSession {
  const messages = new Map<string, PlayedMessage[]>();
  const depths = new Map<string, number>();
  const pairs = new Map<string, Precisions>();
  for (const [place, text] of frames.entries()) {
    const frame = parse(text);
    const { channel, type, data } = frame;
    if (!isChannel(channel)) {
      noteDepth(frame, depths);
      continue;
    }
    const [{ symbol } = {} as Json] = Array.isArray(data) ? (data as Json[]) : [];
    const isPerSymbol = typeof symbol === 'string' && channel !== 'executions';
    const key = subscriptionKey(channel, isPerSymbol ? symbol : undefined);
    const list = messages.get(key) ?? [];
    list.push({ place, type: type as MessageType, text, rows: countRows(data) });
    messages.set(key, list);
    if (!isPerSymbol) continue;
    const precisions = pairs.get(symbol) ?? new Precisions();
    precisions.learn(text);
    pairs.set(symbol, precisions);
  }
  const instruments = [...pairs].map(([symbol, precisions]) => precisions.instrument(symbol));
  return { messages, depths, instruments };
}

const PRICE = /"(?:price|limit_price|bid|ask|open|close|last)":(\d+(?:\.(\d*))?)(?=[,}])/g;
const QUANTITY = /"(?:qty|order_qty|bid_qty|ask_qty|volume)":(\d+(?:\.(\d*))?)(?=[,}])/g;

/** The places of a pair's numbers: the most that any of them has, since re-serialised ones lose zeros at their end. */
class Precisions {
  #price = 0;
  #quantity = 0;
  #somePrice = '1';
  #someQuantity = '1';

  learn(text: string): void {
    for (const [, number = '', places = ''] of text.matchAll(PRICE)) {
      this.#price = Math.max(this.#price, places.length);
      this.#somePrice = number;
    }
    for (const [, number = '', places = ''] of text.matchAll(QUANTITY)) {
      this.#quantity = Math.max(this.#quantity, places.length);
      if (Number(number) > 0) this.#someQuantity = number;
    }
  }

  instrument(symbol: string): Instrument {
    const price = unitsOf(this.#somePrice, this.#price);
    return instrument(
      symbol,
      this.#price,
      this.#quantity,
      price,
      unitsOf(this.#someQuantity, this.#quantity),
    );
  }
}

function noteDepth(frame: Json, depths: Map<string, number>): void {
  const { result } = frame as { result?: { channel?: unknown; symbol?: unknown; depth?: unknown } };
  if (result === undefined || !isChannel(result.channel) || typeof result.depth !== 'number') return;
  if (typeof result.symbol === 'string') {
    depths.set(subscriptionKey(result.channel, result.symbol), result.depth);
  }
}

/** Levels and orders where there are any, otherwise the elements of the data. */
function countRows(data: unknown): number {
  const parts = Array.isArray(data) ? (data as Json[]) : [data as Json];
  let rows = 0;
  for (const part of parts) {
    const lists = ['bids', 'asks', 'assets', 'pairs'].map((name) => part?.[name]).filter(Array.isArray);
    rows += lists.length === 0 ? 1 : lists.reduce((sum, list) => sum + list.length, 0);
  }
  return rows;
}

/** An empty object for what is no JSON object: recordings hold texts of proxies, too. */
function parse(text: string): Json {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null ? (frame as Json) : {};
  } catch {
    return {};
  }
}
