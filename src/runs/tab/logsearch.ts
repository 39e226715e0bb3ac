/** More places than this are not looked for. */
const MOST = 1_000;

/** Returns where a text has another, in whatever case; where they do not overlap. */
export function findAll(text: string, wanted: string): number[] {
  const places: number[] = [];
  if (!wanted) {
    return places;
  }
  const pattern = new RegExp(
    wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    'gi'
  );
  for (const match of text.matchAll(pattern)) {
    places.push(match.index);
    if (places.length === MOST) {
      break;
    }
  }
  return places;
}

/** Cuts a text up: what is between the places and what is at them, in turn. */
export function split(
  text: string,
  places: readonly number[],
  length: number
): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const place of places) {
    parts.push(text.slice(end, place), text.slice(place, place + length));
    end = place + length;
  }
  return [...parts, text.slice(end)];
}
