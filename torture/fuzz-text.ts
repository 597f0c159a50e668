/**
 * Fuzzes what reads text frames: `parseText` never throws, and what it answers is of the types that it promises. 100,000 texts,
 * nightly 1,000,000.
 */
import { parseText } from './internals.ts';
import { type Random, torture } from './support.ts';

const SHORT = 100_000;
const NIGHTLY = 1_000_000;
/** As deep as a frame of 2 MiB can be. */
const DEEP = 1_000_000;

const CORPUS: readonly string[] = [
  '{"type":"order","data":{"order_id":"1","status":"COMPLETE","tradingsymbol":"INFY","instrument_token":408065}}',
  '{"type":"error","data":"something went wrong"}',
  '{"type":"message","data":{"a":[1,2,{"b":null}]}}',
  '{"type":"instruments_meta","data":{"count":1,"etag":"x"}}',
];
const VALUES = ['null', '0', '-1e999', '""', '"x"', '[]', '{}', 'true', '{"toString":1}', '"\\ud800"', '1e5'];
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\u0000',
  '\ufffd',
  '"type"',
  '"data"',
  '"__proto__"',
];

await torture('fuzz-text', async (run) => {
  const goal = run.nightly ? NIGHTLY : SHORT;
  const types: Record<string, number> = {};
  const take = (text: string) => {
    let wrong: string | undefined;
    try {
      const message = parseText(text);
      types[message.type] = (types[message.type] ?? 0) + 1;
      wrong = wrongIn(message);
    } catch (error) {
      wrong = `it threw ${String(error)}`;
    }
    run.check(
      wrong === undefined,
      () => `parseText(${JSON.stringify(text.slice(0, 80))}) of ${text.length}: ${wrong}`,
    );
  };
  for (const text of special()) take(text);
  for (let text = 0; text < goal; text++) take(anyText(run.random));
  Object.assign(run.numbers, { texts: goal });
  for (const [type, count] of Object.entries(types)) run.numbers[`understood as ${type}`] = count;
});

function wrongIn(message: ReturnType<typeof parseText>): string | undefined {
  switch (message.type) {
    case 'order':
      return typeof message.order === 'object' && message.order !== null
        ? undefined
        : 'its order is no object';
    case 'error':
      return typeof message.error === 'string'
        ? undefined
        : `its error is ${typeof message.error}, not a string`;
    case 'unknown':
      return typeof message.name === 'string' ? undefined : 'its name is no string';
    case 'malformed':
      return typeof message.text === 'string' ? undefined : 'its text is no string';
    case 'message':
      return undefined;
    default:
      return `it is of type ${String((message as { type: unknown }).type)}`;
  }
}

/** What random texts seldom are: deep, and with parts missing. */
function* special(): IterableIterator<string> {
  for (const type of ['order', 'error', 'message', 'weather']) {
    yield `{"type":"${type}"}`;
    for (const value of VALUES) yield `{"type":"${type}","data":${value}}`;
    for (const depth of [1_000, 100_000, DEEP]) {
      yield `{"type":"${type}","data":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      yield `{"type":"${type}","data":${'['.repeat(depth)}`;
    }
    yield `{"type":"${type}","data":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`;
  }
}

function anyText(random: Random): string {
  let text = random.of(CORPUS);
  if (random.chance(0.1)) text = `{"type":${random.of(VALUES)},"data":${random.of(VALUES)}}`;
  if (random.chance(0.05))
    return random.bytes(random.below(100)).toString(random.chance(0.5) ? 'latin1' : 'utf8');
  for (let left = random.below(5); left > 0; left--) {
    const from = random.below(text.length + 1);
    const to = random.chance(0.5) ? from : from + random.below(text.length - from + 1);
    const piece = random.chance(0.5) ? random.of(PIECES) : random.chance(0.5) ? random.of(VALUES) : '';
    text = text.slice(0, from) + piece + text.slice(to);
  }
  return text;
}
