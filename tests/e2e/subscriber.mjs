// An outside client: follows streams with Node's `ws` and prints every frame as a line of JSON.
// subscriber.mjs PORT TOKEN STREAM [EPOCH SEQ]
import WebSocket from 'ws';

const [port, token, stream, epoch, seq] = process.argv.slice(2);
const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, 'callboard.v1', {headers: {authorization: `Bearer ${token}`}});
socket.on('open', () => {
  socket.send(JSON.stringify({t: 'hello', client: {name: 'node', version: '1'}}));
  const since = epoch ? {since: {epoch, seq: Number(seq)}} : {};
  socket.send(JSON.stringify({t: 'sub', id: 'a', stream, ...since}));
});
socket.on('message', (data) => {
  const frames = JSON.parse(data.toString());
  for (const frame of Array.isArray(frames) ? frames : [frames]) console.log(JSON.stringify(frame));
});
socket.on('close', (code) => process.exit(code === 1000 || code === 4000 ? 0 : 3));
socket.on('error', (error) => {
  console.error(String(error));
  process.exit(3);
});
