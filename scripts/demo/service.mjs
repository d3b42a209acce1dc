// A sample service for the Compose files: answers with its name and that of its container. Told to end, it goes on for 2 s, and
// closes each connection after its answer: time for the agent, which hears of the stop at once, to have it taken out of HAProxy.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const LINGER_MS = 2_000;
const [name, port] = process.argv.slice(2);
let ending = false;

const server = createServer((_request, response) => {
  if (ending) response.setHeader('Connection', 'close');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${name} from ${hostname()}\n`);
});
server.keepAliveTimeout = 0; // HAProxy ends idle connections: were it this server, a request could be on its way
server.listen(Number(port));

process.on('SIGTERM', () => {
  ending = true;
  setTimeout(() => server.close(() => process.exit(0)), LINGER_MS);
});
