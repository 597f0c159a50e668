import { RECORD_FLAGS } from '../memory/record-layout.ts';
import { SymbolRecordView } from '../memory/symbol-record-view.ts';
import { KRAKEN_FLAG_SNAPSHOT } from './record-layout.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const FLAGS = RECORD_FLAGS;
const SNAPSHOT = KRAKEN_FLAG_SNAPSHOT;

/**
 * What the views of all kinds of Kraken's records have; `symbol` is Kraken's: `'BTC/USD'`.
 *
 * A decimal comes in three forms: as a number (`bid`: the one that `JSON.parse` would give), as text with all the decimals that
 * it was sent with (`bidText`), and as an integer with a scale (`bidInteger` / 10^`bidScale`). Numbers allocate nothing, texts
 * and bigints do.
 */
export abstract class KrakenView extends SymbolRecordView {
  /** It belongs to a snapshot: what was so when the subscription began. */
  get snapshot(): boolean {
    return (this.fields.uint16(FLAGS) & SNAPSHOT) !== 0;
  }
}
