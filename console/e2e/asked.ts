// Asks the server as the administrator, past the pages: for what has to be there before a test looks, and goes after it.
import { estate } from './console';
import { PASSWORD } from './estate';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Sends a request, and gives what was answered. */
export type Ask = <T = { id: number }>(method: Method, path: string, body?: unknown) => Promise<T>;

/** Signs in. */
export async function asker(): Promise<Ask> {
  const kept = new Headers();
  const ask: Ask = async (method, path, body) => {
    const headers = new Headers(kept);
    const file = body instanceof Blob;
    headers.set('content-type', file ? 'application/octet-stream' : 'application/json');
    const answer = await fetch(`${estate.server}/api/v1${path}`, {
      method,
      headers,
      body: file ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const [cookie] = answer.headers.get('set-cookie')?.split(';') ?? [];
    if (cookie) kept.set('cookie', cookie);
    return text ? JSON.parse(text) : undefined;
  };
  const me = await ask<{ csrf_token: string }>('POST', '/session', { login: 'admin', password: PASSWORD });
  kept.set('x-csrf-token', me.csrf_token);
  return ask;
}
