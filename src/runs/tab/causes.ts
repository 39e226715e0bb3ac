import type { Failure } from '../../services/models';

/** Failures that have one cause. */
export interface IFailureGroup {
  readonly kind: Failure['kind'];

  /** What is wrong and what to do; with "…" for what differs between them. */
  readonly cause: string;
  readonly failures: readonly Failure[];
}

/** Groups failures by cause, the most frequent one first. */
export function groupFailures(failures: readonly Failure[]): IFailureGroup[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = `${failure.kind}\n${commonCause(failure)}`;
    const group = groups.get(key);
    if (group) {
      group.push(failure);
    } else {
      groups.set(key, [failure]);
    }
  }
  return [...groups.values()]
    .map(group => ({
      kind: group[0].kind,
      cause: haveOneFile(group) ? group[0].cause : commonCause(group[0]),
      failures: group
    }))
    .sort((one, other) => other.failures.length - one.failures.length);
}

/** The cause without the file's name, which would tell equal causes apart. */
function commonCause({ cause, file }: Failure): string {
  return file ? cause.split(file).join('…') : cause;
}

function haveOneFile(failures: readonly Failure[]): boolean {
  return failures.every(({ file }) => file === failures[0].file);
}
