/** Protobuf wire types. */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** The fields on the way from OpenTelemetry's MetricsData to its metrics: resource_metrics, scope_metrics, metrics. */
const path = [1, 2, 2] as const;

/** How many metrics an OpenTelemetry MetricsData message (protobuf) holds, or undefined where it is none. */
export function countMetrics(data: Buffer): number | undefined {
  return count(data, 0, data.length, 0);
}

function count(data: Buffer, from: number, to: number, depth: number): number | undefined {
  let total = 0;
  let at = from;
  while (at < to) {
    const tag = varint(data, at, to);
    if (tag === undefined) return undefined;
    const [field, type] = [Math.floor(tag.value / 8), tag.value % 8];
    at = tag.end;
    if (type === LENGTH_DELIMITED) {
      const length = varint(data, at, to);
      if (length === undefined || length.value > to - length.end) return undefined;
      const end = length.end + length.value;
      if (field === path[depth]) {
        const inside = depth === path.length - 1 ? 1 : count(data, length.end, end, depth + 1);
        if (inside === undefined) return undefined;
        total += inside;
      }
      at = end;
    } else {
      const end = endOfNumber(data, at, to, type);
      if (end === undefined || end > to) return undefined;
      at = end;
    }
  }
  return total;
}

function endOfNumber(data: Buffer, at: number, to: number, type: number): number | undefined {
  switch (type) {
    case VARINT:
      return varint(data, at, to)?.end;
    case FIXED_64:
      return at + 8;
    case FIXED_32:
      return at + 4;
    default:
      return undefined;
  }
}

/** At most ten bytes of seven bits each. Values beyond 2^53 are rounded: no length can be that large. */
function varint(data: Buffer, from: number, to: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = from, scale = 1; at < to && at < from + 10; at++, scale *= 128) {
    const byte = data[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
