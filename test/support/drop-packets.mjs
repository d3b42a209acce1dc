// Preloaded into an agent (`NODE_OPTIONS=--import=…`): loses what goes to or comes from the addresses that the file DROP_FILE
// lists, one a line. So a partition is made in the transport of real processes, without any right on the system.
import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import net from 'node:net';

const isCutOff = (address) => {
  try {
    return readFileSync(process.env.DROP_FILE, 'utf8').split('\n').includes(address);
  } catch {
    return false; // no file, no partition
  }
};

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  const [callback] = args.slice(-1);
  const address = args.find((arg, i) => i > 0 && typeof arg === 'string');
  if (!isCutOff(address)) return send.apply(this, args);
  if (typeof callback === 'function') process.nextTick(callback, null, 0);
};

const { emit } = dgram.Socket.prototype;
dgram.Socket.prototype.emit = function (event, ...args) {
  if (event === 'message' && isCutOff(args[1]?.address)) return true;
  return emit.call(this, event, ...args);
};

// A connection that is cut off is never made, and one that came is never served: as if every packet of it were lost.
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  return isCutOff(options?.host) ? this : connect.apply(this, args);
};
const swallowed = new WeakMap();
const serverEmit = net.Server.prototype.emit;
net.Server.prototype.emit = function (event, ...args) {
  if (event !== 'connection' || !isCutOff(args[0]?.remoteAddress?.replace(/^::ffff:/, '')))
    return serverEmit.call(this, event, ...args);
  const sockets = swallowed.get(this) ?? new Set();
  swallowed.set(this, sockets.add(args[0].pause()));
  return true;
};
const { close } = net.Server.prototype;
net.Server.prototype.close = function (...args) {
  for (const socket of swallowed.get(this) ?? []) socket.destroy();
  return close.apply(this, args);
};
