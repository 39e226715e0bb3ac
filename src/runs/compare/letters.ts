/** What stands for a run of a comparison where its name is too long. */
export function letterOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
