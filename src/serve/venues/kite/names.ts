/** Names of well-known instruments: Kite's stream has tokens only. */
export const KITE_NAMES: ReadonlyMap<number, string> = new Map([
  [256265, 'NIFTY 50'],
  [265, 'SENSEX'],
  [738561, 'RELIANCE'],
  [408065, 'INFY'],
  [341249, 'HDFCBANK'],
  [779521, 'SBIN'],
]);
