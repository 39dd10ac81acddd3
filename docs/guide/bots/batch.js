// An echo bot for one message or many in a POST: node batch.js [PORT]
const http = require('http');

// The reply to one message; null for no reply.
function answer(message) {
  if (message.body === undefined) return null; // somebody types, has read, reacts: nothing was said
  return { body: `Did you say ${message.body}?` };
}

http.createServer((request, response) => {
  if (request.method !== 'POST') { // the check command asks with OPTIONS, a browser with GET
    response.writeHead(405).end();
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const received = JSON.parse(Buffer.concat(parts));
    // With --batch: one answer for each, in the same order.
    const answers = Array.isArray(received) ? received.map(answer) : answer(received) || {};
    const body = JSON.stringify(answers);
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(process.argv[2] || 8080), '127.0.0.1');
