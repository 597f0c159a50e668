/** The entry of a simulator's thread, so that it takes nothing of the feeds' time. */
import { parentPort, workerData } from 'node:worker_threads';
import { answerCall, type Call } from './calls.ts';
import { SIMULATORS } from './venues/simulators.ts';
import type { SimulatorMethods, SimulatorTask } from './venues/venue-simulator.ts';

if (parentPort) {
  const port = parentPort;
  const { venue, rate } = workerData as SimulatorTask;
  const open = await SIMULATORS[venue]!();
  const simulator = await open(rate);
  const methods: SimulatorMethods = {
    inject: (fault, symbol) => simulator.inject(fault, symbol),
    close: () => simulator.close(),
  };
  port.on('message', async (call: Call) => {
    port.postMessage(await answerCall(methods, call));
    if (call.method === 'close') port.close();
  });
  port.postMessage({ type: 'listening', greeting: simulator.greeting });
}
