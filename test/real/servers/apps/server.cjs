// A Node program with the times of its descriptor, which drains as the documentation of Node recommends.
const http = require('node:http');

const seconds = (name) => (process.env[name] === undefined ? undefined : Number(process.env[name]));
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time * 1000));

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://container');
  const time = Number(url.searchParams.get('seconds') ?? 0);
  if (url.pathname === '/stream') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    for (let part = 0; part < 10; part++) {
      await wait(time / 10);
      response.write('part\n');
    }
    response.end();
    return;
  }
  await wait(time);
  response.end('ok');
});
const keepAlive = seconds('PROBE_KEEP_ALIVE');
if (keepAlive !== undefined) server.keepAliveTimeout = keepAlive * 1000;
if (process.env.PROBE_DRAINS === 'yes') process.once('SIGTERM', () => server.close());
setTimeout(() => server.listen(Number(process.env.PORT), '0.0.0.0'), (seconds('PROBE_LOAD') ?? 0) * 1000);
