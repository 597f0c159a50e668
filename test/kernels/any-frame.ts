/** Frames of any kind: good, cut off, with bytes changed, or of no form at all. */

import fc from 'fast-check';

export function anyFrameArbitrary(
  written: fc.Arbitrary<string>,
  texts: readonly string[],
): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    written.map((text) => Buffer.from(text)),
    fc
      .tuple(fc.constantFrom(...texts), fc.nat())
      .map(([text, length]) => Buffer.from(text.slice(0, length % (text.length + 1)))),
    fc
      .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([text, changes]) => {
        const bytes = Buffer.from(text);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      }),
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(
        fc.constantFrom('{', '[', '"', '\\', '{"a":', '[{', '9', '-', ' ', '{"data":', '\\u00', '0.'),
        fc.nat(600),
      )
      .map(([part, count]) => Buffer.from(part.repeat(count))),
    // Bytes that no text has, where a member would be.
    fc
      .tuple(fc.constantFrom(0x00, 0x7f, 0xff), fc.nat(40))
      .map(([byte, count]) => Buffer.concat([Buffer.from('{"a":1'), Buffer.alloc(count, byte)])),
  );
}
