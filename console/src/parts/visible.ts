// Words of strangers: what cannot be seen in them, or turns what stands around, is written out.

/**
 * Control characters but for lines and tabs, characters without width, and those that turn the direction of writing:
 * with U+202E, `exe.gpj` poses as a picture. What joins emoji and the letters of some scripts stays, and so does what
 * parts a name from its sentence (U+2068, U+2069), for it turns nothing beyond itself.
 */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2067\u206a-\u206f\ufeff\ufff9-\ufffb]/gu;
const PARTING = /[\u2068\u2069]/g;

/** Letters that are written from the right. */
const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const written = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** A text that hides nothing, with `\u{202e}` for what was hidden. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSEEN, written);
}

/** The same for a place within a sentence, whose other words keep their order. */
export function isolated(text: string): string {
  const shown = visible(text).replace(PARTING, written);
  return FROM_RIGHT.test(shown) ? `\u2068${shown}\u2069` : shown;
}
