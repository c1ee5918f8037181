import { join } from 'node:path';
import { FileError, randomUuid, type FileSystem, type Random } from '../base/index.ts';
import { withChecksum, withoutChecksum } from './blank-checksum.ts';
import { LogDirectoryError } from './log-directory-error.ts';

const FILE = 'meta.properties';
const VERSION = '1';

/** Whose data a log directory holds. */
export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: string;
}

export interface ExpectedMeta {
  readonly nodeId: number;
  readonly clusterId: string | undefined;
}

/** The cluster that a folder belongs to; undefined for a new one and for one that cannot be read. */
export function clusterIdOf(fs: FileSystem, directory: string): string | undefined {
  try {
    const path = join(directory, FILE);
    return fs.info(path) === undefined ? undefined : parse(fs.readFile(path).toString('utf8')).get('cluster.id');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return undefined;
  }
}

/**
 * Reads `meta.properties` (version 1) and checks it against who we are, or writes it in a new folder.
 * @throws LogDirectoryError when the folder is another broker's or cluster's, or of a later format
 */
export function settleMetaProperties(
  fs: FileSystem,
  random: Random,
  directory: string,
  expected: ExpectedMeta,
): MetaProperties {
  const path = join(directory, FILE);
  if (fs.info(path) === undefined) {
    const created = {
      clusterId: expected.clusterId ?? randomUuid(random),
      nodeId: expected.nodeId,
      directoryId: randomUuid(random),
    };
    write(fs, path, created);
    return created;
  }
  const text = fs.readFile(path).toString('utf8');
  if (withoutChecksum(text) === undefined) {
    throw new LogDirectoryError(
      directory,
      `${path} is damaged: its last line does not match the others. Restore the file; if it was edited on purpose, remove that line`,
    );
  }
  const fields = parse(text);
  const version = fields.get('version');
  if (version !== VERSION) {
    const what = version === undefined ? 'has no version' : `has version ${version}`;
    throw new LogDirectoryError(
      directory,
      `${path} ${what}, and only version ${VERSION} is known: use a broker of the version that wrote it, or another directory`,
    );
  }
  const clusterId = fields.get('cluster.id');
  if (clusterId === undefined || clusterId === '') {
    throw new LogDirectoryError(directory, `${path} has no cluster.id: restore the file, or use another directory`);
  }
  if (expected.clusterId !== undefined && clusterId !== expected.clusterId) {
    throw new LogDirectoryError(
      directory,
      `${directory} belongs to cluster ${clusterId}, and this broker to ${expected.clusterId}: start with that cluster id, or use another directory`,
    );
  }
  const nodeId = fields.get('node.id');
  if (nodeId !== String(expected.nodeId)) {
    throw new LogDirectoryError(
      directory,
      `${directory} belongs to node ${nodeId ?? '(none)'}, and this is node ${expected.nodeId}: set node.id to ${nodeId ?? 'the right one'}, or use another directory`,
    );
  }
  const directoryId = fields.get('directory.id') ?? randomUuid(random);
  const found = { clusterId, nodeId: expected.nodeId, directoryId };
  if (!fields.has('directory.id')) write(fs, path, found);
  return found;
}

function write(fs: FileSystem, path: string, { clusterId, nodeId, directoryId }: MetaProperties): void {
  const lines = [`cluster.id=${clusterId}`, `directory.id=${directoryId}`, `node.id=${nodeId}`, `version=${VERSION}`];
  fs.replaceFile(path, withChecksum(`#\n${lines.join('\n')}\n# checksum:\n`));
}

/** The part of Java's property files that brokers write here: `name=value` and comments, with backslashes before some signs. */
function parse(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (match !== null) fields.set(match[1] as string, (match[2] as string).replace(/\\(.)/g, '$1'));
  }
  return fields;
}
