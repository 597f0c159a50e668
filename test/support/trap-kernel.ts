import asc from 'assemblyscript/asc';
import { arenaLayout, frameRingLayout, recordLayout, recordRingLayout } from './memory-internals.ts';

/** First byte of a frame that traps the kernel below. */
export const POISON = 0xee;

const REGION = arenaLayout.HEADER_REGIONS + arenaLayout.REGION_RECORD_RING * arenaLayout.REGION_ENTRY_BYTES;

const SOURCE = `
let slots: usize = 0;
let mask: u32 = 0;
export function attach(): void {
  slots = load<u32>(${REGION}) + ${recordRingLayout.RECORD_SLOTS};
  mask = (load<u32>(${REGION + 4}) - ${recordRingLayout.RECORD_SLOTS}) / 256 - 1;
}
export function most(head: usize): u32 {
  return load<u8>(head, ${frameRingLayout.FRAME_KIND}) == ${frameRingLayout.FRAME_KIND_BINARY} ? 1 : 0;
}
export function decode(head: usize, position: u32, decodedAt: f64): u32 {
  if (most(head) == 0) return 0;
  const first: u32 = load<u8>(head + load<u8>(head, ${frameRingLayout.FRAME_PAYLOAD}));
  if (first == ${POISON}) unreachable();
  const slot = slots + (position & mask) * 256;
  store<u32>(slot, position, ${recordLayout.RECORD_NUMBER});
  store<u32>(slot, load<u32>(head, ${frameRingLayout.FRAME_NUMBER}), ${recordLayout.RECORD_FRAME});
  store<u32>(slot, first, ${recordLayout.RECORD_INSTRUMENT});
  store<f64>(slot, load<f64>(head, ${frameRingLayout.FRAME_RECEIVED_AT}), ${recordLayout.RECORD_RECEIVED_AT});
  return 1;
}
export function refresh(head: usize, position: u32, decodedAt: f64): u32 { return most(head); }
`;

/** A kernel that makes one record of each frame, its instrument the frame's first byte, and traps on POISON. */
export async function trapKernel(): Promise<WebAssembly.Module> {
  const { binary, error, stderr } = await asc.compileString(SOURCE, {
    optimizeLevel: 2,
    noAssert: true,
    runtime: 'stub',
    enable: ['threads'],
    importMemory: true,
    sharedMemory: true,
    initialMemory: 1,
    maximumMemory: 65_536,
  });
  if (error || !binary) throw new Error(stderr.toString());
  return new WebAssembly.Module(binary);
}
