// Relays connections, and delays everything on them by DELAY milliseconds:
// relay-process.cjs ADDRESS PORT TO-ADDRESS TO-PORT DELAY
const { createServer, Socket } = require('node:net');

const [address, port, toAddress, toPort, delay] = process.argv.slice(2);
const later = (act) => setTimeout(act, Number(delay));

function pass(from, to) {
  from.on('data', (data) => later(() => to.write(data)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => later(() => to.resetAndDestroy()));
}

createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = new Socket({ allowHalfOpen: true });
  far.connect(Number(toPort), toAddress);
  far.setNoDelay();
  pass(near, far);
  pass(far, near);
}).listen(Number(port), address, () => process.send('ready'));
