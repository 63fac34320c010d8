// Asks the server as the administrator, past the pages: for what has to be there before a test looks, and goes after it.
import { estate } from './console';
import { PASSWORD } from './estate';
import { Session } from './session';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Sends a request, and gives what was answered. */
export type Ask = <T = { id: number }>(method: Method, path: string, body?: unknown) => Promise<T>;

/** Signs in. */
export async function asker(): Promise<Ask> {
  const session = await Session.open(estate.server, 'admin', PASSWORD);
  return (method, path, body) => session.ask(method, path, body);
}
