// What is entered at a registry so that it tells what changed; see docs/registries.md.

/** Who can send notices. */
export const SENDERS = ['harbor', 'quay', 'distribution', 'jfrog', 'azure', 'other'] as const;
export type Sender = (typeof SENDERS)[number];

const distribution = (address: string, token: string) => `notifications:
  endpoints:
    - name: lazaret
      url: ${address}
      headers:
        Authorization: [Bearer ${token}]
      timeout: 3s
      threshold: 5
      backoff: 10s
      ignore:
        mediatypes: [application/octet-stream]
        actions: [pull]`;

const azure = (address: string, token: string) => `az acr webhook create --registry NAME --name lazaret \\
  --actions push delete --uri ${address} \\
  --headers "Authorization=Bearer ${token}"`;

const other = (address: string, token: string) => `curl ${address} \\
  -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
  -d '{"action": "pushed", "repository": "team/shop", "tag": "1.0", "digest": "sha256:…"}'`;

/** What is copied for a sender: its configuration, a command, or the value of a field. */
export function snippetOf(sender: Sender, address: string, token: string): string {
  switch (sender) {
    case 'harbor':
      return `Bearer ${token}`;
    case 'quay':
      return `${address}?token=${token}`;
    case 'distribution':
      return distribution(address, token);
    case 'jfrog':
      return `Authorization: Bearer ${token}`;
    case 'azure':
      return azure(address, token);
    case 'other':
      return other(address, token);
  }
}
