/**
 * The least that a broker can be in Node: no broker, but what one is held against. It has the sockets, codecs and the checksum of
 * ours, and no more: it checks nothing but that checksum, forgets all when it ends, knows of no transaction and no second member of
 * a group. What it costs, the system, Node and the checksum cost. With `--keep nothing` batches are not even looked at: what stock
 * producers reach then is all they can.
 *
 *   npm run bench -- --floor
 *   node --import tsx bench/floor.ts --port 9092 --dir FOLDER [--keep nothing]
 */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/index.ts';
import { BufferPool } from '../src/server/buffer-pool.ts';
import { FrameAssembler } from '../src/server/frame-assembler.ts';
import { receiveInto } from '../src/server/receiving.ts';
import { codec, encodeResponseFrame, ErrorCode, isHere, Reader, readRequestHeader } from '../src/wire/index.ts';
import { ApiVersionsResponse, FetchRequest } from '../src/wire/messages/index.ts';
import { apisOf } from './floor/apis.ts';

const MAX_FRAME_BYTES = 256 * 1024 * 1024;
const POOL_BYTES = 64 * 1024 * 1024;
/** An answer to Fetch that is smaller has no records. It waits, so that a consumer at the end does not ask all the time. */
const EMPTY_ANSWER_BYTES = 1024;
const EMPTY_ANSWER_MS = 1;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9092' },
    dir: { type: 'string', default: 'floor-data' },
    keep: { type: 'string', default: 'records' },
  },
});
const port = Number(values.port);
const pool = new BufferPool(POOL_BYTES, systemClock);
const apis = apisOf({ port, folder: values.keep === 'nothing' ? undefined : values.dir, pool });
const landing = Buffer.allocUnsafeSlow(256 * 1024);

/** The answer in chunks, and which API's it is. */
function answerTo(frame: Buffer): { readonly chunks: readonly Buffer[]; readonly apiKey: number } {
  const reader = new Reader(frame);
  const { apiKey, apiVersion, correlationId } = readRequestHeader(
    reader,
    (key) => apis.get(key)?.request.flexibleSince,
  );
  const api = apis.get(apiKey);
  if (api === undefined) throw new Error(`the floor does not serve API ${apiKey}`);
  if (apiVersion > api.newest) {
    const refusal = { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: [] };
    return { chunks: encodeResponseFrame(ApiVersionsResponse, 0, correlationId, refusal).filter(isHere), apiKey };
  }
  const request = codec(api.request, apiVersion).decode(reader);
  const response = api.answer(request as never);
  return { chunks: encodeResponseFrame(api.response, apiVersion, correlationId, response).filter(isHere), apiKey };
}

createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
  const frames = new FrameAssembler(MAX_FRAME_BYTES, pool);
  let handedOut: Buffer = landing;
  const goOn = (): void => {
    socket.cork();
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      const { chunks, apiKey } = answerTo(frame);
      if (pool.hasLent(frame)) pool.recycle(frame);
      const send = (): void => {
        for (const chunk of chunks) socket.write(chunk, () => pool.recycle(chunk));
      };
      const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
      if (apiKey !== FetchRequest.apiKey || bytes > EMPTY_ANSWER_BYTES) send();
      // A consumer waits for the answer before it asks again.
      else setTimeout(send, EMPTY_ANSWER_MS);
    }
    socket.uncork();
  };
  const receiver = {
    target: () => (handedOut = frames.target ?? landing),
    received: (count: number) => {
      if (handedOut !== landing) {
        frames.landed(count);
        goOn();
        return;
      }
      frames.push(landing.subarray(0, count));
      goOn();
      frames.keep();
    },
  };
  const socket = receiveInto(receiver, accepted);
  socket.on('error', () => undefined);
  socket.resume();
}).listen(port, '127.0.0.1');
