import { FileError } from '../base/index.ts';

/** What there is to do about what a disk says, by Node's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not; give it the right, or choose another place',
  EPERM: 'this user may not; give it the right, or choose another place',
  EROFS: 'that disk is read-only; choose another place',
  EEXIST: 'there is a file of that name; name a folder',
  ENOTDIR: 'a part of that path is a file; name a folder',
  EISDIR: 'that is a folder; name a file',
  ENOENT: 'there is no such file or folder; check the path',
  ENOSPC: 'the disk is full; free some space, or choose another place',
  EDQUOT: 'the quota of the disk is used up; free some space, or choose another place',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'this machine has too many files open; close some programs',
  EIO: 'the disk fails; look at the logs of the machine',
  ENAMETOOLONG: 'the path is too long; choose another place',
};

/** What to do about an error that a disk has caused; undefined where the error says it itself. */
export function adviceOn(error: unknown): string | undefined {
  if (error instanceof FileError) return ADVICE[error.code];
  return error instanceof Error ? adviceOn(error.cause) : undefined;
}

/** Says on stderr what is wrong, and what to do. */
export function complain(error: Error, before = ''): void {
  const advice = adviceOn(error);
  const lines = `${before}${error.message}${advice === undefined ? '' : `: ${advice}`}`.split('\n');
  process.stderr.write(lines.map((line) => `ottla: ${line}\n`).join(''));
}
