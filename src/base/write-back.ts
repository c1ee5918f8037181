import * as fs from 'node:fs';

const PATH = '/proc/vmstat';
/** Of what the system lets lie in memory before it begins to write: writes that fall into the beginning wait as well. */
const NEARLY = 0.9;
/** Less than this on its way to disks is soon there. */
const FEW_PAGES = 1024;

const text = Buffer.allocUnsafeSlow(16 * 1024);
let file: number | undefined;

function open(): number {
  try {
    return fs.openSync(PATH, fs.constants.O_RDONLY);
  } catch {
    return -1;
  }
}

/** Whether Linux writes much to disks from its memory, or is about to; false where it cannot be asked. Takes some 30 us. */
export function isWritingBack(): boolean {
  file ??= open();
  if (file < 0) return false;
  return isBusy(text.toString('latin1', 0, fs.readSync(file, text, 0, text.length, 0)));
}

/** @param vmstat a line for each figure, in pages: `nr_dirty 12` */
export function isBusy(vmstat: string): boolean {
  const pages = (name: string): number => {
    const at = vmstat.indexOf(`\n${name} `);
    return at < 0 ? NaN : parseInt(vmstat.slice(at + name.length + 2, at + name.length + 24), 10);
  };
  const writing = pages('nr_writeback');
  return writing >= FEW_PAGES || pages('nr_dirty') + writing >= NEARLY * pages('nr_dirty_background_threshold');
}
