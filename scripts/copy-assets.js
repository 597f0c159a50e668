// Copies what the server serves and tsc does not compile: the dashboard's pages, styles, scripts and pictures.
import { cpSync, existsSync } from 'node:fs';

const SOURCE = 'src/serve/dashboard';
const TARGET = 'dist/src/serve/dashboard';

if (existsSync(SOURCE)) cpSync(SOURCE, TARGET, { recursive: true, filter: (path) => !path.endsWith('.ts') });
