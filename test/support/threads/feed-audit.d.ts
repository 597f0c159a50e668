import type { TickView } from 'tickring';

export interface AuditedInstrument {
  readonly token: number;
  readonly packets: number;
  readonly hash: number;
}

export declare class Audit {
  packets: number;
  gaps: number;
  add(tick: TickView): void;
  entries(): AuditedInstrument[];
}

export declare function packetOf(tick: TickView): Buffer;
