// Forwards a Unix socket to a TCP address, so that a test reaches a server in a network namespace of its own.
// node forward.cjs SOCKET HOST PORT
const net = require('node:net');

const [path, host, port] = process.argv.slice(2);

net
  .createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ host, port: Number(port), allowHalfOpen: true });
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
  })
  .listen(path);
