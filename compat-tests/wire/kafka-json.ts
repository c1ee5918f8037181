/** Messages as Kafka's JSON converters spell them. */
import type { FieldPlan, StructPlan } from '../../src/wire/plan.ts';

type Values = Readonly<Record<string, unknown>>;

/** A number in words of our own: JSON.stringify would round a long, and leave a whole float without its point. */
const spelled = (text: string): { $number: string } => ({ $number: text });

export function toKafkaJson(plan: StructPlan, value: Values): string {
  return JSON.stringify(structOf(plan, value)).replaceAll(/\{"\$number":"([^"]+)"\}/g, '$1');
}

function structOf(plan: StructPlan, value: Values): Values {
  const fields = [...plan.wire, ...plan.tagged];
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, value[field.name])]));
}

function valueOf(field: FieldPlan, value: unknown): unknown {
  if (value === null) return null;
  switch (field.kind) {
    case 'array':
      return (value as unknown[]).map((item) => valueOf(field.element as FieldPlan, item));
    case 'struct':
      return structOf(field.struct as StructPlan, value as Values);
    case 'records':
    case 'bytes':
      return (value as Buffer).toString('base64');
    case 'int64':
      return (value as number) >= 2 ** 63 ? spelled('9223372036854775807') : value;
    case 'bigint64':
      return spelled((value as bigint).toString());
    case 'float64':
      return Number.isInteger(value) ? spelled((value as number).toFixed(1)) : value;
    default:
      return value;
  }
}

/** Where Kafka's JSON of a message differs from our value, or undefined. Kafka leaves out tagged fields at their default. */
export function difference(plan: StructPlan, ours: Values, kafkas: Values, path = plan.path): string | undefined {
  for (const field of [...plan.wire, ...plan.tagged]) {
    const own = `${path}.${field.name}`;
    const size = kafkas[`${field.name}SizeInBytes`];
    if (field.kind === 'records' && size !== undefined) {
      if (size !== (ours[field.name] as Buffer).length) return `${own}: Kafka has ${JSON.stringify(size)} bytes`;
    } else if (field.name in kafkas) {
      const found = differenceOf(field, ours[field.name], kafkas[field.name], own);
      if (found !== undefined) return found;
    } else if (field.tag === undefined) {
      return `${own} is missing`;
    }
  }
  return undefined;
}

function differenceOf(field: FieldPlan, ours: unknown, kafkas: unknown, path: string): string | undefined {
  if (ours === null || kafkas === null) return ours === kafkas ? undefined : `${path}: only one is null`;
  switch (field.kind) {
    case 'array': {
      const [mine, theirs] = [ours as unknown[], kafkas as unknown[]];
      if (mine.length !== theirs.length) return `${path}: ${mine.length} elements, Kafka has ${theirs.length}`;
      for (const [i, item] of mine.entries()) {
        const found = differenceOf(field.element as FieldPlan, item, theirs[i], `${path}[${i}]`);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'struct':
      return difference(field.struct as StructPlan, ours as Values, kafkas as Values, path);
    case 'records':
    case 'bytes':
      return (ours as Buffer).toString('base64') === kafkas ? undefined : `${path}: other bytes`;
    case 'bigint64':
      // Kafka's JSON was read into numbers.
      return Number(ours) === kafkas
        ? undefined
        : `${path}: ${(ours as bigint).toString()}, Kafka has ${JSON.stringify(kafkas)}`;
    default:
      return ours === kafkas ? undefined : `${path}: ${JSON.stringify(ours)}, Kafka has ${JSON.stringify(kafkas)}`;
  }
}
