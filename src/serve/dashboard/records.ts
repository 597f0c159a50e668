import { openSocket } from './api.ts';
import type { Quote } from './quote.ts';
import type { FindQuote } from './venues/venue.ts';
import { venueNamed } from './venues/venues.ts';

const RECORD_BYTES = 256;

interface SymbolsMessage {
  readonly type: 'symbols';
  readonly connection: number;
  readonly symbols: Readonly<Record<string, string>>;
}

interface HelloMessage {
  readonly type: 'hello';
  readonly headerBytes: number;
}

type TextMessage = SymbolsMessage | HelloMessage | { readonly type: 'closing' };

/**
 * Reads a venue's records where they lie in the server's messages, with the library's own views.
 *
 * @param find the quote of a symbol
 * @param onQuote called for each record that said something of a quote
 */
export async function readRecords(
  venue: string,
  find: FindQuote,
  onQuote: (quote: Quote) => void,
): Promise<void> {
  const openRecords = await venueNamed(venue).open();
  const names = new Map<number, Map<number, string>>();
  let headerBytes = 16;

  const onText = (message: TextMessage) => {
    if (message.type === 'hello') {
      // Ids are those of the server that says hello.
      names.clear();
      headerBytes = message.headerBytes;
    } else if (message.type === 'symbols') {
      const known = names.get(message.connection) ?? new Map<number, string>();
      names.set(message.connection, known);
      for (const [id, symbol] of Object.entries(message.symbols)) known.set(Number(id), symbol);
    }
  };

  const onRecords = (buffer: ArrayBuffer) => {
    const u32 = new Uint32Array(buffer);
    const memory = {
      u8: new Uint8Array(buffer),
      u16: new Uint16Array(buffer),
      i32: new Int32Array(buffer),
      u32,
      f64: new Float64Array(buffer),
    };
    const known = names.get(u32[1]!);
    const read = openRecords(memory, (id) => known?.get(id) ?? '');
    const count = u32[2]!;
    for (let record = 0; record < count; record++) {
      const quote = read(headerBytes + record * RECORD_BYTES, find);
      if (quote) onQuote(quote);
    }
  };

  openSocket(`/records?venue=${venue}&kind=conflating`, (data) => {
    if (typeof data === 'string') onText(JSON.parse(data) as TextMessage);
    else onRecords(data);
  });
}
