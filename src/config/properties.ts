/**
 * Reads the text of a Java .properties file (java.util.Properties.load): `key=value`, `key: value` or `key value`, lines
 * starting with # or !, a backslash at the end of a line to go on in the next, and \t \n \r \f \uXXXX. The last of two
 * equal keys counts. Nothing is an error: an unfinished \u is taken as it stands.
 */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const end = keyEnd(line);
    const rest = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    properties.set(unescape(line.slice(0, end)), unescape(rest));
  }
  return properties;
}

/** Lines joined where a backslash says so, without comments, blank lines and the blanks at their beginning. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (open === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
    const whole: string = (open ?? '') + line;
    if (backslashes % 2 === 1) {
      // A backslash alone begins nothing: what follows may still be a comment.
      open = whole.length > 1 ? whole.slice(0, -1) : undefined;
    } else {
      lines.push(whole);
      open = undefined;
    }
  }
  if (open !== undefined) lines.push(open);
  return lines;
}

/** Where the key ends: at the first separator that no backslash precedes. */
function keyEnd(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\') at++;
    else if ('=: \t\f'.includes(character)) return at;
  }
  return line.length;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (_, code: string | undefined, character = '') =>
    code === undefined
      ? (escapes[character as string] ?? (character as string))
      : String.fromCharCode(parseInt(code, 16)),
  );
}
