import type { Client } from '../client.ts';
export async function kcatClient(_address: string): Promise<Client> { throw new Error('not yet'); }
