import { conversation, type Conversation } from '../conversation.ts';
import type { Talk } from '../talk.ts';

type Parts = readonly (readonly [type: string, name: string | null])[];
type Ops = readonly (readonly [key: string, value: number | null])[];
type Filter = readonly (readonly [type: string, matchType: number, match: string | null])[];

const [exact, byDefault, any] = [0, 1, 2];

const entry = (entity: Parts, ops: Ops) => ({
  entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
  ops: ops.map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
});

const alter = (talk: Talk, label: string, entity: Parts, ops: Ops, validateOnly = false) =>
  talk.ask(label, 'AlterClientQuotas', { entries: [entry(entity, ops)], validateOnly });

const describe = (talk: Talk, label: string, filter: Filter, strict = false) =>
  talk.ask(label, 'DescribeClientQuotas', {
    components: filter.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
    strict,
  });

export const quotaConversations: readonly Conversation[] = [
  conversation('AlterClientQuotas', 'what may be set', async (talk) => {
    const user = talk.name('user');
    const client = talk.name('client');
    const look = async (label: string): Promise<void> => {
      await talk.untilHeard();
      await describe(talk, label, [['user', exact, user]]);
    };
    await talk.ask('default values', 'AlterClientQuotas', {});
    await alter(
      talk,
      'a user',
      [['user', user]],
      [
        ['producer_byte_rate', 1000],
        ['request_percentage', 12.5],
      ],
    );
    await look('a user was altered');
    await alter(talk, 'only to see', [['user', user]], [['producer_byte_rate', 2000]], true);
    await alter(talk, 'the same again', [['user', user]], [['producer_byte_rate', 1000]]);
    await alter(talk, 'one more', [['user', user]], [['consumer_byte_rate', 3000]]);
    await alter(talk, 'one removed', [['user', user]], [['request_percentage', null]]);
    await look('one more and one removed');
    await alter(talk, 'remove what is not there', [['user', user]], [['controller_mutation_rate', null]]);
    await alter(talk, 'remove what cannot be there', [['user', user]], [['no.such.quota', null]]);
    await alter(
      talk,
      'a user with a client',
      [
        ['user', user],
        ['client-id', client],
      ],
      [['consumer_byte_rate', 5]],
    );
    await alter(
      talk,
      'the parts in another order',
      [
        ['client-id', client],
        ['user', user],
      ],
      [['producer_byte_rate', 6]],
    );
    await alter(
      talk,
      'a user with clients that have none',
      [
        ['user', user],
        ['client-id', null],
      ],
      [['producer_byte_rate', 7]],
    );
    await look('all of the user');
    for (const key of ['producer_byte_rate', 'request_percentage', 'controller_mutation_rate', 'consumer_byte_rate'])
      for (const value of [
        0,
        -1,
        0.5,
        1.0000001,
        1.1,
        1e18,
        9223372036854775807,
        1e19,
        1e308,
        Infinity,
        -Infinity,
        NaN,
      ])
        await alter(talk, `${key} ${value}`, [['user', user]], [[key, value]], true);
    await alter(talk, 'not a number', [['user', user]], [['request_percentage', NaN]]);
    await look('not a number was set');
    for (const key of ['', 'no.such.quota', 'connection_creation_rate', 'SCRAM-SHA-256'])
      await alter(talk, `a user's ${key}`, [['user', user]], [[key, 1]], true);
    for (const value of [0, 1, 1.5, 2147483647, 2147483648])
      await alter(
        talk,
        `connections per ip ${value}`,
        [['ip', '10.1.2.3']],
        [['connection_creation_rate', value]],
        true,
      );
    await alter(talk, "an ip's byte rate", [['ip', '10.1.2.3']], [['producer_byte_rate', 1]], true);
    for (const ip of [
      '127.0.0.1',
      '::1',
      'fe80::1',
      'localhost',
      '',
      'no such host',
      '1.2.3.400',
      '300.1.1.1',
      '10.1',
      'a..b',
      'no-such-host.invalid',
      null,
    ])
      await alter(talk, `ip ${ip}`, [['ip', ip]], [['connection_creation_rate', 1]], true);
    await alter(
      talk,
      'an ip and a user',
      [
        ['ip', '10.1.2.3'],
        ['user', user],
      ],
      [['producer_byte_rate', 1]],
      true,
    );
    await alter(
      talk,
      'an ip and a client',
      [
        ['ip', '10.1.2.3'],
        ['client-id', client],
      ],
      [['connection_creation_rate', 1]],
      true,
    );
    await alter(talk, 'no entity', [], [['producer_byte_rate', 1]], true);
    await alter(talk, 'an unknown type', [['group', 'g']], [['producer_byte_rate', 1]], true);
    await alter(talk, 'an empty type', [['', 'g']], [['producer_byte_rate', 1]], true);
    await alter(talk, 'an empty user', [['user', '']], [['producer_byte_rate', 1]], true);
    await alter(
      talk,
      'the same type twice',
      [
        ['user', 'a'],
        ['user', user],
      ],
      [['producer_byte_rate', 1]],
      true,
    );
    await alter(talk, 'nothing to do', [['user', user]], []);
    await alter(
      talk,
      'the same quota twice',
      [['user', user]],
      [
        ['producer_byte_rate', 1],
        ['producer_byte_rate', 2],
      ],
      true,
    );
    await alter(
      talk,
      'good and bad',
      [['user', user]],
      [
        ['producer_byte_rate', 77],
        ['consumer_byte_rate', -1],
      ],
    );
    const [one, other] = [talk.name('one'), talk.name('other')];
    await talk.ask('several entities', 'AlterClientQuotas', {
      entries: [
        entry([['user', one]], [['producer_byte_rate', 1]]),
        entry([['user', '']], [['producer_byte_rate', 1]]),
        entry([['user', other]], [['producer_byte_rate', 0]]),
      ],
      validateOnly: false,
    });
    await talk.ask('the same entity twice', 'AlterClientQuotas', {
      entries: [
        entry([['user', other]], [['producer_byte_rate', 1]]),
        entry([['user', other]], [['producer_byte_rate', 2]]),
      ],
      validateOnly: false,
    });
    await look('at the end');
    await describe(talk, 'one of several', [['user', exact, one]]);
    await describe(talk, 'named twice', [['user', exact, other]]);
  }),
  conversation(
    'DescribeClientQuotas',
    'filters',
    async (talk) => {
      const user = talk.name('user');
      const quotas: readonly (readonly [entity: Parts, key: string])[] = [
        [[['user', user]], 'producer_byte_rate'],
        [[['user', null]], 'producer_byte_rate'],
        ...(['app', null] as const).flatMap((client) =>
          [user, null].map((name): readonly [Parts, string] => [
            [
              ['user', name],
              ['client-id', client],
            ],
            'producer_byte_rate',
          ]),
        ),
        [[['client-id', 'app']], 'producer_byte_rate'],
        [[['client-id', null]], 'producer_byte_rate'],
        [[['ip', '10.0.0.1']], 'connection_creation_rate'],
        [[['ip', null]], 'connection_creation_rate'],
      ];
      const set = async (valueOf: (index: number) => number | null): Promise<void> => {
        for (const [i, [entity, key]] of quotas.entries())
          await talk.quietly('AlterClientQuotas', {
            entries: [entry(entity, [[key, valueOf(i)]])],
            validateOnly: false,
          });
      };
      await set((index) => index + 1);
      await talk.untilHeard();
      for (const strict of [false, true]) {
        const how = strict ? ', strictly' : '';
        await describe(talk, `everything${how}`, [], strict);
        for (const type of ['user', 'client-id', 'ip']) {
          await describe(talk, `any ${type}${how}`, [[type, any, null]], strict);
          await describe(talk, `the default ${type}${how}`, [[type, byDefault, null]], strict);
          await describe(talk, `the ${type} that is not there${how}`, [[type, exact, 'none']], strict);
        }
        await describe(talk, `a user${how}`, [['user', exact, user]], strict);
        await describe(talk, `a client${how}`, [['client-id', exact, 'app']], strict);
        await describe(talk, `an ip${how}`, [['ip', exact, '10.0.0.1']], strict);
        await describe(
          talk,
          `a user and a client${how}`,
          [
            ['user', exact, user],
            ['client-id', exact, 'app'],
          ],
          strict,
        );
        await describe(
          talk,
          `a client and any user${how}`,
          [
            ['client-id', exact, 'app'],
            ['user', any, null],
          ],
          strict,
        );
        await describe(
          talk,
          `two defaults${how}`,
          [
            ['client-id', byDefault, null],
            ['user', byDefault, null],
          ],
          strict,
        );
      }
      await describe(talk, 'an unknown type', [['group', any, null]]);
      await describe(talk, 'an empty type', [['', any, null]]);
      await describe(talk, 'a type twice', [
        ['user', any, null],
        ['user', exact, user],
      ]);
      await describe(talk, 'an unknown type twice', [
        ['group', any, null],
        ['group', any, null],
      ]);
      for (const type of ['user', 'client-id'])
        await describe(talk, `an ip and a ${type}`, [
          ['ip', any, null],
          [type, any, null],
        ]);
      await describe(talk, 'exactly nothing', [['user', exact, null]]);
      await describe(talk, 'exactly the empty name', [['user', exact, '']]);
      await describe(talk, 'a default with a name', [['user', byDefault, user]]);
      await describe(talk, 'any with a name', [['user', any, user]]);
      for (const matchType of [3, -1, 127])
        await describe(talk, `match type ${matchType}`, [['user', matchType, null]]);
      await describe(talk, 'two errors', [
        ['user', 9, null],
        ['group', any, null],
      ]);
      // Conversations after this one would be throttled.
      await set(() => null);
      await talk.untilHeard();
      await describe(talk, 'all removed', []);
    },
    { alone: true },
  ),
];
