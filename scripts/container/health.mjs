// What the image's HEALTHCHECK asks: /health, which is 503 only when the agent itself fails. Where it is, the agent's own variables
// say. An agent whose file names a certificate says over plain HTTP that it speaks TLS, and is asked again.
import { request as overTcp } from 'node:http';
import { request as overTls } from 'node:https';

const TIMEOUT_MS = 4000;
const { HTTP_BIND_IP = '', HTTP_PORT = '', HTTP_TLS_CERT = '' } = process.env;
const where = {
  host: ['', '0.0.0.0', '::'].includes(HTTP_BIND_IP) ? '127.0.0.1' : HTTP_BIND_IP,
  port: HTTP_PORT || 7777,
  path: '/health',
  agent: false,
  signal: AbortSignal.timeout(TIMEOUT_MS),
  rejectUnauthorized: false, // the certificate is for the name that others know
};

function statusOver(request) {
  return new Promise((resolve, reject) => {
    const asked = request(where, (answer) => resolve(answer.resume().statusCode));
    asked.on('error', reject).end();
  });
}

try {
  let status = await statusOver(HTTP_TLS_CERT === '' ? overTcp : overTls);
  if (status === 400) status = await statusOver(overTls);
  if (status !== 200) throw new Error(`/health answered ${status}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
