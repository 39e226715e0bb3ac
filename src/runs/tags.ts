/** A tag in quotes, in which two stand for one, or any text up to a comma. */
const TAG = /\s*(?:"((?:[^"]|"")+)"\s*(?=,|$)|([^,]*))(?:,|$)/g;

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
