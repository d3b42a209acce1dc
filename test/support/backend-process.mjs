// Many backends in one process, each at a port of its own: `backend-process.mjs JOURNAL`, told over IPC what to do.
// {listen: {id, port}} is answered by {listening: id, port}, {end: id} by {ended: id} when all in flight is finished.
// An instance names itself in `x-backend`, answers `<id> <x-request>` (a POST: also the length of what came), and /stream in
// 50 pieces within 5 s. JOURNAL gets the x-request of every request begun, so that it is known even after SIGKILL.
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers';

const PIECES = 50;
const PIECE_EVERY_MS = 100;

const journal = openSync(process.argv[2], 'a');
const servers = new Map();

function begin(id, server, request, response) {
  const name = request.headers['x-request'] ?? '';
  if (name !== '') writeSync(journal, `${name}\n`);
  response.setHeader('x-backend', id);
  if (!server.listening) response.setHeader('connection', 'close');
  // An answer that was begun before the end could not say `close`.
  response.on('close', () => server.listening || setImmediate(() => request.socket.end()));
  return name;
}

function answer(id, server, request, response) {
  const name = begin(id, server, request, response);
  if (request.url === '/stream') return stream(name, response);
  let length = 0;
  request.on('data', (chunk) => (length += chunk.length));
  request.on('end', () => response.end(request.method === 'POST' ? `${id} ${name} ${length}` : `${id} ${name}`));
}

function stream(name, response, sent = 0) {
  if (response.destroyed) return;
  if (sent === PIECES) return void response.end();
  response.write(`${name} ${sent}\n`);
  setTimeout(() => stream(name, response, sent + 1), PIECE_EVERY_MS);
}

function listen({ id, port }) {
  const server = createServer((request, response) => answer(id, server, request, response));
  server.keepAliveTimeout = 0; // an end of idle connections that HAProxy cannot foresee would be a fault of the backend's own
  server.listen(port, '127.0.0.1', 1024, () => process.send({ listening: id, port: server.address().port }));
  servers.set(id, server);
}

function end(id, whenEnded) {
  const server = servers.get(id);
  servers.delete(id);
  if (server)
    server.close(whenEnded); // closes idle connections, too
  else whenEnded();
}

process.on('message', (message) => {
  if (message.listen) listen(message.listen);
  if (message.end) end(message.end, () => process.send({ ended: message.end }));
});
process.on('SIGTERM', () => {
  let left = servers.size;
  if (left === 0) process.exit(0);
  for (const id of [...servers.keys()]) {
    end(id, () => {
      left -= 1;
      if (left === 0) process.exit(0);
    });
  }
});
process.on('disconnect', () => process.exit(0)); // the test has gone
