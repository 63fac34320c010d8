// The one way to the interface: typed by its document, with what every change has to carry.
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

/** What the interface tells when it refuses. */
export type Problem = components['schemas']['Problem'];

/** The things of the interface, by name. */
export type Schemas = components['schemas'];

const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];

let csrf: string | undefined;
let signedOut: () => void = () => {};

/** Keeps what changing requests repeat. */
export function keepToken(token: string | null | undefined): void {
  csrf = token ?? undefined;
}

/** The token that changing requests repeat. */
export function token(): string | undefined {
  return csrf;
}

/** Calls this when the session has ended. */
export function onSignedOut(call: () => void): void {
  signedOut = call;
}

const carry: Middleware = {
  onRequest({ request }) {
    if (csrf && CHANGING.includes(request.method)) request.headers.set('x-csrf-token', csrf);
    return request;
  },
};

/** The interface. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '/',
  credentials: 'same-origin',
  querySerializer: { array: { style: 'form', explode: false } },
});
api.use(carry);

/** An answer that was a refusal, or none at all. */
export class Refusal extends Error {
  constructor(readonly problem: Problem | undefined) {
    super(problem?.detail ?? 'the server cannot be reached');
  }

  get code(): Problem['code'] | 'unreachable' {
    return this.problem?.code ?? 'unreachable';
  }
}

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** What was answered; a refusal is thrown. A wrong password is refused with the same status as who is not signed in. */
export async function data<T>(answer: Answer<T>): Promise<T> {
  const told = await answer.catch(() => undefined);
  if (!told) throw new Refusal(undefined);
  if (told.response.ok) return told.data as T;
  const refusal = new Refusal(isProblem(told.error) ? told.error : undefined);
  if (refusal.code === 'not_signed_in') signedOut();
  throw refusal;
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
