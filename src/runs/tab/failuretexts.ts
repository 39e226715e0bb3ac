import type { TranslationBundle } from '@jupyterlab/translation';
import { formatBytes, formatExactCount } from '../../components/format';
import type {
  Failure,
  FailureGroup,
  FailurePlace,
  LeftOut
} from '../../services/models';

/** The kind of a failure in the user's words. */
export function kindLabel(
  kind: Failure['kind'],
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'file missing':
      return trans.__('File missing');
    case 'file damaged':
      return trans.__('File damaged');
    case 'file changed':
      return trans.__('File changed');
    case 'tree missing':
      return trans.__('Tree missing');
    case 'processor error':
      return trans.__('Error in the processor');
    case 'worker lost':
      return trans.__('Worker lost');
    case 'other':
      return trans.__('Other');
  }
}

/** Adds up how much some groups are about. */
export function amountOf(groups: readonly FailureGroup[]): LeftOut {
  const sum = (count: (group: FailureGroup) => number): number =>
    groups.reduce((total, group) => total + count(group), 0);
  return {
    chunks: sum(({ chunks }) => chunks),
    events: sum(({ events }) => events),
    files: sum(({ files_total }) => files_total),
    unread_files: sum(({ unread_files }) => unread_files)
  };
}

/** Says how many events go with failures; those of unread files nobody knows. */
export function amountText(
  { chunks, events, unread_files }: LeftOut,
  trans: TranslationBundle
): string {
  const known = trans._n('%1 event', '%1 events', events);
  const counted = known.replace(String(events), formatExactCount(events));
  if (unread_files === 0) {
    return counted;
  }
  const unread = trans._n(
    '%1 file that could not be read',
    '%1 files that could not be read',
    unread_files
  );
  return chunks > unread_files
    ? trans.__('%1 and %2', counted, unread)
    : unread;
}

/** What there is to say of a group as a whole, in a line. */
export function groupText(
  group: FailureGroup,
  trans: TranslationBundle
): string {
  const { attempts, chunks, events, hosts, peak_memory_bytes } = group;
  const facts = [
    trans._n('%1 chunk', '%1 chunks', chunks),
    trans._n('%1 file', '%1 files', group.files_total)
  ];
  if (events > 0) {
    facts.push(amountText({ ...amountOf([group]), unread_files: 0 }, trans));
  }
  if (hosts.length > 0) {
    facts.push(
      hosts.length === 1
        ? trans.__('on %1', hosts[0])
        : trans.__('on %1 hosts', hosts.length)
    );
  }
  if (attempts > 1) {
    facts.push(trans.__('%1 attempts', attempts));
  }
  if (peak_memory_bytes !== null && group.kind === 'worker lost') {
    facts.push(trans.__('%1 in use', formatBytes(peak_memory_bytes)));
  }
  return facts.join(' · ');
}

/** Where some chunks of a group failed, without the file. */
export function placeText(
  place: FailurePlace,
  trans: TranslationBundle
): string {
  const { chunks, dataset, entry_start, entry_stop, host } = place;
  const facts = [
    dataset,
    entry_start === null || entry_stop === null
      ? trans.__('whole file')
      : trans.__(
          'entries %1 to %2',
          formatExactCount(entry_start),
          formatExactCount(entry_stop)
        )
  ];
  if (chunks > 1) {
    facts.push(trans.__('%1 chunks', formatExactCount(chunks)));
  }
  if (host) {
    facts.push(host);
  }
  return facts.join(' · ');
}

/** What a user pastes into a mail to whom it concerns. */
export function failureText(failure: Failure): string {
  const { cause, dataset, entry_start, entry_stop, file, treename } = failure;
  const entries =
    entry_start === null || entry_stop === null
      ? ''
      : ` [${entry_start}:${entry_stop}]`;
  return [
    cause,
    `${dataset}: ${file}:${treename}${entries}`,
    failure.traceback || failure.exception
  ].join('\n\n');
}
