// One demo instance: answers on 127.0.0.1:PORT with its own name. Ends with its parent, however that ends.
import { createServer } from 'node:http';

const [name, port] = process.argv.slice(2);

const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`hello from ${name}, port ${port}\n`);
});
server.on('error', (error) => {
  console.error(`demo: ${name} cannot listen on 127.0.0.1:${port} (${error.code}); is another program using the port?`);
  process.exit(1);
});
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'));

process.on('SIGINT', () => undefined); // Ctrl-C reaches everyone at the terminal; the parent ends us in its order
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
