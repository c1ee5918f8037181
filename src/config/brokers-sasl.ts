import { boolean, className, double, int, list, long, password, short, string } from './definition.ts';

/** SASL: mechanisms, logins, Kerberos, OAuth. */
export const saslConfigs = {
  'sasl.enabled.mechanisms': list({
    default: ['GSSAPI'],
    scope: 'per-broker',
    doc: 'SASL mechanisms offered to clients.',
  }),
  'sasl.mechanism.inter.broker.protocol': string({
    default: 'GSSAPI',
    scope: 'per-broker',
    doc: 'SASL mechanism used between brokers.',
  }),
  'sasl.mechanism.controller.protocol': string({ default: 'GSSAPI', doc: 'SASL mechanism used towards controllers.' }),
  'sasl.jaas.config': password({
    default: null,
    scope: 'per-broker',
    doc: 'Login modules and their options, in JAAS form.',
  }),
  'sasl.server.max.receive.size': int({
    default: 524288,
    doc: 'Largest request accepted before a client is authenticated.',
  }),
  'sasl.server.callback.handler.class': className({
    default: null,
    doc: "A Java class that answers the server's questions during authentication.",
  }),
  'sasl.client.callback.handler.class': className({
    default: null,
    doc: "A Java class that answers the client side's questions during authentication.",
  }),
  'sasl.login.class': className({ default: null, doc: 'A Java class that logs in.' }),
  'sasl.login.callback.handler.class': className({
    default: null,
    doc: 'A Java class that answers questions during login.',
  }),
  'sasl.login.connect.timeout.ms': int({
    default: null,
    doc: 'How long connecting to the identity provider may take.',
  }),
  'sasl.login.read.timeout.ms': int({ default: null, doc: 'How long the identity provider may take to answer.' }),
  'sasl.login.retry.backoff.ms': long({ default: 100, doc: 'First pause before a login is tried again.' }),
  'sasl.login.retry.backoff.max.ms': long({ default: 10000, doc: 'Longest pause before a login is tried again.' }),
  'sasl.login.refresh.window.factor': double({
    default: 0.8,
    scope: 'per-broker',
    doc: "Fraction of a credential's lifetime after which it is refreshed.",
  }),
  'sasl.login.refresh.window.jitter': double({
    default: 0.05,
    scope: 'per-broker',
    doc: 'Random part of that time, as a fraction of the lifetime.',
  }),
  'sasl.login.refresh.min.period.seconds': short({
    default: 60,
    scope: 'per-broker',
    doc: 'Least time between two refreshes.',
  }),
  'sasl.login.refresh.buffer.seconds': short({
    default: 300,
    scope: 'per-broker',
    doc: 'Time before expiry that a refresh keeps clear of.',
  }),
  'sasl.kerberos.service.name': string({
    default: null,
    scope: 'per-broker',
    doc: 'Name of the Kerberos principal the broker runs as.',
  }),
  'sasl.kerberos.kinit.cmd': string({ default: '/usr/bin/kinit', scope: 'per-broker', doc: 'Path of kinit.' }),
  'sasl.kerberos.ticket.renew.window.factor': double({
    default: 0.8,
    scope: 'per-broker',
    doc: "Fraction of a ticket's lifetime after which it is renewed.",
  }),
  'sasl.kerberos.ticket.renew.jitter': double({ default: 0.05, scope: 'per-broker', doc: 'Random part of that time.' }),
  'sasl.kerberos.min.time.before.relogin': long({
    default: 60000,
    scope: 'per-broker',
    doc: 'Least time between two logins.',
  }),
  'sasl.kerberos.principal.to.local.rules': list({
    default: ['DEFAULT'],
    scope: 'per-broker',
    doc: 'Rules that shorten Kerberos principals to names; the first that matches counts.',
  }),
  'sasl.oauthbearer.token.endpoint.url': string({ default: null, doc: 'Where tokens are asked for.' }),
  'sasl.oauthbearer.jwks.endpoint.url': string({ default: null, doc: 'Where the keys that verify tokens are found.' }),
  'sasl.oauthbearer.jwks.endpoint.refresh.ms': long({
    default: 3600000,
    doc: 'How often those keys are fetched anew.',
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms': long({
    default: 100,
    doc: 'First pause before fetching them is tried again.',
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': long({
    default: 10000,
    doc: 'Longest pause before fetching them is tried again.',
  }),
  'sasl.oauthbearer.jwt.retriever.class': className({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever',
    doc: 'The Java class that obtains tokens.',
  }),
  'sasl.oauthbearer.jwt.validator.class': className({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator',
    doc: 'The Java class that verifies tokens.',
  }),
  'sasl.oauthbearer.expected.audience': list({ default: [], doc: 'Audiences of which a token must name one.' }),
  'sasl.oauthbearer.expected.issuer': string({ default: null, doc: 'The issuer a token must name.' }),
  'sasl.oauthbearer.clock.skew.seconds': int({
    default: 30,
    doc: 'Difference allowed between the clocks of broker and identity provider.',
  }),
  'sasl.oauthbearer.scope': string({ default: null, doc: 'Scope asked for with a token.' }),
  'sasl.oauthbearer.scope.claim.name': string({ default: 'scope', doc: "The claim that holds a token's scope." }),
  'sasl.oauthbearer.sub.claim.name': string({ default: 'sub', doc: "The claim that holds a token's subject." }),
  'sasl.oauthbearer.client.credentials.client.id': string({
    default: null,
    doc: 'Client id presented to the identity provider.',
  }),
  'sasl.oauthbearer.client.credentials.client.secret': password({
    default: null,
    doc: 'Secret presented to the identity provider.',
  }),
  'sasl.oauthbearer.assertion.algorithm': string({
    default: 'RS256',
    values: ['ES256', 'RS256'],
    anyCase: true,
    doc: 'Algorithm that signs assertions.',
  }),
  'sasl.oauthbearer.assertion.claim.aud': string({ default: null, doc: 'Audience put into assertions.' }),
  'sasl.oauthbearer.assertion.claim.exp.seconds': int({
    default: 300,
    min: 0,
    max: 86400,
    doc: 'Seconds for which an assertion is valid.',
  }),
  'sasl.oauthbearer.assertion.claim.iss': string({ default: null, doc: 'Issuer put into assertions.' }),
  'sasl.oauthbearer.assertion.claim.jti.include': boolean({
    default: false,
    doc: 'Give each assertion an id of its own.',
  }),
  'sasl.oauthbearer.assertion.claim.nbf.seconds': int({
    default: 60,
    min: 0,
    max: 3600,
    doc: 'Seconds in the past from which an assertion is valid.',
  }),
  'sasl.oauthbearer.assertion.claim.sub': string({ default: null, doc: 'Subject put into assertions.' }),
  'sasl.oauthbearer.assertion.file': string({ default: null, doc: 'A file with a ready-made assertion.' }),
  'sasl.oauthbearer.assertion.private.key.file': string({
    default: null,
    doc: 'The PEM file of the key that signs assertions.',
  }),
  'sasl.oauthbearer.assertion.private.key.passphrase': password({ default: null, doc: 'Passphrase of that key.' }),
  'sasl.oauthbearer.assertion.template.file': string({
    default: null,
    doc: 'A file with headers and claims for assertions.',
  }),
};
