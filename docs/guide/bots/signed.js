// An echo bot that answers only signed requests: WEBHOOK_SECRET=whsec_... node signed.js [PORT]
// With the public key of a pair in its place, WEBHOOK_SECRET=whpk_..., it verifies ed25519.
const crypto = require('crypto');
const http = require('http');

const SECRET = process.env.WEBHOOK_SECRET;
if (!SECRET) throw new Error('WEBHOOK_SECRET is not set');

// begin verify
function verified(headers, body) {
  const timestamp = headers['webhook-timestamp'] || '';
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${timestamp}.`), body]);
  const key = Buffer.from(SECRET.replace(/^whsec_/, ''), 'base64');
  const expected = Buffer.from('v1,' + crypto.createHmac('sha256', key).update(signed).digest('base64'));
  return (headers['webhook-signature'] || '').split(' ').map((s) => Buffer.from(s))
    .some((s) => s.length === expected.length && crypto.timingSafeEqual(s, expected));
}
// end verify

// begin verify-ed25519
function verifiedByPublicKey(headers, body) {
  const timestamp = headers['webhook-timestamp'] || '';
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${timestamp}.`), body]);
  const x = Buffer.from(SECRET.replace(/^whpk_/, ''), 'base64').toString('base64url');
  const key = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return (headers['webhook-signature'] || '').split(' ').filter((s) => s.startsWith('v1a,'))
    .some((s) => crypto.verify(null, signed, key, Buffer.from(s.slice(4), 'base64')));
}
// end verify-ed25519

http.createServer((request, response) => {
  if (request.method !== 'POST') { // the check command asks with OPTIONS, a browser with GET
    response.writeHead(405).end();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const verify = SECRET.startsWith('whpk_') ? verifiedByPublicKey : verified;
    if (!verify(request.headers, body)) {
      response.writeHead(401).end();
      return;
    }
    const received = JSON.parse(body);
    if (received.body === undefined) { // somebody types, has read, reacts: nothing was said
      response.writeHead(204).end();
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ body: `Did you say ${received.body}?` }));
  });
}).listen(Number(process.argv[2] || 8080), '127.0.0.1');
