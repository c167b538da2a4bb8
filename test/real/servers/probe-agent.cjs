// Opens connections inside a container's network namespace and reports their events with timestamps to its parent.
// A connection stays half open when the server has closed its side, as for a client that has not noticed yet.
const net = require('node:net');

const sockets = new Map();

function open({ id, host, port }) {
  const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  // Events for a parent that has disconnected are dropped.
  const report = (event, more) => process.connected && process.send({ id, at: Date.now(), event, ...more }, () => {});
  sockets.set(id, socket);
  socket.on('connect', () => report('open'));
  socket.on('data', (data) => report('data', { text: data.toString('latin1') }));
  socket.on('end', () => report('end'));
  socket.on('error', ({ code }) => report('error', { code }));
  socket.on('close', () => {
    sockets.delete(id);
    report('close');
  });
}

process.on('message', (message) => {
  if (message.what === 'open') open(message);
  else if (message.what === 'write') sockets.get(message.id)?.write(Buffer.from(message.text, 'latin1'));
  else if (message.what === 'destroy') sockets.get(message.id)?.destroy();
});
process.on('disconnect', () => process.exit());
process.send({ event: 'ready' });
