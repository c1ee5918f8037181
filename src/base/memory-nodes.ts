import { Content } from './memory-content.ts';
import type { SeededRandom } from './random.ts';

/** One write or truncation since the last sync of a file. */
type Unsynced =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

/** A file of the memory file system, whatever its names are. */
export class FileNode {
  readonly live: Content;
  /** Kept only where crashes are simulated: the content as the platters have it, and what came after. */
  readonly #synced: Content | undefined;
  #unsynced: Unsynced[] = [];
  modifiedMs: number;
  /** How many writes are under way. */
  writing = 0;

  constructor(modifiedMs: number, simulateCrashes: boolean, content = new Content()) {
    this.modifiedMs = modifiedMs;
    this.live = content;
    if (simulateCrashes) this.#synced = content.copy();
  }

  write(bytes: Uint8Array, position: number): void {
    this.live.write(bytes, position);
    if (this.#synced !== undefined) this.#unsynced.push({ kind: 'write', position, bytes: Buffer.from(bytes) });
  }

  truncate(size: number): void {
    this.live.truncate(size);
    if (this.#synced !== undefined) this.#unsynced.push({ kind: 'truncate', size });
  }

  sync(): void {
    if (this.#synced === undefined) return;
    for (const change of this.#unsynced.splice(0)) apply(change, this.#synced);
  }

  /** What the platters have after a loss of power: every unsynced change is there, torn, or lost. */
  survivor(random: SeededRandom): FileNode {
    if (this.#synced === undefined) throw new Error('a loss of power needs { simulateCrashes: true }');
    const after = this.#synced.copy();
    for (const change of this.#unsynced) {
      if (random.chance(50)) continue;
      const isTorn = change.kind === 'write' && !random.chance(70);
      apply(
        isTorn ? { ...change, bytes: change.bytes.subarray(0, random.below(change.bytes.length + 1)) } : change,
        after,
      );
    }
    return new FileNode(this.modifiedMs, true, after);
  }
}

function apply(change: Unsynced, content: Content): void {
  if (change.kind === 'truncate') content.truncate(change.size);
  else content.write(change.bytes, change.position);
}

export type MemoryNode = FileNode | DirectoryNode;

/** What became of some names at once, as by one call: a rename takes one away and gives another. */
type EntryChange = readonly (readonly [name: string, node: MemoryNode | undefined])[];

/** A directory: names, and what they stand for. */
export class DirectoryNode {
  readonly entries = new Map<string, MemoryNode>();
  /** Kept only where crashes are simulated: the entries as the platters have them, and what came after. */
  readonly #synced: Map<string, MemoryNode> | undefined;
  #unsynced: EntryChange[] = [];

  constructor(simulateCrashes: boolean) {
    if (simulateCrashes) this.#synced = new Map();
  }

  change(change: EntryChange): void {
    applyEntries(change, this.entries);
    if (this.#synced !== undefined) this.#unsynced.push(change);
  }

  sync(): void {
    if (this.#synced === undefined) return;
    for (const change of this.#unsynced.splice(0)) applyEntries(change, this.#synced);
  }

  /**
   * What the platters have after a loss of power: unsynced changes up to some moment, as file systems with a journal have it, or
   * any of them, as the standard allows.
   */
  survivor(random: SeededRandom): DirectoryNode {
    if (this.#synced === undefined) throw new Error('a loss of power needs { simulateCrashes: true }');
    const entries = new Map(this.#synced);
    const isJournaled = random.chance(50);
    const journaled = random.below(this.#unsynced.length + 1);
    for (const [i, change] of this.#unsynced.entries())
      if (isJournaled ? i < journaled : random.chance(50)) applyEntries(change, entries);
    const survivor = new DirectoryNode(true);
    for (const [name, node] of entries) survivor.change([[name, node.survivor(random)]]);
    survivor.sync();
    return survivor;
  }
}

function applyEntries(change: EntryChange, entries: Map<string, MemoryNode>): void {
  for (const [name, node] of change) {
    if (node === undefined) entries.delete(name);
    else {
      // No file has two names: a later rename that is kept takes the name away that an earlier one, lost, would have.
      for (const [other, same] of entries) if (same === node) entries.delete(other);
      entries.set(name, node);
    }
  }
}
