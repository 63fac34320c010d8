// Who is signed in, and what that person may do.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { api, data, keepToken, onSignedOut, Refusal, type Schemas } from '@/api/client';

export type Me = Schemas['Me'];
export type Role = Schemas['Role'];

/** Whether who has the role `held` may do what `role` is asked for; as the server says it. */
export function covers(held: Role, role: Role): boolean {
  return held === 'administrator' || role === 'viewer' || held === role;
}

const Session = createContext<Me | undefined>(undefined);

async function ask(): Promise<Me | null> {
  try {
    const me = await data(api.GET('/api/v1/me'));
    keepToken(me.csrf_token);
    return me;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_signed_in') return null;
    throw error;
  }
}

/** Asks who is signed in; nobody is null. */
export function useAsked() {
  const client = useQueryClient();
  useEffect(() => {
    onSignedOut(() => {
      if (!client.getQueryData(['me'])) return;
      forget(client);
      client.setQueryData(['me'], null);
    });
  }, [client]);
  return useQuery({ queryKey: ['me'], queryFn: ask, staleTime: Number.POSITIVE_INFINITY, retry: false });
}

/** Forgets what was answered to somebody else. */
export function forget(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
}

/** Tells everything below who is signed in. */
export function SessionOf({ me, children }: { me: Me; children: ReactNode }) {
  return <Session value={me}>{children}</Session>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(Session);
  if (!me) throw new Error('nobody is signed in');
  return me;
}

/** Whether who is signed in may do what takes a role. */
export function useMay(role: Role): boolean {
  return covers(useMe().role, role);
}
