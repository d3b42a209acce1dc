// The client of a load, in a process of its own so that nothing else delays it. Over IPC it is given lanes, counts every request
// that is not answered by a complete 200 with the body that belongs to it, and tells what it saw; 'stop' lets it finish.
// A lane is {port, kind, workers, pauseMs}: each worker asks, waits for the whole answer, pauses and asks again.
//   keep-alive  on one connection, until HAProxy's answer says `close`; every tenth request is a POST
//   close       on a connection each; every tenth request is a POST
//   stream      on a connection each, an answer that takes 5 s
// No request is repeated: one that is lost on a connection that was used before is a failure, too.
import { Agent, request } from 'node:http';
import { setInterval } from 'node:timers';

const TELL_EVERY_MS = 50;
const PATIENCE_MS = 15_000;
const POST_EVERY = 10;
const MAX_POST_BYTES = 20_000;
const PIECES = 50;
/** Failures told one by one; the others are counted. */
const MAX_FAILURES = 1_000;

const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let stopping = false;
let asked = 0;
let told = 0;
let report = emptyReport();

function emptyReport() {
  return { requests: 0, posts: 0, failed: 0, failures: [], answers: {} };
}

function tell() {
  if (process.connected) process.send({ report });
  report = emptyReport();
}

function bodyOf(lane, name, backend, sent) {
  if (lane.kind === 'stream') return Array.from({ length: PIECES }, (_, i) => `${name} ${i}\n`).join('');
  return sent === undefined ? `${backend} ${name}` : `${backend} ${name} ${sent.length}`;
}

/** Resolves with what answered and what is wrong with that, if anything. */
function ask(lane, agent, name, sent) {
  return new Promise((resolve) => {
    const method = sent === undefined ? 'GET' : 'POST';
    const path = lane.kind === 'stream' ? '/stream' : '/';
    const headers = {
      'x-request': name,
      ...(agent ? {} : { connection: 'close' }),
      ...(sent === undefined ? {} : { 'content-length': sent.length }),
    };
    let backend;
    let text = '';
    const end = (wrong) => {
      clearTimeout(timer);
      const reused = asking.reusedSocket;
      resolve({ method, backend, wrong: wrong && (reused ? `${wrong} (on a connection used before)` : wrong) });
    };
    const asking = request({ host: '127.0.0.1', port: lane.port, path, method, headers, agent: agent ?? false });
    const timer = setTimeout(() => asking.destroy(new Error(`not complete within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    asking.on('error', (error) => end(error.message));
    asking.on('response', (response) => {
      backend = response.headers['x-backend'];
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', (error) => end(`cut off after ${text.length} characters: ${error.message}`));
      response.on('end', () => {
        if (response.statusCode !== 200) return end(`status ${response.statusCode}`);
        end(text === bodyOf(lane, name, backend, sent) ? undefined : `another body: ${text.slice(0, 100)}`);
      });
    });
    asking.end(sent);
  });
}

async function work(lane, first) {
  const agent = lane.kind === 'keep-alive' ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined;
  for (let turn = first; !stopping; turn += 1) {
    asked += 1;
    const name = `${process.pid}-${asked}`;
    const posts = lane.kind !== 'stream' && turn % POST_EVERY === 0;
    const sent = posts ? Buffer.alloc(1 + ((asked * 7_919) % MAX_POST_BYTES), 'x') : undefined;
    const sentMs = nowMs();
    const { method, backend, wrong } = await ask(lane, agent, name, sent);
    count(lane, { name, method, backend, wrong, sentMs, failedMs: nowMs() });
    await pause(lane.pauseMs);
  }
  agent?.destroy();
}

function count({ port, kind }, { name, method, backend, wrong, sentMs, failedMs }) {
  report.requests += 1;
  if (method === 'POST') report.posts += 1;
  if (wrong === undefined) {
    report.answers[backend] = (report.answers[backend] ?? 0) + 1;
    return;
  }
  report.failed += 1;
  told += 1;
  if (told <= MAX_FAILURES) report.failures.push({ name, port, kind, method, backend, wrong, sentMs, failedMs });
}

const workers = [];
process.on('message', async (message) => {
  if (message === 'stop') {
    stopping = true;
    await Promise.all(workers);
    tell();
    process.send('stopped', () => process.exit(0));
    return;
  }
  for (const lane of message.lanes) for (let i = 0; i < lane.workers; i += 1) workers.push(work(lane, workers.length));
});
process.on('disconnect', () => process.exit(0)); // the test has gone
setInterval(tell, TELL_EVERY_MS);
