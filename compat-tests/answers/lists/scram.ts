import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';

const [unknown, sha256, sha512] = [0, 1, 2];

export const scramConversations: readonly Conversation[] = [
  conversation('AlterUserScramCredentials', 'credentials', async (talk) => {
    const user = talk.name('user');
    const upsertion = (name: string, more: Said = {}): Said => ({
      name,
      mechanism: sha256,
      iterations: 4096,
      salt: Buffer.from('salt'),
      saltedPassword: Buffer.from('stretched'),
      ...more,
    });
    const deletion = (name: string, mechanism = sha256): Said => ({ name, mechanism });
    const alter = (label: string, upsertions: readonly Said[], deletions: readonly Said[] = []) =>
      talk.ask(label, 'AlterUserScramCredentials', { deletions, upsertions });
    const look = async (label: string, names = [user]): Promise<void> => {
      await talk.untilHeard();
      await talk.ask(label, 'DescribeUserScramCredentials', { users: names.map((name) => ({ name })) });
    };
    await talk.ask('default values', 'AlterUserScramCredentials', {});
    await alter('one', [upsertion(user)]);
    await look('one was set');
    await alter('the other mechanism', [upsertion(user, { mechanism: sha512, iterations: 16384 })]);
    await alter('the first changed', [upsertion(user, { iterations: 8192 })]);
    await look('both mechanisms');
    for (const iterations of [0, -1, 4095, 16385, 2147483647])
      await alter(`${iterations} iterations`, [upsertion(user, { iterations })]);
    for (const mechanism of [unknown, 3, -1, 127]) {
      await alter(`mechanism ${mechanism}`, [upsertion(user, { mechanism })]);
      await alter(`mechanism ${mechanism} deleted`, [], [deletion(user, mechanism)]);
    }
    await alter('no name', [upsertion('')]);
    await alter('no name deleted', [], [deletion('')]);
    await alter('no name, unknown mechanism, no iterations', [upsertion('', { mechanism: 9, iterations: 0 })]);
    await alter('unknown mechanism, no iterations', [upsertion(user, { mechanism: 9, iterations: 0 })]);
    await alter('no salt', [upsertion(talk.name('unsalted'), { salt: Buffer.alloc(0) })]);
    await alter('no password', [upsertion(talk.name('unpassworded'), { saltedPassword: Buffer.alloc(0) })]);
    await look('without salt or password', [talk.name('unsalted'), talk.name('unpassworded')]);
    await alter('delete what is not there', [], [deletion(talk.name('nobody'))]);
    await alter('the same twice', [upsertion(user), upsertion(user, { mechanism: sha512 })]);
    await alter('set and deleted', [upsertion(user)], [deletion(user)]);
    await alter('deleted twice', [], [deletion(user), deletion(user, sha512)]);
    await alter('the first of two wrong', [upsertion(user, { iterations: 1 }), upsertion(user)]);
    await alter('the second of two wrong', [upsertion(user), upsertion(user, { iterations: 1 })]);
    await alter('three', [upsertion(user), upsertion(user), upsertion(user)]);
    await look('after what was refused');
    const [one, other] = [talk.name('one'), talk.name('other')];
    await alter('several users', [upsertion(one), upsertion(other, { iterations: 1 })], [deletion(user, sha512)]);
    await look('several', [user, one, other]);
    await look('twice the same', [user, user, one]);
    await look('the empty name', ['']);
    await alter('all deleted', [], [deletion(user), deletion(one)]);
    await look('at the end', [user, one]);
  }),
  conversation(
    'DescribeUserScramCredentials',
    'everyone',
    async (talk) => {
      await talk.untilHeard();
      await talk.ask('default values', 'DescribeUserScramCredentials', {});
      await talk.ask('null', 'DescribeUserScramCredentials', { users: null });
      await talk.ask('none', 'DescribeUserScramCredentials', { users: [] });
      await talk.ask('someone', 'DescribeUserScramCredentials', { users: [{ name: 'nobody' }] });
    },
    { alone: true },
  ),
];
