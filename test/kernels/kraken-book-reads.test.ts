import { describe, expect, it } from 'vitest';
import { runThread } from '../support/memory.ts';
import { krakenArena } from './kraken-line.ts';
import { bookSession, randomFrom } from './kraken-sessions.ts';

interface Seen {
  readonly whole: number;
  readonly torn: number;
  readonly untrusted: number;
  readonly backwards: number;
  readonly changes: number;
}

describe('a book that a kernel writes', () => {
  it('is read whole by another thread, a million times, by the checksum that the reader computes itself', async () => {
    // Deeper levels would be covered by no checksum.
    const session = bookSession({ depth: 10, updates: 2_000, random: randomFrom(11) });
    const { handle } = krakenArena({ books: 1, bookLevels: 10 });
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const reads = 1_000_000;
    const [decoded, seen] = await Promise.all([
      runThread<number>('kraken-book-kernel', { handle, stop, texts: session.map(({ text }) => text) }),
      runThread<Seen>('kraken-book-checker', { handle, stop, symbol: 'BTC/USD', reads, changes: 10_000 }),
    ]);
    expect(seen).toMatchObject({ torn: 0, untrusted: 0, backwards: 0 });
    expect(seen.whole).toBeGreaterThanOrEqual(reads);
    expect(decoded).toBeGreaterThanOrEqual(seen.changes);
  }, 600_000);
});
