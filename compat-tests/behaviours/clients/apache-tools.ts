import type { Client } from '../client.ts';
export async function apacheToolsClient(_address: string): Promise<Client> { throw new Error('not yet'); }
