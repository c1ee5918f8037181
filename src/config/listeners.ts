import type { BrokerConfig } from './broker-config.ts';
import type { ConfigProblem } from './definition.ts';

export const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
export type SecurityProtocol = (typeof securityProtocols)[number];

/** A name and an address, of those listened on or of those told to clients. */
export interface Listener {
  /** Upper case, as Kafka keeps it. */
  readonly name: string;
  readonly securityProtocol: SecurityProtocol;
  /** Without brackets; empty for all interfaces, or, where advertised, for the name of this machine. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** What the listener configs of a node come to (the listener part of AbstractKafkaConfig and KafkaConfig). */
export interface Listeners {
  /** Where clients and brokers connect. */
  readonly listeners: readonly Listener[];
  /** Where controllers connect: named in `controller.listener.names`. */
  readonly controllerListeners: readonly Listener[];
  /** One for each of `listeners`, unless `advertised.listeners` leaves some out. */
  readonly advertised: readonly Listener[];
  /** The listener through which brokers reach each other. */
  readonly interBrokerName: string;
}

/**
 * Reads all listener configs together. Problems are what Kafka refuses too, except that a controller may do without a
 * listener here: that of a single node is reached in process.
 */
export function readListeners(config: BrokerConfig): { listeners: Listeners; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const named = config.isSet('controller.listener.names') ? config.get('controller.listener.names') : [];
  const controllerNames = new Set(named.map((name) => name.toUpperCase()));
  const protocols = protocolMap(config, controllerNames, problems);
  const all = parseAll('listeners', config.get('listeners'), protocols, problems);
  problems.push(...duplicateNames('listeners', all), ...duplicatePorts(all));
  const listeners = all.filter((each) => !controllerNames.has(each.name));
  const controllerListeners = all.filter((each) => controllerNames.has(each.name));
  if (listeners.length === 0 && problems.length === 0) {
    problems.push({ name: 'listeners', message: 'listeners has none that is not the controller’s: clients need one' });
  }
  const advertised = advertise(config, listeners, controllerNames, protocols, problems);
  const interBrokerName = interBroker(config, advertised, protocols, problems);
  const roles = config.isSet('process.roles') ? config.get('process.roles') : [];
  if (roles.length === 1 && roles[0] === 'broker' && controllerListeners.length > 0) {
    const names = controllerListeners.map((each) => each.name).join(', ');
    problems.push({ name: 'listeners', message: `listeners has ${names}, but this node is a broker only` });
  }
  return { listeners: { listeners, controllerListeners, advertised, interBrokerName }, problems };
}

/** What is wrong with listening for protocols that Kafka speaks and Ottla does not yet. */
export function unservedListeners({ listeners, controllerListeners }: Listeners): ConfigProblem[] {
  return [...listeners, ...controllerListeners]
    .filter((each) => each.securityProtocol !== 'PLAINTEXT')
    .map((each) => {
      const message = `listener ${each.name} speaks ${each.securityProtocol}, which is not served yet: only PLAINTEXT is`;
      return { name: 'listeners', message };
    });
}

/** `NAME://host:port`; the host may be empty, and a v6 address stands in brackets (or, as Kafka allows, without). */
export function parseEndpoint(text: string): { name: string; host: string; port: number } | undefined {
  const match = /^([^:/]+):\/\/(\[[0-9a-zA-Z\-%._:]*\]|[0-9a-zA-Z\-%._:]*):(\d{1,5})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, name = '', host = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65535) return undefined;
  return { name: name.toUpperCase(), host: host.replace(/^\[(.*)\]$/, '$1'), port };
}

/** Whether text is `host:port` or `[v6 address]:port`. */
export function isHostAndPort(text: string): boolean {
  const match = /^(\[[0-9a-f:.%]+\]|[^:@/\s[\]]+):(\d{1,5})$/i.exec(text);
  return match !== null && Number(match[2]) <= 65535;
}

function isProtocol(text: string): text is SecurityProtocol {
  return (securityProtocols as readonly string[]).includes(text);
}

function protocolMap(
  config: BrokerConfig,
  controllerNames: ReadonlySet<string>,
  problems: ConfigProblem[],
): Map<string, SecurityProtocol> {
  const name = 'listener.security.protocol.map';
  const map = new Map<string, SecurityProtocol>();
  for (const pair of config.get(name).split(',')) {
    if (pair.trim() === '') continue;
    const colon = pair.lastIndexOf(':');
    const listener = pair.slice(0, colon).trim().toUpperCase();
    const protocol = pair
      .slice(colon + 1)
      .trim()
      .toUpperCase();
    if (colon < 1) problems.push({ name, message: `${name}: '${pair}' is not of the form NAME:PROTOCOL` });
    else if (!isProtocol(protocol)) problems.push({ name, message: `${name}: ${unknownProtocol(protocol)}` });
    else map.set(listener, protocol);
  }
  // Only while nobody wrote a map of their own, controllers speak PLAINTEXT unasked.
  if (!config.isSet(name)) {
    for (const each of controllerNames) if (!isProtocol(each)) map.set(each, 'PLAINTEXT');
  }
  return map;
}

function unknownProtocol(protocol: string): string {
  return `'${protocol}' is not a security protocol; there are ${securityProtocols.join(', ')}`;
}

function parseAll(
  name: string,
  texts: readonly string[],
  protocols: ReadonlyMap<string, SecurityProtocol>,
  problems: ConfigProblem[],
): Listener[] {
  const found: Listener[] = [];
  for (const text of texts) {
    const endpoint = parseEndpoint(text);
    if (endpoint === undefined) {
      problems.push({ name, message: `${name}: '${text}' is not of the form NAME://host:port` });
      continue;
    }
    const securityProtocol = protocols.get(endpoint.name);
    if (securityProtocol === undefined) {
      const message = `${name}: listener.security.protocol.map does not say which protocol ${endpoint.name} speaks`;
      problems.push({ name, message });
    } else found.push({ ...endpoint, securityProtocol });
  }
  return found;
}

function duplicateNames(name: string, listeners: readonly Listener[]): ConfigProblem[] {
  const names = listeners.map((each) => each.name);
  const repeated = new Set(names.filter((each, index) => names.indexOf(each) !== index));
  return [...repeated].map((each) => ({ name, message: `${name} names ${each} more than once` }));
}

/** Two listeners may share a port only if one has a v4 and the other a v6 address. Port 0 is no port yet. */
function duplicatePorts(listeners: readonly Listener[]): ConfigProblem[] {
  const ports = new Set(listeners.map((each) => each.port).filter((port) => port !== 0));
  const problems: ConfigProblem[] = [];
  for (const port of ports) {
    const sharing = listeners.filter((each) => each.port === port);
    const isPair = sharing.length === 2 && sharing.some(isV4) && sharing.some(isV6);
    if (sharing.length === 1 || isPair) continue;
    const names = sharing.map((each) => each.name).join(' and ');
    const message = `listeners: ${names} share port ${port}; that works only for one IPv4 and one IPv6 address`;
    problems.push({ name: 'listeners', message });
  }
  return problems;
}

function isV4({ host }: Listener): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isV6({ host }: Listener): boolean {
  return host.includes(':');
}

function advertise(
  config: BrokerConfig,
  listeners: readonly Listener[],
  controllerNames: ReadonlySet<string>,
  protocols: ReadonlyMap<string, SecurityProtocol>,
  problems: ConfigProblem[],
): readonly Listener[] {
  const name = 'advertised.listeners';
  const isSet = config.isSet(name);
  const all = isSet ? parseAll(name, config.get(name), protocols, problems) : listeners;
  if (isSet) problems.push(...duplicateNames(name, all));
  const advertised = all.filter((each) => !controllerNames.has(each.name));
  for (const each of advertised) {
    if (each.host === '0.0.0.0') {
      const hint = isSet ? '' : '; set advertised.listeners';
      const message = `${name}: clients cannot connect to 0.0.0.0, which ${each.name} would tell them${hint}`;
      problems.push({ name, message });
    }
    if (!listeners.some((listener) => listener.name === each.name)) {
      problems.push({ name, message: `${name} names ${each.name}, which is not among listeners` });
    }
  }
  return advertised;
}

function interBroker(
  config: BrokerConfig,
  advertised: readonly Listener[],
  protocols: ReadonlyMap<string, SecurityProtocol>,
  problems: ConfigProblem[],
): string {
  const name = 'inter.broker.listener.name';
  const chosen = config.get(name);
  if (chosen === null) {
    const protocol = config.get('security.inter.broker.protocol');
    if (!advertised.some((each) => each.name === protocol) && problems.length === 0) {
      const message = `${name} must be set: no listener is called ${protocol} (security.inter.broker.protocol)`;
      problems.push({ name, message });
    }
    return protocol;
  }
  const wanted = chosen.toUpperCase();
  if (config.isSet('security.inter.broker.protocol')) {
    problems.push({ name, message: `${name} and security.inter.broker.protocol cannot both be set` });
  }
  if (!protocols.has(wanted)) {
    problems.push({ name, message: `${name}: listener.security.protocol.map does not know ${wanted}` });
  } else if (!advertised.some((each) => each.name === wanted)) {
    const names = advertised.map((each) => each.name).join(', ');
    problems.push({ name, message: `${name}: ${wanted} is not advertised; there are ${names}` });
  }
  return wanted;
}
