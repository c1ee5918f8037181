/**
 * Frames: four bytes of size, a header, a body.
 *
 * A request header is flexible (v2) where the request's version is, else v1. A response header carries tags (v1) where
 * the response's version is flexible, else it is only the correlation id (v0), and always only that for ApiVersions:
 * its client does not know yet what the broker speaks (KIP-511).
 */
import { codec } from './codec.ts';
import type { Chunk } from './later-bytes.ts';
import { Reader } from './reader.ts';
import type { Input, Message } from './schema.ts';
import { withWriter } from './whole-message.ts';
import type { Writer } from './writer.ts';

const API_VERSIONS = 18;

export interface RequestFrameHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Where the body starts in the frame. */
  readonly bodyAt: number;
}

/**
 * Reads the header of a request frame (without its size), up to the body. `flexibleSince` answers the first flexible version of an
 * API, or undefined for one that is not known; such a header is read as v1, so its sender can still be named. A
 * version that is not known is read like the newest one: an ApiVersions request of any version can be answered.
 * Throws WireError if the frame ends early or the client id is malformed.
 */
export function readRequestHeader(
  reader: Reader,
  flexibleSince: (apiKey: number) => number | undefined,
): RequestFrameHeader {
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  const clientId = reader.text(reader.int16());
  if (apiVersion >= (flexibleSince(apiKey) ?? Infinity)) skipTagged(reader);
  return { apiKey, apiVersion, correlationId, clientId, bodyAt: reader.position };
}

/** A whole response frame in chunks: byte fields over 512 bytes are not copied, and records may come later. */
export function encodeResponseFrame<M extends Message>(
  response: M,
  version: number,
  correlationId: number,
  value: Input<M>,
): Chunk[] {
  return withWriter((writer) => {
    writer.int32(0);
    writer.int32(correlationId);
    if (hasTaggedHeader(response, version)) writer.uvarint(0);
    codec(response, version).encode(writer, value);
    writeSize(writer);
    return writer.finishChunks();
  });
}

/** Reads the header of a response frame (without its size). Throws WireError if the frame ends early. */
export function readResponseHeader(
  frame: Buffer,
  response: Message,
  version: number,
): { correlationId: number; bodyAt: number } {
  const reader = new Reader(frame);
  const correlationId = reader.int32();
  if (hasTaggedHeader(response, version)) skipTagged(reader);
  return { correlationId, bodyAt: reader.position };
}

/** A whole request frame in chunks for one `writev`: byte fields over 512 bytes are not copied. */
export function encodeRequestFrame<M extends Message>(
  request: M,
  version: number,
  header: { correlationId: number; clientId: string | null },
  value: Input<M>,
): Buffer[] {
  return withWriter((writer) => {
    writer.int32(0);
    writer.int16(request.apiKey);
    writer.int16(version);
    writer.int32(header.correlationId);
    if (header.clientId === null) writer.int16(-1);
    else writer.string(header.clientId);
    if (version >= request.flexibleSince) writer.uvarint(0);
    codec(request, version).encode(writer, value);
    writeSize(writer);
    return writer.finish();
  });
}

const hasTaggedHeader = (response: Message, version: number): boolean =>
  response.apiKey !== API_VERSIONS && version >= response.flexibleSince;

function writeSize(writer: Writer): void {
  writer.view.setInt32(0, writer.length - 4);
}

function skipTagged(reader: Reader): void {
  for (let left = reader.uvarint() | 0; left > 0; left--) {
    reader.uvarint();
    reader.take(reader.uvarint());
  }
}
