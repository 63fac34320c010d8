// Asks the interface as the console does, for what is to be there before a page is opened.
const JSON_BODY = { 'content-type': 'application/json' };

export class Session {
  private constructor(
    private readonly server: string,
    private readonly headers: Record<string, string>,
  ) {}

  /** Signs in. */
  static async open(server: string, login: string, password: string): Promise<Session> {
    const body = JSON.stringify({ login, password });
    const answer = await fetch(`${server}/api/v1/session`, { method: 'POST', headers: JSON_BODY, body });
    if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
    const me = (await answer.json()) as { csrf_token: string };
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    return new Session(server, { ...JSON_BODY, cookie, 'x-csrf-token': me.csrf_token });
  }

  /** Asks, and fails where that is refused; a file is sent as it is. */
  async ask<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer> {
    const isFile = body instanceof Blob;
    const answer = await fetch(`${this.server}/api/v1${path}`, {
      method,
      headers: isFile ? { ...this.headers, 'content-type': 'application/octet-stream' } : this.headers,
      body: isFile ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  /** Waits until a task has ended. */
  async ended(task: number): Promise<void> {
    while (!(await this.ask('GET', `/tasks/${task}`)).finished) await new Promise((go) => setTimeout(go, 200));
  }
}
