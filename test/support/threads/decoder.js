// The real worker entry, as the decoder pool runs it.
import { workerData } from 'node:worker_threads';
import serve from '../../../dist/workers/decoder.js';

serve(workerData);
