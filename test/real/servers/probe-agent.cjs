// Opens connections inside a container's network namespace and tells its parent what happens on each, and when.
// A connection stays half open when the server has closed its side, as a client's does that has not noticed yet.
const net = require('node:net');

const sockets = new Map();

function open({ id, host, port }) {
  const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  // What the parent no longer wants to hear is dropped.
  const tell = (event, more) => process.connected && process.send({ id, at: Date.now(), event, ...more }, () => {});
  sockets.set(id, socket);
  socket.on('connect', () => tell('open'));
  socket.on('data', (data) => tell('data', { text: data.toString('latin1') }));
  socket.on('end', () => tell('end'));
  socket.on('error', ({ code }) => tell('error', { code }));
  socket.on('close', () => {
    sockets.delete(id);
    tell('close');
  });
}

process.on('message', (message) => {
  if (message.what === 'open') open(message);
  else if (message.what === 'write') sockets.get(message.id)?.write(Buffer.from(message.text, 'latin1'));
  else if (message.what === 'destroy') sockets.get(message.id)?.destroy();
});
process.on('disconnect', () => process.exit());
process.send({ event: 'ready' });
