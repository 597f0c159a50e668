/** The arena is the kernel's linear memory, and starts at address 0. */

import { HEADER_REGIONS, REGION_ENTRY_BYTES } from '../../../src/memory/arena-layout.ts';

export function regionOffset(region: u32): usize {
  return load<u32>(HEADER_REGIONS + region * REGION_ENTRY_BYTES);
}

export function regionBytes(region: u32): u32 {
  return load<u32>(HEADER_REGIONS + region * REGION_ENTRY_BYTES + 4);
}
