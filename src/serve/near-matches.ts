/** Names longer than this are not compared: the work grows with the square of their length. */
const MOST_LENGTH = 32;

/** Names that somebody may have meant, nearest first: those that differ in few letters, or contain what was written. */
export function nearMatches(wanted: string, names: readonly string[], most: number): string[] {
  const plain = plainName(wanted.slice(0, MOST_LENGTH));
  if (plain === '') return [];
  const limit = Math.max(2, Math.floor(plain.length / 2));
  return names
    .map((name) => ({ name, distance: distanceTo(plain, plainName(name)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** `BTC/USD`, `btc-usd` and `BTCUSD` are the same to who looks for one of them. */
function plainName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function distanceTo(wanted: string, name: string): number {
  if (wanted.length > 1 && (name.includes(wanted) || wanted.includes(name))) return name === wanted ? 0 : 1;
  return editDistance(wanted, name);
}

/** How many letters have to be changed, added or taken away. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const change = row[column - 1]! + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(change, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
