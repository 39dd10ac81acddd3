// An echo bot: node bot.js [PORT]
const http = require('http');

http.createServer((request, response) => {
  if (request.method !== 'POST') { // the check command asks with OPTIONS, a browser with GET
    response.writeHead(405).end();
    return;
  }
  let json = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => { json += chunk; });
  request.on('end', () => {
    const received = JSON.parse(json);
    if (received.body === undefined) { // somebody types, has read, reacts: nothing was said
      response.writeHead(204).end();
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ body: `Did you say ${received.body}?` }));
  });
}).listen(Number(process.argv[2] || 8080), '127.0.0.1');
