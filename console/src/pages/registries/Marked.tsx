/** A text of the server in which back quotes mark what is typed as it stands. */
export function Marked({ text }: { text: string }) {
  return text.split('`').map((piece, at) => (at % 2 === 1 ? <code key={at}>{piece}</code> : piece));
}
