import { boolean, className, list, password, string } from './definition.ts';

/** TLS: keys, trust, protocols. */
export const sslConfigs = {
  'ssl.protocol': string({ default: 'TLSv1.3', scope: 'per-broker', doc: 'The TLS version contexts are made for.' }),
  'ssl.enabled.protocols': list({ default: ['TLSv1.2', 'TLSv1.3'], scope: 'per-broker', doc: 'TLS versions spoken.' }),
  'ssl.cipher.suites': list({
    default: [],
    scope: 'per-broker',
    doc: 'Cipher suites allowed; all that the platform allows when empty.',
  }),
  'ssl.client.auth': string({
    default: 'none',
    values: ['required', 'requested', 'none'],
    scope: 'per-broker',
    doc: 'Whether clients must show a certificate, may, or are not asked.',
  }),
  'ssl.endpoint.identification.algorithm': string({
    default: 'https',
    scope: 'per-broker',
    doc: "How the name in a server's certificate is checked; empty turns the check off.",
  }),
  'ssl.principal.mapping.rules': string({
    default: 'DEFAULT',
    doc: 'Rules that shorten the names in client certificates; the first that matches counts.',
  }),
  'ssl.keystore.type': string({
    default: 'JKS',
    scope: 'per-broker',
    doc: 'Format of the key store: JKS, PKCS12 or PEM.',
  }),
  'ssl.keystore.location': string({ default: null, scope: 'per-broker', doc: 'Path of the key store.' }),
  'ssl.keystore.password': password({ default: null, scope: 'per-broker', doc: 'Password of the key store.' }),
  'ssl.keystore.key': password({ default: null, scope: 'per-broker', doc: 'The private key itself, as PEM.' }),
  'ssl.keystore.certificate.chain': password({
    default: null,
    scope: 'per-broker',
    doc: 'The certificate chain itself, as PEM.',
  }),
  'ssl.key.password': password({ default: null, scope: 'per-broker', doc: 'Password of the private key.' }),
  'ssl.truststore.type': string({
    default: 'JKS',
    scope: 'per-broker',
    doc: 'Format of the trust store: JKS, PKCS12 or PEM.',
  }),
  'ssl.truststore.location': string({ default: null, scope: 'per-broker', doc: 'Path of the trust store.' }),
  'ssl.truststore.password': password({ default: null, scope: 'per-broker', doc: 'Password of the trust store.' }),
  'ssl.truststore.certificates': password({
    default: null,
    scope: 'per-broker',
    doc: 'The trusted certificates themselves, as PEM.',
  }),
  'ssl.keymanager.algorithm': string({
    default: 'SunX509',
    scope: 'per-broker',
    doc: 'Algorithm of the key manager, a name known to Java.',
  }),
  'ssl.trustmanager.algorithm': string({
    default: 'PKIX',
    scope: 'per-broker',
    doc: 'Algorithm of the trust manager, a name known to Java.',
  }),
  'ssl.provider': string({ default: null, scope: 'per-broker', doc: 'The security provider used for TLS.' }),
  'ssl.secure.random.implementation': string({
    default: null,
    scope: 'per-broker',
    doc: 'The random number generator used for TLS.',
  }),
  'ssl.engine.factory.class': className({
    default: null,
    scope: 'per-broker',
    doc: 'A Java class that makes TLS engines.',
  }),
  'ssl.allow.dn.changes': boolean({ default: false, doc: 'Let a new certificate carry another distinguished name.' }),
  'ssl.allow.san.changes': boolean({ default: false, doc: 'Let a new certificate carry other alternative names.' }),
};
