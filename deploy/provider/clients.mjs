// Clients that join while the provider runs: one JSON file each (RFC 7591 metadata, as
// `signal-index client metadata` writes it) in the folder that the town names.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const CLIENT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/; // a file's name: nothing that leads out of the folder

/** Everything is kept in memory, but for clients: they are read when they are asked for. */
export function adapterFor(folder) {
  return class extends MemoryAdapter {
    constructor(model) {
      super(model);
      this.isClients = model === 'Client';
    }

    async find(id) {
      return this.isClients ? readClient(folder, id) : super.find(id);
    }
  };
}

async function readClient(folder, id) {
  if (!CLIENT_ID.test(id)) return undefined;
  let client;
  try {
    client = JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8'));
  } catch {
    return undefined; // no such file, or one that is still being written
  }
  return client.client_id === id ? client : undefined;
}
