// What scripts/demo/service.mjs is, in the words of the load (traffic-process.mjs): `<host> <x-request>`, a POST: also the length of
// what came, /stream in 50 pieces within 5 s. Told to end it goes on for 2 s, then finishes what it has begun.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const [PIECES, PIECE_EVERY_MS, LINGER_MS] = [50, 100, 2_000];
const name = hostname();
let ending = false;

function stream(request, response, sent = 0) {
  if (sent === PIECES) return response.end();
  response.write(`${request.headers['x-request']} ${sent}\n`);
  setTimeout(stream, PIECE_EVERY_MS, request, response, sent + 1);
}

const server = createServer((request, response) => {
  response.setHeader('x-backend', name);
  if (ending) response.setHeader('connection', 'close');
  if (request.url === '/stream') return stream(request, response);
  let length = 0;
  request.on('data', (chunk) => (length += chunk.length));
  request.on('end', () => {
    const words = [name, request.headers['x-request'], ...(request.method === 'POST' ? [length] : [])];
    response.end(words.join(' '));
  });
});
server.keepAliveTimeout = 0;
server.listen(8000);

process.on('SIGTERM', () => {
  ending = true;
  setTimeout(() => server.close(() => process.exit(0)), LINGER_MS);
});
