import { isHostAndPort } from './listeners.ts';

/** Rules of single configs that a range or a list of values cannot say. Each returns what is wrong, if anything is. */

/** `*`, or partition:broker pairs (Kafka's ThrottledReplicaListValidator). */
export function throttledReplicas(items: readonly string[]): string | undefined {
  if (items.length === 1 && items[0] === '*') return undefined;
  return items.every((item) => /^(\d+:\d+)?$/.test(item))
    ? undefined
    : 'it must be * or a list of partition:broker pairs';
}

/** `latest`, `earliest`, or `by_duration:` with an ISO-8601 duration of days or less that is not negative (KIP-1106). */
export function autoOffsetReset(value: string): string | undefined {
  if (value === 'latest' || value === 'earliest') return undefined;
  const duration = value.startsWith('by_duration:') ? value.slice('by_duration:'.length) : '';
  const isDuration = /^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+([.]\d{0,9})?S)?)?$/i.test(duration);
  return isDuration ? undefined : 'it must be latest, earliest or by_duration:PnDTnHnMn.nS';
}

/** address:number pairs, separated by commas. */
export function connectionLimits(value: string): string | undefined {
  if (value === '') return undefined;
  const stranger = value.split(',').find((pair) => !/^.+:\s*\d{1,10}$/.test(pair.trim()));
  return stranger === undefined ? undefined : `'${stranger}' is not of the form address:number`;
}

/** id@host:port entries. */
export function quorumVoters(items: readonly string[]): string | undefined {
  const stranger = items.find((item) => {
    const at = item.indexOf('@');
    return !/^\d{1,9}$/.test(item.slice(0, at)) || !isHostAndPort(item.slice(at + 1));
  });
  return stranger === undefined ? undefined : `'${stranger}' is not of the form id@host:port`;
}

/** host:port entries. */
export function bootstrapServers(items: readonly string[]): string | undefined {
  const stranger = items.find((item) => !isHostAndPort(item));
  return stranger === undefined ? undefined : `'${stranger}' is not of the form host:port`;
}

const clientAttributes = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
];

/** attribute=pattern entries (KIP-714). */
export function clientMatch(items: readonly string[]): string | undefined {
  for (const item of items) {
    const [attribute = '', pattern, ...more] = item.split('=').map((part) => part.trim());
    if (pattern === undefined || pattern === '' || more.length > 0)
      return `'${item}' is not of the form attribute=pattern`;
    if (!clientAttributes.includes(attribute)) return `'${attribute}' is not one of ${clientAttributes.join(', ')}`;
    if (!isPattern(pattern)) return `'${pattern}' is not a pattern`;
  }
  return undefined;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
