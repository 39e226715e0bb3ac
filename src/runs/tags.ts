import type { TranslationBundle } from '@jupyterlab/translation';

/** A tag in quotes, in which two stand for one, or any text up to a comma. */
const TAG = /\s*(?:"((?:[^"]|"")+)"\s*(?=,|$)|([^,]*))(?:,|$)/g;

/** The server takes no longer ones. */
const LONGEST = 100;

/**
 * Writes tags as one text to be changed: separated by commas, and in quotes
 * where they have commas of their own.
 */
export function joinTags(tags: readonly string[]): string {
  return tags
    .map(tag =>
      tag.includes(',') || tag.startsWith('"')
        ? `"${tag.replace(/"/g, '""')}"`
        : tag
    )
    .join(', ');
}

/** Returns the tags in a text, each once. */
export function splitTags(text: string): string[] {
  const tags = [...text.matchAll(TAG)].map(([, quoted, plain]) =>
    (quoted?.replace(/""/g, '"') ?? plain).trim()
  );
  return [...new Set(tags.filter(Boolean))];
}

/** Says what is wrong with the tags in a text, as a sentence, or returns null. */
export function problemOfTags(
  text: string,
  trans: TranslationBundle
): string | null {
  // As the server counts: an emoji is one character.
  return splitTags(text).some(tag => [...tag].length > LONGEST)
    ? trans.__('A tag can have %1 characters at most.', LONGEST)
    : null;
}
