// Holds a network namespace open, and lets the test reach what listens in it: a connection to the unix socket SOCKET goes to
// the address that its first line names (`10.0.0.1:7777`). Started as `unshare --net … node host.mjs SOCKET`.
import { connect, createServer } from 'node:net';

createServer((client) => {
  client.once('data', (first) => {
    const end = first.indexOf('\n');
    const [address, port] = first
      .subarray(0, end)
      .toString()
      .split(/:(?=\d+$)/);
    const server = connect(Number(port), address);
    server.write(first.subarray(end + 1));
    client.pipe(server).pipe(client);
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  client.on('error', () => client.destroy());
}).listen(process.argv[2], () => process.stdout.write('ready\n'));
