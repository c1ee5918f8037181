// Generates src/wire/records/crc32c-module.ts, the WebAssembly that computes CRC-32C:
//   npx tsx scripts/crc32c-module.ts
// A test makes it anew and compares.
//
// How it works. WebAssembly has no carry-less multiplication, the usual way to a fast crc. But some multiples of the
// polynomial have few terms, and exponents that are all multiples of 128: adding such a multiple, shifted so that its
// highest term meets a 16-byte vector of the data, clears that vector and changes only a few vectors further on. The
// remainder, and so the crc, stays the same. So a long range folds into a short window at its end with nothing but XORs
// of whole vectors ("Chorba", Russell 2024). The window, and short ranges, go through look-up tables ("braids": three
// independent chains, for a processor does better with three than with one).
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

/** How far on, in vectors of 16 bytes, a vector is added: the terms of x^0 + x^14 + x^39 + x^54 + x^144 + x^209 over x^128. */
const SIX_TERMS = [65, 155, 170, 195, 209];
/** The same of x^0 + x^1 + x^12 + x^18 + x^58 + x^71 + x^75 + x^79: more additions, but a shorter window. */
const EIGHT_TERMS = [4, 8, 21, 61, 67, 78, 79];
/** From these lengths on a multiple pays (measured). */
const SIX_TERMS_FROM_BYTES = 8192;
const EIGHT_TERMS_FROM_BYTES = 2048;

const VECTOR_BYTES = 16;
const WORD_BYTES = 8;
const BRAIDS = 3;
const BRAID_BYTES = BRAIDS * WORD_BYTES;
/** Tables of 24 KiB, the zeroes before the data, 256 KiB of data. */
const PAGES = 5;

/** The XOR of `operands`, nested to the left. */
const xor = (type: 'i32' | 'i64' | 'v128', operands: readonly string[]): string =>
  operands.reduce((left, right) => `(${type}.xor ${left} ${right})`);

const advance = (bytes: number): string => `
    (local.set $at (i32.add (local.get $at) (i32.const ${bytes})))
    (local.set $left (i32.sub (local.get $left) (i32.const ${bytes})))`;

/** The crc of the eight bytes in the i64 `word`, followed by `zeroes` zero bytes: one look-up a byte. */
function lookUpWord(word: string, zeroes: number): string {
  const lookUps = Array.from({ length: WORD_BYTES }, (_, index) => {
    const shifted = index === 0 ? `(local.get ${word})` : `(i64.shr_u (local.get ${word}) (i64.const ${index * 8}))`;
    const byte = `(i32.and (i32.wrap_i64 ${shifted}) (i32.const 255))`;
    const table = (WORD_BYTES - 1 - index + zeroes) * 1024;
    return `(i32.load offset=${table} (i32.shl ${byte} (i32.const 2)))`;
  });
  return xor('i32', lookUps);
}

const loadWord = (index: number, crc: string): string =>
  `(i64.xor (i64.load offset=${index * WORD_BYTES} align=1 (local.get $at)) (i64.extend_i32_u ${crc}))`;

/** $tables: the crc register after $left bytes at $at, by look-up. */
function tablesFunction(): string {
  const braids = [...Array(BRAIDS).keys()];
  return `
  (func $tables (param $crc i32) (param $at i32) (param $left i32) (result i32)
    (local $word i64) ${braids.map((i) => `(local $crc${i} i32) (local $word${i} i64)`).join(' ')}
    (if (i32.ge_u (local.get $left) (i32.const ${2 * BRAID_BYTES})) (then
      (local.set $crc0 (local.get $crc))
      (loop $braid
        ${braids.map((i) => `(local.set $word${i} ${loadWord(i, `(local.get $crc${i})`)})`).join('\n')}
        ${braids.map((i) => `(local.set $crc${i} ${lookUpWord(`$word${i}`, BRAID_BYTES - WORD_BYTES)})`).join('\n')}
        ${advance(BRAID_BYTES)}
        (br_if $braid (i32.ge_u (local.get $left) (i32.const ${2 * BRAID_BYTES}))))
      (local.set $crc (i32.const 0))
      ${braids
        .map(
          (i) => `
      (local.set $word ${loadWord(i, `(i32.xor (local.get $crc) (local.get $crc${i}))`)})
      (local.set $crc ${lookUpWord('$word', 0)})`,
        )
        .join('')}
      ${advance(BRAID_BYTES)}))
    (block $words_end (loop $words
      (br_if $words_end (i32.lt_u (local.get $left) (i32.const ${WORD_BYTES})))
      (local.set $word ${loadWord(0, '(local.get $crc)')})
      (local.set $crc ${lookUpWord('$word', 0)})
      ${advance(WORD_BYTES)}
      (br $words)))
    (block $bytes_end (loop $bytes
      (br_if $bytes_end (i32.eqz (local.get $left)))
      (local.set $crc (i32.xor
        (i32.load (i32.shl (i32.and (i32.xor (local.get $crc) (i32.load8_u (local.get $at))) (i32.const 255)) (i32.const 2)))
        (i32.shr_u (local.get $crc) (i32.const 8))))
      ${advance(1)}
      (br $bytes)))
    (local.get $crc))`;
}

/**
 * Folds $vectors vectors at $at into the last of them, as many as the highest distance; returns where those begin. Each
 * vector takes in the finished ones `distances` before it, so the loop writes every vector once.
 */
function foldFunction(name: string, distances: readonly number[]): string {
  const window = Math.max(...distances);
  const address = (vectors: number): string => `(i32.add (local.get $window) (i32.const ${vectors * VECTOR_BYTES}))`;
  // In the window, a vector takes in only what lies before the window: a distance drops out where it would reach inside.
  const passes = distances.map((distance, index) =>
    foldPass(`${name}${index}`, distances.slice(index), window, address(distance), index === 0 ? 4 : 2),
  );
  return `
  (func ${name} (param $at i32) (param $vectors i32) (result i32) (local $window i32) (local $from i32) (local $end i32)
    (memory.fill
      (i32.sub (local.get $at) (i32.const ${window * VECTOR_BYTES})) (i32.const 0) (i32.const ${window * VECTOR_BYTES}))
    (local.set $window
      (i32.add (local.get $at) (i32.shl (i32.sub (local.get $vectors) (i32.const ${window})) (i32.const 4))))
    ${passes.join('')}
    (local.get $window))`;
}

/** Takes `distances` into each vector from $at to the address `end`, `unrolled` of them a turn; $at ends there. */
function foldPass(label: string, distances: readonly number[], window: number, end: string, unrolled: number): string {
  // Addresses count from a window before the vector, since load offsets cannot be negative.
  const load = (back: number, step: number): string =>
    `(v128.load offset=${(window - back + step) * VECTOR_BYTES} (local.get $from))`;
  const take = (step: number): string =>
    `(v128.store offset=${(window + step) * VECTOR_BYTES} (local.get $from)
      ${xor(
        'v128',
        [0, ...distances].map((back) => load(back, step)),
      )})`;
  const forward = (vectors: number): string =>
    `(local.set $from (i32.add (local.get $from) (i32.const ${vectors * VECTOR_BYTES})))`;
  const back = window * VECTOR_BYTES;
  return `
    (local.set $from (i32.sub (local.get $at) (i32.const ${back})))
    (local.set $end (i32.sub ${end} (i32.const ${back})))
    (block ${label}_many_end (loop ${label}_many
      (br_if ${label}_many_end
        (i32.gt_u (i32.add (local.get $from) (i32.const ${unrolled * VECTOR_BYTES})) (local.get $end)))
      ${[...Array(unrolled).keys()].map(take).join('\n')}
      ${forward(unrolled)}
      (br ${label}_many)))
    (block ${label}_one_end (loop ${label}_one
      (br_if ${label}_one_end (i32.ge_u (local.get $from) (local.get $end)))
      ${take(0)}
      ${forward(1)}
      (br ${label}_one)))
    (local.set $at ${end})`;
}

/** `crc32c(crc, at, bytes)`: the crc after `bytes` more bytes; 0 to begin with. What lies at `at` is overwritten. */
function moduleText(): string {
  const foldFrom = (bytes: number, fold: string): string => `
    (if (i32.ge_u (local.get $left) (i32.const ${bytes})) (then
      (local.set $at (call ${fold} (local.get $at) (i32.shr_u (local.get $left) (i32.const 4))))
      (local.set $left (i32.sub (local.get $end) (local.get $at)))))`;
  return `(module
  (memory (export "memory") ${PAGES})
  ${tablesFunction()}
  ${foldFunction('$fold6', SIX_TERMS)}
  ${foldFunction('$fold8', EIGHT_TERMS)}
  (func (export "crc32c") (param $crc i32) (param $at i32) (param $left i32) (result i32) (local $end i32)
    (local.set $crc (i32.xor (local.get $crc) (i32.const -1)))
    (if (i32.ge_u (local.get $left) (i32.const ${EIGHT_TERMS_FROM_BYTES})) (then
      (local.set $end (i32.add (local.get $at) (local.get $left)))
      ;; Folding wants the register among the data: it is added to the first four bytes.
      (i32.store (local.get $at) (i32.xor (i32.load (local.get $at)) (local.get $crc)))
      (local.set $crc (i32.const 0))
      ${foldFrom(SIX_TERMS_FROM_BYTES, '$fold6')}
      ${foldFrom(EIGHT_TERMS_FROM_BYTES, '$fold8')}))
    (i32.xor (call $tables (local.get $crc) (local.get $at) (local.get $left)) (i32.const -1)))
)`;
}

/** The text of the generated file. */
export async function crc32cModuleSource(): Promise<string> {
  const compiler = await wabt();
  const parsed = compiler.parseWat('crc32c.wat', moduleText(), { simd: true, bulk_memory: true });
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,110}/g) ?? [];
  return `// Generated by scripts/crc32c-module.ts, which tells how it works.
export const CRC32C_MODULE =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

const target = new URL('../src/wire/records/crc32c-module.ts', import.meta.url);
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await crc32cModuleSource());
