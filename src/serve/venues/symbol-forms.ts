import { KITE_NAMES } from './kite/names.ts';

/** How a venue's symbols look, for whoever names one without its venue. */
export interface SymbolForm {
  readonly pattern: RegExp;
  /** For messages. */
  readonly example: string;
  /** What people call a symbol whose own name says little. */
  readonly names: ReadonlyMap<string, string>;
  /** Of the real service, if none are named. Empty: they have to be. */
  readonly wellKnown: readonly string[];
}

export const SYMBOL_FORMS: Readonly<Record<string, SymbolForm>> = {
  kite: {
    pattern: /^\d{1,10}$/,
    example: '408065',
    names: new Map(Array.from(KITE_NAMES, ([token, name]) => [name, String(token)])),
    wellKnown: Array.from(KITE_NAMES.keys(), String),
  },
  kraken: {
    pattern: /^[^\s/]+\/[^\s/]+$/,
    example: 'BTC/USD',
    names: new Map(),
    wellKnown: ['BTC/USD', 'ETH/USD', 'SOL/USD', 'XRP/USD', 'DOGE/USD', 'ADA/USD', 'LTC/USD', 'LINK/USD'],
  },
};
