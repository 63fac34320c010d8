// Sending an image archive: by the one way of browsers that tells how far it is.
import { type Problem, Refusal, type Schemas, token } from '@/api/client';

/** What became of an archive. */
export type Uploaded = Schemas['Uploaded'];

type Upload = { file: File; name?: string; progress: (percent: number) => void; stop: AbortSignal };

function answerOf(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return undefined;
  }
}

/** Sends a file; what is refused is thrown. */
export function upload({ file, name, progress, stop }: Upload): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = name ? `?${new URLSearchParams({ name })}` : '';
    request.open('POST', `/api/v1/images/upload${query}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-csrf-token', token() ?? '');
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? Math.floor((100 * loaded) / total) : 0);
    request.onload = () => {
      const answer = answerOf(request);
      if (request.status === 201) resolve(answer as Uploaded);
      else reject(new Refusal(answer as Problem | undefined));
    };
    request.onerror = () => reject(new Refusal(undefined));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    stop.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
