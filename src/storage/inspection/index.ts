export { dumpFile, type DumpOptions, type Item } from './dump-file.ts';
export type { Finding } from './finding.ts';
export { repair, type Repair } from './repair.ts';
export { bytesToVerify, partitionsOf, verifyDirectory } from './verify-directory.ts';
