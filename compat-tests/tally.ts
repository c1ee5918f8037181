/** Counts what a suite shows, prints a line for each, and says at the end how it went. */
export class Tally {
  private readonly suite: string;
  private passed = 0;
  private failed = 0;

  constructor(suite: string) {
    this.suite = suite;
  }

  ok(what: string): void {
    this.passed++;
    console.log(`ok ${what}`);
  }

  fail(what: string, why: unknown): void {
    this.failed++;
    console.log(`FAIL ${what}: ${reason(why)}`);
  }

  /** Runs one check; a check that throws, or takes longer than `limitMs`, has failed. Says whether it passed. */
  async check(what: string, run: () => Promise<void> | void, limitMs = 60_000): Promise<boolean> {
    try {
      await within(limitMs, run);
      this.ok(what);
      return true;
    } catch (error) {
      this.fail(what, error);
      return false;
    }
  }

  /** Prints the closing line and leaves the exit code: 0 only when something ran and nothing failed. */
  close(): void {
    console.log(`${this.suite}: ${this.passed} passed, ${this.failed} failed`);
    if (this.failed > 0 || this.passed === 0) process.exitCode = 1;
  }
}

/** What `run` throws, or that it took longer than `limitMs`, is thrown. */
export async function within(limitMs: number, run: () => Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function reason(why: unknown): string {
  const text = why instanceof Error ? why.message : String(why);
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' | ')
    .slice(0, 600);
}
