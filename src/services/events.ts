/** The nouns that the server tells news of. */
export type EventNoun = 'datasets' | 'cluster' | 'run';

/** The id of the event schema of a noun, as the companion registers it. */
export function schemaId(noun: EventNoun): string {
  return `https://events.casa-lab.org/${noun}/v1`;
}
