import type { RecordMemory, RecordView } from 'tickring/memory';
import { FNV1A_START, fnv1a } from 'tickring/sim';
import { packetLayout as packet, recordLayout as record, tickLayout as tick } from './internals.ts';

/** Where an index packet's words went in the record, in the packet's order. */
const INDEX_WORDS: readonly number[] = [
  tick.TICK_PACKET + packet.TOKEN,
  tick.TICK_PACKET + packet.LAST_PRICE,
  tick.TICK_PACKET + packet.HIGH,
  tick.TICK_PACKET + packet.LOW,
  tick.TICK_PACKET + packet.OPEN,
  tick.TICK_PACKET + packet.CLOSE,
  tick.TICK_INDEX_PRICE_CHANGE,
  tick.TICK_PACKET + packet.EXCHANGE_TIME,
];
const BYTES: Readonly<Record<number, number>> = {
  [tick.TICK_LTP]: packet.LTP_BYTES,
  [tick.TICK_INDEX_QUOTE]: packet.INDEX_QUOTE_BYTES,
  [tick.TICK_INDEX_FULL]: packet.INDEX_FULL_BYTES,
  [tick.TICK_QUOTE]: packet.QUOTE_BYTES,
  [tick.TICK_FULL]: packet.FULL_BYTES,
};

/** A record as the packet that it was on the wire, so that it can be compared with what was sent. */
export class WireView implements RecordView<WireView> {
  number = 0;
  epoch = 0;
  connection = 0;
  token = 0;
  readonly #memory: RecordMemory;
  readonly #bytes = Buffer.alloc(packet.FULL_BYTES);
  #length = 0;

  constructor(memory: RecordMemory) {
    this.#memory = memory;
  }

  moveTo(offset: number): this {
    const { u8, u16, u32 } = this.#memory;
    this.number = u32[(offset + record.RECORD_NUMBER) >> 2]!;
    this.epoch = u32[(offset + record.RECORD_EPOCH) >> 2]!;
    this.token = u32[(offset + record.RECORD_INSTRUMENT) >> 2]!;
    this.connection = u16[(offset + record.RECORD_CONNECTION) >> 1]!;
    const kind = u8[offset + record.RECORD_KIND]!;
    this.#length = BYTES[kind] ?? 0;
    const isIndex = kind === tick.TICK_INDEX_QUOTE || kind === tick.TICK_INDEX_FULL;
    for (let at = 0; at < this.#length; at += 4) {
      const from = isIndex ? INDEX_WORDS[at >> 2]! : tick.TICK_PACKET + at;
      this.#bytes.writeUInt32BE(u32[(offset + from) >> 2]!, at);
    }
    return this;
  }

  /** Continues a hash over the packet's bytes, as the simulator's audit does. */
  hash(from = FNV1A_START): number {
    return fnv1a(from, this.#bytes, 0, this.#length);
  }
}
