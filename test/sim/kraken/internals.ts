/** What the package does not export and its own tests need: the parts that the Kraken simulator is made of. */
export { crc32 } from '../../../dist/src/sim/kraken/checksum.js';
export { decimalText, roundedText, unitsOf } from '../../../dist/src/sim/kraken/decimal.js';
export { signatureOf } from '../../../dist/src/sim/kraken/signature.js';
