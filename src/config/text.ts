/** Reads a whole number as Java's Long.parseLong does (`+5` and `007` are fine, `1e3` and `1_000` are not), or undefined. */
export function wholeNumber(text: string, bits: number): bigint | undefined {
  if (!/^[+-]?\d{1,100}$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const limit = 1n << BigInt(bits - 1);
  return value >= -limit && value < limit ? value : undefined;
}

/** A number the way Java's Double.toString writes it: `0.5`, `1.0`, `1.0E-4`, `1.2345678E7`. */
export function canonicalDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const plain = Object.is(value, -0) ? '-0' : String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** Splits a comma-separated list; blanks around items do not count. Nothing but blanks is the empty list. */
export function splitList(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim());
}
