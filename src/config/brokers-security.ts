import { className, long, password, string } from './definition.ts';

/** Authorization, principals and delegation tokens. */
export const securityConfigs = {
  'authorizer.class.name': string({
    default: '',
    doc: "The authorizer's Java class; empty means everything is allowed.",
  }),
  'principal.builder.class': className({
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    scope: 'per-broker',
    doc: 'The Java class that makes a principal of a connection.',
  }),
  'security.providers': string({ default: null, doc: 'Java classes that bring security algorithms of their own.' }),
  'connections.max.reauth.ms': long({
    default: 0,
    doc: 'A SASL connection must authenticate again within this time; 0 means never.',
  }),
  'delegation.token.secret.key': password({
    default: null,
    doc: 'Secret with which delegation tokens are signed; the same on all nodes. Without it there are none.',
  }),
  'delegation.token.expiry.time.ms': long({
    default: 86400000,
    min: 1,
    doc: 'A delegation token must be renewed within this time.',
  }),
  'delegation.token.max.lifetime.ms': long({
    default: 604800000,
    min: 1,
    doc: 'A delegation token cannot be renewed beyond this age.',
  }),
  'delegation.token.expiry.check.interval.ms': long({
    default: 3600000,
    min: 1,
    doc: 'How often expired delegation tokens are removed.',
  }),
};
